import ImageHeaders
import PreflightFiles
import Vips
import VisionRules

/// Checks whether a file has its end, without decoding it: a file that is copied is not decoded.
enum EndCheck {
    /// Whether the end of the image is missing.
    ///
    /// - Parameters:
    ///   - file: the whole file.
    ///   - format: its format.
    /// - Returns: true only if that is certain. A file may continue after the end of its image.
    static func isTruncated(_ file: UnsafeRawBufferPointer, format: ImageFormat) -> Bool {
        switch format {
        case .jpeg: !JPEGScan.hasEnd(file)
        case .png: !hasEndOfPNG(file)
        case .gif: !hasFirstFrameOfGIF(file)
        case .webp: !hasEndOfWebP(file)
        default: false
        }
    }

    /// Whether a file without its end may still have all of its pixels, so that only the end marker is missing.
    static func mayBeComplete(_ format: ImageFormat) -> Bool {
        switch format {
        case .jpeg, .png: true
        default: false
        }
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

    /// The blocks up to the end of the first frame. The service does not read further.
    private static func hasFirstFrameOfGIF(_ file: UnsafeRawBufferPointer) -> Bool {
        GIFBlocks.firstFrame(of: file).flatMap { GIFBlocks.endOfBlocks(file, from: $0.data) } != nil
    }

    /// Everything that RIFF claims, and the first chunk within it.
    private static func hasEndOfWebP(_ file: UnsafeRawBufferPointer) -> Bool {
        func length(_ offset: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(file[offset + $1]) << (8 * $1) }
        }
        guard file.count >= 20 else { return false }
        let claimed = length(4)
        return claimed <= file.count - 8 && length(16) <= claimed - 12
    }
}

/// Adds the end marker to a JPEG or PNG that lacks only that, so that decoders see a complete file.
enum CompleteFile {
    /// The file as it can be decoded.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - format: its format.
    /// - Returns: the same bytes if the end is there, or nothing can be done about it.
    /// - Throws: a `PreflightError` with findings when more than the end is missing.
    static func bytes(of bytes: ImageBytes, format: ImageFormat) throws(PreflightError) -> ImageBytes {
        guard EndCheck.mayBeComplete(format),
            bytes.withUnsafeBytes({ EndCheck.isTruncated($0, format: format) })
        else { return bytes }
        return format == .png ? try png(bytes) : try jpeg(bytes)
    }

    /// After the last complete chunk of pixels; a decoder finds out whether they are all there.
    private static func png(_ bytes: ImageBytes) throws(PreflightError) -> ImageBytes {
        let end = bytes.withUnsafeBytes { file -> Int in
            var (offset, end) = (8, 0)
            while offset + 12 <= file.count {
                let length = (0..<4).reduce(0) { $0 << 8 | Int(file[offset + $1]) }
                guard length <= file.count - offset - 12 else { break }
                offset += 12 + length
                let isPixels = file[(offset - length - 8)...].starts(with: Array("IDAT".utf8))
                if isPixels { end = offset }
            }
            return end
        }
        guard end > 0 else { throw .image([.damaged]) }
        return bytes.prefix(end, followedBy: [0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82])
    }

    /// After the entropy-coded data, replacing what follows: zeros, or a camera maker's bytes.
    private static func jpeg(_ bytes: ImageBytes) throws(PreflightError) -> ImageBytes {
        guard let end = bytes.withUnsafeBytes(JPEGEntropy.end) else { throw .image([.damaged]) }
        return bytes.prefix(end, followedBy: [0xFF, 0xD9])
    }
}

/// The markers of a JPEG in memory. Source: ITU-T T.81, annex B.
enum JPEGScan {
    /// Whether the end marker follows the scans. Entropy-coded data cannot contain one; an EXIF thumbnail,
    /// and a picture after this one, can.
    static func hasEnd(_ file: UnsafeRawBufferPointer) -> Bool {
        guard let start = file.baseAddress else { return false }
        var offset = 2
        var isInScan = false
        while offset + 1 < file.count, let found = memchr(start + offset, 0xFF, file.count - offset - 1) {
            offset = UnsafeRawPointer(found) - start
            switch file[offset + 1] {
            case 0xD9: return isInScan
            // Another picture begins before this one ends.
            case 0xD8: return false
            case 0xFF: offset += 1
            case 0xC0...0xCF, 0xDA...0xFE:
                guard offset + 4 <= file.count else { return false }
                if file[offset + 1] == 0xDA { isInScan = true }
                offset += 2 + Int(file[offset + 2]) << 8 + Int(file[offset + 3])
            // Stuffed bytes, restart markers, and unknown ones.
            default: offset += 2
            }
        }
        return false
    }
}

extension ImageBytes {
    /// The first bytes of a file, followed by others.
    fileprivate func prefix(_ count: Int, followedBy end: [UInt8]) -> ImageBytes {
        withUnsafeBytes { file in
            ImageBytes(capacity: count + end.count) { memory in
                memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: file[..<count]))
                UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyBytes(from: end)
                return count + end.count
            }
        }
    }
}
