/// What a PNG's text chunks say about the orientation: an EXIF block in hexadecimal, or XMP.
/// Sources: PNG (third edition), 11.3.3; ImageMagick's `Raw profile type`; XMP specification, part 3, 1.1.5.
enum PNGText {
    /// Reads a text chunk between two offsets of the file.
    ///
    /// - Throws: if the rest of a chunk that counts is not available, because only the start of the file is.
    static func read(
        _ source: inout ByteSource, _ kind: Kind, from start: Int, to end: Int, into facts: inout ImageFacts
    ) throws(HeaderError) {
        guard let content = keyword(&source, at: start) else { return }
        guard let text = place(&source, kind, from: start + content.length, to: end) else { return }
        if source.isCut(before: end) { throw .truncated(.png) }
        guard facts.orientationSource == nil || content.keyword != .xmp else { return }
        guard let bytes = try? source.bytes(at: text.start, atMost: end - text.start) else { return }
        guard text.isPacked else {
            read(bytes, content.keyword, into: &facts)
            return
        }
        let unpacked = Inflate.unpack(bytes, limit: HeaderBounds.maxTextBytes).bytes
        unpacked.withUnsafeBytes { read($0, content.keyword, into: &facts) }
    }

    /// The three chunks that hold text.
    enum Kind { case plain, packed, international }

    private enum Keyword { case exif, xmp, app1 }

    /// The keyword, if it is one of those that count, and how long it is with its zero byte.
    private static func keyword(_ source: inout ByteSource, at start: Int) -> (keyword: Keyword, length: Int)?
    {
        if source.hasPrefix("Raw profile type ", at: start) {
            if source.hasPrefix("exif\0", at: start + 17) { return (.exif, 22) }
            if source.hasPrefix("APP1\0", at: start + 17) { return (.app1, 22) }
            if source.hasPrefix("xmp\0", at: start + 17) { return (.xmp, 21) }
        }
        return source.hasPrefix("XML:com.adobe.xmp\0", at: start) ? (.xmp, 18) : nil
    }

    /// Where the text begins, and whether it is packed; nil if the chunk is broken.
    private static func place(
        _ source: inout ByteSource, _ kind: Kind, from start: Int, to end: Int
    ) -> (start: Int, isPacked: Bool)? {
        switch kind {
        case .plain: return start < end ? (start, false) : nil
        case .packed: return start + 1 < end && source.byte(at: start) == 0 ? (start + 1, true) : nil
        case .international:
            guard let flag = source.byte(at: start), let method = source.byte(at: start + 1), flag <= 1,
                method == 0
            else { return nil }
            // Two texts that end with a zero byte: a language, and the keyword in it.
            var offset = start + 2
            for _ in 0..<2 {
                var length = 0
                while let byte = source.byte(at: offset), byte != 0, length < 256 {
                    (offset, length) = (offset + 1, length + 1)
                }
                offset += 1
            }
            return offset < end ? (offset, flag == 1) : nil
        }
    }

    private static func read(
        _ text: UnsafeRawBufferPointer, _ keyword: Keyword, into facts: inout ImageFacts
    ) {
        if text.first == UInt8(ascii: "<") || (keyword == .xmp && text.first != 0x0A) {
            facts.apply(XMPPacket.orientation(in: text), from: .xmp)
            return
        }
        let bytes = decodeHexadecimal(text)
        bytes.withUnsafeBytes { bytes in
            if bytes.has("http://ns.adobe.com/xap/1.0/\0", at: 0) || keyword == .xmp {
                facts.apply(XMPPacket.orientation(in: bytes), from: .xmp)
                return
            }
            var source = ByteSource(bytes: bytes, byteCount: bytes.count)
            source.format = .png
            let start = bytes.has("Exif\0\0", at: 0) ? 6 : 0
            if let block = try? ExifBlock.read(&source, from: start, to: bytes.count) {
                facts.apply(block, from: .rawProfile)
            }
        }
    }

    /// The bytes of a raw profile: an empty line, a name, a length, and hexadecimal digits in lines.
    private static func decodeHexadecimal(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        var offset = 0
        for _ in 0..<3 {
            while offset < text.count, text[offset] != 0x0A { offset += 1 }
            offset += 1
        }
        var bytes: [UInt8] = []
        guard offset < text.count else { return bytes }
        bytes.reserveCapacity(min((text.count - offset) / 2, HeaderBounds.maxTextBytes))
        var high: UInt8?
        while offset < text.count, bytes.count < HeaderBounds.maxTextBytes {
            let byte = text[offset]
            offset += 1
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            case 0x0A, 0x0D, 0x20: continue
            default: return bytes
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
    }
}
