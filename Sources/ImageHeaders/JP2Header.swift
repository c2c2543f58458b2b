/// JPEG 2000: the SIZ segment of the codestream, bare or in boxes. Source: ITU-T T.800, annexes A.5.1 and I.
enum JP2Header {
    private static let jp2h: UInt32 = 0x6A70_3268
    private static let jp2c: UInt32 = 0x6A70_3263

    static func parse(_ source: inout ByteSource) throws(HeaderError) -> ImageFacts {
        source.format = .jp2
        if try source.u32be(at: 0) == 0xFF4F_FF51 {
            return try readCodestream(&source, at: 0, channelsOfAlpha: nil)
        }
        var hasAlpha: Bool?
        var profile: (start: Int, end: Int)?
        var isSRGB = false
        var offset = 0
        for _ in 0..<HeaderBounds.maxSegments {
            let box = try ISOBox(&source, at: offset, limit: source.byteCount)
            if box.type == jp2h { try readHeader(&source, box, &hasAlpha, &profile, &isSRGB) }
            if box.type == jp2c {
                var facts = try readCodestream(&source, at: box.content, channelsOfAlpha: hasAlpha)
                if isSRGB { facts.apply(ColorCodePoints(primaries: 1, transfer: 13)) }
                if let profile { try facts.readProfile(&source, from: profile.start, to: profile.end) }
                return facts
            }
            offset = box.end
        }
        throw .malformed(.jp2, .tooManySegments)
    }

    /// Looks for an alpha channel (`cdef`) and the color space (`colr`).
    private static func readHeader(
        _ source: inout ByteSource, _ header: ISOBox, _ hasAlpha: inout Bool?,
        _ profile: inout (start: Int, end: Int)?, _ isSRGB: inout Bool
    ) throws(HeaderError) {
        var offset = header.content
        for _ in 0..<HeaderBounds.maxDirectoryEntries where offset < header.end {
            let box = try ISOBox(&source, at: offset, limit: header.end)
            if box.type == 0x6364_6566 {  // cdef
                let count = Int(try source.u16be(at: box.content))
                for index in 0..<min(count, 16) where try source.u16be(at: box.content + 4 + index * 6) == 1 {
                    hasAlpha = true
                }
            } else if box.type == 0x636F_6C72, profile == nil, !isSRGB {  // colr
                switch try source.u8(at: box.content) {
                case 1: isSRGB = try source.u32be(at: box.content + 3) == 16
                case 2: profile = (box.content + 3, box.end)
                default: break
                }
            }
            offset = box.end
        }
    }

    private static func readCodestream(
        _ source: inout ByteSource, at start: Int, channelsOfAlpha: Bool?
    ) throws(HeaderError) -> ImageFacts {
        guard try source.u32be(at: start) == 0xFF4F_FF51 else { throw .malformed(.jp2, .missingHeader) }
        let right = Int(try source.u32be(at: start + 8))
        let bottom = Int(try source.u32be(at: start + 12))
        let left = Int(try source.u32be(at: start + 16))
        let top = Int(try source.u32be(at: start + 20))
        let components = Int(try source.u16be(at: start + 40))
        let depth = Int(try source.u8(at: start + 42) & 0x7F) + 1
        guard right > left, bottom > top else { throw .malformed(.jp2, .impossibleSize) }
        guard (1...16384).contains(components), depth <= 38 else { throw .malformed(.jp2, .badField) }
        var facts = ImageFacts(
            format: .jp2, size: PixelSize(width: right - left, height: bottom - top),
            colorModel: components < 3 ? .grayscale : .rgb, bitDepth: depth)
        facts.hasAlpha = channelsOfAlpha ?? (components == 2 || components == 4)
        return facts
    }
}
