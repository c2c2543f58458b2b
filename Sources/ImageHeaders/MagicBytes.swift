/// What a file is, judged by its first bytes.
package enum MagicBytes {
    /// The format that the bytes show; nil when none is recognized.
    ///
    /// - Parameter bytes: the file, or its first 4 KiB.
    /// - Returns: the format, which need not be an image or sendable.
    package static func format(of bytes: UnsafeRawBufferPointer) -> ImageFormat? {
        var source = ByteSource(bytes: bytes, byteCount: bytes.count)
        return format(&source)
    }

    static func format(_ source: inout ByteSource) -> ImageFormat? {
        // The four sendable formats without a table: nearly every file is one of them.
        if let start = try? source.u32be(at: 0) {
            switch start {
            case 0x8950_4E47: return .png
            case 0x4749_4638: return .gif
            case 0x5249_4646 where (try? source.u32be(at: 8)) == 0x5745_4250: return .webp
            case _ where start >> 16 == 0xFFD8: return .jpeg
            default: break
            }
        }
        return signature(&source) ?? structure(&source) ?? TextProbe.format(&source)
    }

    private static func signature(_ source: inout ByteSource) -> ImageFormat? {
        for signature in signatures where signature.matches(&source) { return signature.format }
        return nil
    }

    /// Formats whose first bytes are too common to be trusted alone.
    private static func structure(_ source: inout ByteSource) -> ImageFormat? {
        if let format = ISOMediaHeader.format(&source) { return format }
        if BMPHeader.isPlausible(&source) { return .bmp }
        if ICOHeader.isPlausible(&source) { return .ico }
        // MPEG transport stream: packets of 188 bytes that each begin with a G.
        if source.byte(at: 0) == 0x47, source.byte(at: 188) == 0x47, source.byte(at: 376) == 0x47 {
            return .video
        }
        return nil
    }

    private static let signatures: [Signature] = [
        Signature(.jpeg, [0xFF, 0xD8]),
        Signature(.tiff, [0x49, 0x49, 42, 0]),
        Signature(.tiff, [0x4D, 0x4D, 0, 42]),
        Signature(.tiff, [0x49, 0x49, 43, 0, 8, 0]),
        Signature(.tiff, [0x4D, 0x4D, 0, 43, 0, 8]),
        Signature(.jxl, [0xFF, 0x0A]),
        Signature(.jxl, [0, 0, 0, 12, 0x4A, 0x58, 0x4C, 0x20, 0x0D, 0x0A, 0x87, 0x0A]),
        Signature(.jp2, [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A]),
        Signature(.jp2, [0xFF, 0x4F, 0xFF, 0x51]),
        Signature(.psd, [0x38, 0x42, 0x50, 0x53, 0, 1], mask: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFC]),
        Signature(.pdf, [0x25, 0x50, 0x44, 0x46, 0x2D]),
        Signature(.zip, [0x50, 0x4B, 3, 4]),
        Signature(.zip, [0x50, 0x4B, 5, 6]),
        Signature(.zip, [0x50, 0x4B, 7, 8]),
        Signature(.gzip, [0x1F, 0x8B, 8]),
        Signature(.video, [0x1A, 0x45, 0xDF, 0xA3]),  // WebM and Matroska
        Signature(.video, [0x46, 0x4C, 0x56, 1]),  // Flash video
        Signature(.video, [0, 0, 1, 0xB0], mask: [0xFF, 0xFF, 0xFF, 0xF0]),  // MPEG
        Signature(.video, [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]),  // Windows Media
        Signature(
            .video, [0x52, 0x49, 0x46, 0x46, 0, 0, 0, 0, 0x41, 0x56, 0x49, 0x20],
            mask: [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]),  // AVI
    ]
}

/// Bytes at the start of a file that identify a format.
private struct Signature {
    let format: ImageFormat
    let bytes: [UInt8]
    /// Which bits of each byte count.
    let mask: [UInt8]

    init(_ format: ImageFormat, _ bytes: [UInt8], mask: [UInt8]? = nil) {
        self.format = format
        self.bytes = bytes
        self.mask = mask ?? Array(repeating: 0xFF, count: bytes.count)
    }

    func matches(_ source: inout ByteSource) -> Bool {
        for (index, (expected, mask)) in zip(bytes, mask).enumerated() {
            guard let byte = source.byte(at: index), byte & mask == expected & mask else { return false }
        }
        return true
    }
}
