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
        case .gif: !hasFirstFrameOfGIF(file)
        case .webp: !hasEndOfWebP(file)
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

    /// The blocks up to the end of the first frame. What follows is not read by the service.
    private static func hasFirstFrameOfGIF(_ file: UnsafeRawBufferPointer) -> Bool {
        guard file.count > 13 else { return false }
        var offset = 13 + lengthOfColorTable(file[10])
        while offset < file.count {
            switch file[offset] {
            case 0x21: offset += 2
            case 0x2C:
                guard offset + 9 < file.count else { return false }
                // The frame's own colours, and the smallest code of its LZW data.
                offset += 10 + lengthOfColorTable(file[offset + 9]) + 1
                return endOfBlocks(file, from: offset) != nil
            default: return false
            }
            guard let end = endOfBlocks(file, from: offset) else { return false }
            offset = end
        }
        return false
    }

    private static func lengthOfColorTable(_ flags: UInt8) -> Int {
        flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1)
    }

    /// Where a chain of blocks ends; nil when the file ends first.
    private static func endOfBlocks(_ file: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var offset = start
        while offset < file.count {
            if file[offset] == 0 { return offset + 1 }
            offset += 1 + Int(file[offset])
        }
        return nil
    }

    /// All that RIFF claims, and the first chunk within it.
    private static func hasEndOfWebP(_ file: UnsafeRawBufferPointer) -> Bool {
        func length(_ offset: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(file[offset + $1]) << (8 * $1) }
        }
        guard file.count >= 20 else { return false }
        let claimed = length(4)
        return claimed <= file.count - 8 && length(16) <= claimed - 12
    }
}
