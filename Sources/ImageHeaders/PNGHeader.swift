/// PNG and APNG: chunks up to the first image data. Source: PNG (third edition), sections 5, 11 and 4.
///
/// Chunks after the image data are ignored, so an eXIf or acTL there does not count: decoders that return the
/// header before the pixels (libvips among them) do not see it either.
enum PNGHeader {
    private static let ihdr: UInt32 = 0x4948_4452
    private static let plte: UInt32 = 0x504C_5445
    private static let idat: UInt32 = 0x4944_4154
    private static let iend: UInt32 = 0x4945_4E44
    private static let actl: UInt32 = 0x6163_544C
    private static let fctl: UInt32 = 0x6663_544C
    private static let fdat: UInt32 = 0x6664_4154
    private static let exif: UInt32 = 0x6558_4966
    private static let iccp: UInt32 = 0x6943_4350
    private static let srgb: UInt32 = 0x7352_4742
    private static let trns: UInt32 = 0x7452_4E53
    private static let cicp: UInt32 = 0x6349_4350
    private static let gama: UInt32 = 0x6741_4D41
    private static let chrm: UInt32 = 0x6348_524D
    private static let text: UInt32 = 0x7445_5874
    private static let ztxt: UInt32 = 0x7A54_5874
    private static let itxt: UInt32 = 0x6954_5874
    private static let cgbi: UInt32 = 0x4367_4249

    static func parse(_ source: inout ByteSource) throws(HeaderError) -> ImageFacts {
        source.format = .png
        guard try source.u32be(at: 4) == 0x0D0A_1A0A else { throw .malformed(.png, .missingHeader) }
        var facts = try readFirstChunk(&source)
        var hasExif = false
        var hasPalette = false
        var offset = 33

        for _ in 0..<HeaderBounds.maxSegments {
            let length = Int(try source.u32be(at: offset))
            let type = try source.u32be(at: offset + 4)
            guard length <= Int(Int32.max) else { throw .malformed(.png, .badLength) }
            let content = offset + 8
            switch type {
            case idat:
                // Decoders refuse indices into an empty palette.
                guard hasPalette || facts.colorModel != .indexed else {
                    throw .malformed(.png, .missingHeader)
                }
                facts.colorProfile = facts.color.verdict
                return facts
            case plte: hasPalette = true
            case iend: throw .malformed(.png, .noImage)
            case ihdr: throw .malformed(.png, .badField)
            case actl where length >= 8:
                // Counts of 0 and above 2^31 - 1 are not allowed; decoders then show the still image.
                let count = Int(try source.u32be(at: content))
                if (1...Int(Int32.max)).contains(count) { facts.frames = count }
            case exif where !hasExif:
                hasExif = true
                facts.apply(try ExifBlock.read(&source, from: content, to: content + length))
            case trns: facts.hasAlpha = true
            case text:
                try PNGText.read(&source, .plain, from: content, to: content + length, into: &facts)
            case ztxt:
                try PNGText.read(&source, .packed, from: content, to: content + length, into: &facts)
            case itxt:
                try PNGText.read(&source, .international, from: content, to: content + length, into: &facts)
            case cicp, iccp, srgb, gama, chrm:
                try readColor(&source, type, from: content, length: length, into: &facts)
            default: break
            }
            offset = content + length + 4
        }
        throw .malformed(.png, .tooManySegments)
    }

    /// Counts the frames of an APNG that have data, whatever its acTL claims. The still image counts if it is the
    /// first frame: it then has an fcTL, too.
    static func countFrames(_ source: inout ByteSource) -> Int {
        var count = 0
        var isFrame = false
        var offset = 8
        // Only the chunk headers are needed.
        source.readSize = HeaderReader.firstReadSize
        while let length = try? source.u32be(at: offset), length <= Int32.max,
            let type = try? source.u32be(at: offset + 4), type != iend
        {
            switch type {
            case fctl: isFrame = true
            case idat where isFrame, fdat where isFrame:
                count += 1
                isFrame = false
            default: break
            }
            offset += Int(length) + 12
        }
        return count
    }

    /// Reads a chunk about colors. Of several of the same kind the first counts, as in libpng.
    private static func readColor(
        _ source: inout ByteSource, _ type: UInt32, from content: Int, length: Int,
        into facts: inout ImageFacts
    ) throws(HeaderError) {
        switch type {
        case cicp where length == 4 && facts.color.codePoints == nil:
            let points = ColorCodePoints(
                primaries: UInt16(try source.u8(at: content)),
                transfer: UInt16(try source.u8(at: content + 1)),
                matrix: UInt16(try source.u8(at: content + 2)),
                isFullRange: try source.u8(at: content + 3) == 1)
            // PNG knows RGB only.
            if points.matrix == 0 { facts.apply(points) }
        case iccp where facts.color.profile == .none:
            try readProfile(&source, from: content, to: content + length, into: &facts)
        case srgb: facts.color.isMarkedSRGB = true
        case gama where length == 4 && facts.color.gamma == nil:
            let gamma = try source.u32be(at: content)
            if gamma > 0 { facts.color.gamma = gamma }
        case chrm where length == 32 && facts.color.chromaticities == nil:
            func point(_ index: Int) throws(HeaderError) -> ColorChromaticities.Point {
                .init(
                    x: try source.u32be(at: content + 8 * index),
                    y: try source.u32be(at: content + 8 * index + 4))
            }
            let all = ColorChromaticities(
                white: try point(0), red: try point(1), green: try point(2), blue: try point(3))
            // Nothing can be computed from a chromaticity without a y.
            if [all.white, all.red, all.green, all.blue].allSatisfy({ $0.y > 0 }) {
                facts.color.chromaticities = all
            }
        default: break
        }
    }

    /// Unpacks a profile, after its name and the method, as far as its numbers are needed.
    private static func readProfile(
        _ source: inout ByteSource, from content: Int, to end: Int, into facts: inout ImageFacts
    ) throws(HeaderError) {
        if source.isCut(before: end) { throw .truncated(.png) }
        var start = content
        while let byte = source.byte(at: start), byte != 0, start - content < 80 { start += 1 }
        guard start - content < 80, start + 2 < end, source.byte(at: start + 1) == 0,
            let packed = try? source.bytes(at: start + 2, atMost: end - start - 2)
        else { return }
        var copy = facts
        withUnsafeTemporaryAllocation(byteCount: HeaderBounds.maxProfileBytes, alignment: 16) { buffer in
            let (count, ending) = Inflate.unpack(packed, into: buffer)
            // Part of a profile counts as none, unless only its start is needed.
            guard ending == .complete || ending == .outputFull else { return }
            let profile = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            var unpacked = ByteSource(bytes: profile, byteCount: count)
            unpacked.format = .png
            try? copy.readProfile(&unpacked, from: 0, to: count, isPart: ending == .outputFull)
        }
        facts = copy
    }

    private static func readFirstChunk(_ source: inout ByteSource) throws(HeaderError) -> ImageFacts {
        let length = try source.u32be(at: 8)
        let type = try source.u32be(at: 12)
        if type == cgbi { throw .malformed(.png, .appleCgBI) }
        guard type == ihdr, length == 13 else { throw .malformed(.png, .missingHeader) }
        guard try source.u32be(at: 29) == Checksum.crc32(&source, from: 12, to: 29) else {
            throw .malformed(.png, .badChecksum)
        }
        let width = Int(try source.u32be(at: 16))
        let height = Int(try source.u32be(at: 20))
        let depth = Int(try source.u8(at: 24))
        let colorType = try source.u8(at: 25)
        let interlace = try source.u8(at: 28)
        guard width > 0, height > 0, width <= Int(Int32.max), height <= Int(Int32.max) else {
            throw .malformed(.png, .impossibleSize)
        }
        let isDepthAllowed =
            switch colorType {
            case 0: depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16
            case 3: depth == 1 || depth == 2 || depth == 4 || depth == 8
            case 2, 4, 6: depth == 8 || depth == 16
            default: false
            }
        guard isDepthAllowed, interlace <= 1, try source.u16be(at: 26) == 0 else {
            throw .malformed(.png, .badField)
        }
        var facts = ImageFacts(
            format: .png, size: PixelSize(width: width, height: height),
            colorModel: colorType == 3 ? .indexed : colorType & 2 == 0 ? .grayscale : .rgb, bitDepth: depth)
        facts.hasAlpha = colorType & 4 != 0
        facts.isInterlaced = interlace == 1
        return facts
    }
}

/// CRC-32, half a byte at a time: enough for the 17 bytes of a header. Source: PNG (third edition), annex D.
private enum Checksum {
    private static let steps: [UInt32] = [
        0x0000_0000, 0x1DB7_1064, 0x3B6E_20C8, 0x26D9_30AC, 0x76DC_4190, 0x6B6B_51F4, 0x4DB2_6158,
        0x5005_713C, 0xEDB8_8320, 0xF00F_9344, 0xD6D6_A3E8, 0xCB61_B38C, 0x9B64_C2B0, 0x86D3_D2D4,
        0xA00A_E278, 0xBDBD_F21C,
    ]

    static func crc32(_ source: inout ByteSource, from start: Int, to end: Int) throws(HeaderError) -> UInt32
    {
        var sum: UInt32 = .max
        for offset in start..<end {
            sum ^= UInt32(try source.u8(at: offset))
            sum = sum >> 4 ^ steps[Int(sum & 15)]
            sum = sum >> 4 ^ steps[Int(sum & 15)]
        }
        return ~sum
    }
}
