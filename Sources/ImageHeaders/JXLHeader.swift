/// JPEG XL: the bit-packed size and metadata, bare or in boxes. Source: ISO/IEC 18181-1, annex D; 18181-2.
///
/// The size is the one that libvips gives: turned upright, because libjxl does that when it decodes. So the
/// orientation is always ``Orientation/up``.
enum JXLHeader {
    private static let jxlc: UInt32 = 0x6A78_6C63
    private static let jxlp: UInt32 = 0x6A78_6C70

    static func parse(_ source: inout ByteSource) throws(HeaderError) -> ImageFacts {
        source.format = .jxl
        if try source.u16be(at: 0) == 0xFF0A { return try readCodestream(&source, at: 0) }
        var offset = 0
        for _ in 0..<HeaderBounds.maxSegments {
            let box = try ISOBox(&source, at: offset, limit: source.byteCount)
            // A part of a codestream begins with its number.
            if box.type == jxlc { return try readCodestream(&source, at: box.content) }
            if box.type == jxlp { return try readCodestream(&source, at: box.content + 4) }
            offset = box.end
        }
        throw .malformed(.jxl, .tooManySegments)
    }

    private static func readCodestream(
        _ source: inout ByteSource, at start: Int
    ) throws(HeaderError) -> ImageFacts {
        guard try source.u16be(at: start) == 0xFF0A else { throw .malformed(.jxl, .missingHeader) }
        var bits = BitReader(offset: start + 2)
        let size = try readSize(&source, &bits)
        var facts = ImageFacts(format: .jxl, size: size)
        // All defaults: one bit says so.
        if try bits.read(1, &source) == 1 { return facts }
        if try bits.read(1, &source) == 1 { try readExtraFields(&source, &bits, into: &facts) }
        facts.bitDepth = try readBitDepth(&source, &bits)
        _ = try bits.read(1, &source)  // whether 16 bits are enough for decoding
        let channels = try bits.choose(&source, (0, 0), (0, 1), (4, 2), (12, 1))
        if channels > 0 {
            // The first extra channel is the alpha channel, if there is one.
            let isPlain = try bits.read(1, &source) == 1
            let type = isPlain ? 0 : try bits.choose(&source, (0, 0), (0, 1), (4, 2), (6, 18))
            facts.hasAlpha = type == 0
            // What follows a channel with its own description is not worth parsing.
            if channels > 1 || !isPlain { return facts }
        }
        _ = try bits.read(1, &source)  // whether the colors were transformed to XYB
        if try bits.read(1, &source) == 1 { return facts }  // sRGB, without further fields
        let hasProfile = try bits.read(1, &source) == 1
        if try bits.choose(&source, (0, 0), (0, 1), (4, 2), (6, 18)) == 1 { facts.colorModel = .grayscale }
        if hasProfile { facts.colorProfile = .other }
        return facts
    }

    private static func readSize(
        _ source: inout ByteSource, _ bits: inout BitReader
    ) throws(HeaderError) -> PixelSize {
        let isSmall = try bits.read(1, &source) == 1
        let height = try readSide(&source, &bits, isSmall)
        let width: Int
        switch try bits.read(3, &source) {
        case 1: width = height
        case 2: width = height * 12 / 10
        case 3: width = height * 4 / 3
        case 4: width = height * 3 / 2
        case 5: width = height * 16 / 9
        case 6: width = height * 5 / 4
        case 7: width = height * 2
        default: width = try readSide(&source, &bits, isSmall)
        }
        guard width > 0 else { throw .malformed(.jxl, .impossibleSize) }
        return PixelSize(width: width, height: height)
    }

    private static func readSide(
        _ source: inout ByteSource, _ bits: inout BitReader, _ isSmall: Bool
    ) throws(HeaderError) -> Int {
        if isSmall { return (try bits.read(5, &source) + 1) * 8 }
        return try bits.choose(&source, (9, 1), (13, 1), (18, 1), (30, 1))
    }

    private static func readExtraFields(
        _ source: inout ByteSource, _ bits: inout BitReader, into facts: inout ImageFacts
    ) throws(HeaderError) {
        if try bits.read(3, &source) >= 4 { facts.size = facts.size.transposed }
        if try bits.read(1, &source) == 1 { _ = try readSize(&source, &bits) }  // the size to show it at
        if try bits.read(1, &source) == 1 { try skipPreview(&source, &bits) }
        if try bits.read(1, &source) == 1 {
            (facts.frames, facts.framesAreExact) = (2, false)
            _ = try bits.choose(&source, (0, 100), (0, 1000), (10, 1), (30, 1))  // ticks per second
            _ = try bits.choose(&source, (0, 1), (0, 1001), (8, 1), (10, 1))
            _ = try bits.choose(&source, (0, 0), (3, 0), (16, 0), (32, 0))  // loops
            _ = try bits.read(1, &source)
        }
    }

    private static func skipPreview(
        _ source: inout ByteSource, _ bits: inout BitReader
    ) throws(HeaderError) {
        let isSmall = try bits.read(1, &source) == 1
        for side in 0..<2 {
            if isSmall {
                _ = try bits.choose(&source, (0, 16), (0, 32), (5, 1), (9, 33))
            } else {
                _ = try bits.choose(&source, (6, 1), (8, 65), (10, 321), (12, 1345))
            }
            if side == 0, try bits.read(3, &source) != 0 { return }
        }
    }

    private static func readBitDepth(
        _ source: inout ByteSource, _ bits: inout BitReader
    ) throws(HeaderError) -> Int {
        guard try bits.read(1, &source) == 1 else {
            return try bits.choose(&source, (0, 8), (0, 10), (0, 12), (6, 1))
        }
        let depth = try bits.choose(&source, (0, 32), (0, 16), (0, 24), (6, 1))
        _ = try bits.read(4, &source)  // exponent
        return depth
    }
}

/// Reads bits, the lowest of each byte first.
private struct BitReader {
    private var offset: Int
    private var bit = 0

    init(offset: Int) {
        self.offset = offset
    }

    /// The next `count` bits as a number; at most 32.
    mutating func read(_ count: Int, _ source: inout ByteSource) throws(HeaderError) -> Int {
        var value = 0
        for place in 0..<count {
            value |= Int(try source.u8(at: offset) >> UInt8(bit) & 1) << place
            bit += 1
            if bit == 8 { (offset, bit) = (offset + 1, 0) }
        }
        return value
    }

    /// Two bits choose how many more to read and what to add to them: the standard's `U32`.
    mutating func choose(
        _ source: inout ByteSource, _ choices: (bits: Int, plus: Int)...
    ) throws(HeaderError) -> Int {
        let choice = choices[try read(2, &source)]
        return try read(choice.bits, &source) + choice.plus
    }
}
