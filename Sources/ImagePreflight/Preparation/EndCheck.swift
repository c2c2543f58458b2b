import ImageHeaders

/// Looks whether a file has its end, without decoding it: a file that is copied is not decoded.
enum EndCheck {
    /// Whether the end of the image is missing.
    ///
    /// - Parameters:
    ///   - file: the whole file.
    ///   - format: its format.
    /// - Returns: true only where that is certain. A file may go on behind the end of its image.
    static func isTruncated(_ file: UnsafeRawBufferPointer, format: ImageFormat) -> Bool {
        switch format {
        case .jpeg: !hasEndOfJPEG(file)
        case .png: !hasEndOfPNG(file)
        case .webp: file.count < 12 || file.count - 8 < lengthOfRIFF(file)
        default: false
        }
    }

    /// An end marker behind the start of the scan. Compressed data cannot hold one; an EXIF thumbnail, which
    /// lies before the scan, does.
    private static func hasEndOfJPEG(_ file: UnsafeRawBufferPointer) -> Bool {
        var offset = 2
        while offset + 4 <= file.count, file[offset] == 0xFF, file[offset + 1] != 0xDA {
            // Any number of 0xFF may stand before a marker.
            if file[offset + 1] == 0xFF {
                offset += 1
                continue
            }
            offset += 2 + Int(file[offset + 2]) << 8 + Int(file[offset + 3])
        }
        var index = file.count - 2
        while index > offset {
            if file[index] == 0xFF, file[index + 1] == 0xD9 { return true }
            index -= 1
        }
        return false
    }

    /// The chunk `IEND`, from the end.
    private static func hasEndOfPNG(_ file: UnsafeRawBufferPointer) -> Bool {
        var index = file.count - 8
        while index > 8 {
            if file[index] == 0x49, file[index + 1] == 0x45, file[index + 2] == 0x4E, file[index + 3] == 0x44
            {
                return true
            }
            index -= 1
        }
        return false
    }

    private static func lengthOfRIFF(_ file: UnsafeRawBufferPointer) -> Int {
        Int(file[4]) | Int(file[5]) << 8 | Int(file[6]) << 16 | Int(file[7]) << 24
    }
}
