/// PNG and APNG: chunks up to the first image data. Source: PNG (third edition), sections 5, 11 and 4.
///
/// Chunks behind the image data are not looked at, so an eXIf or acTL there does not count: decoders that
/// give the header before the pixels (libvips among them) do not see it either.
enum PNGHeader {
    private static let ihdr: UInt32 = 0x4948_4452
    private static let plte: UInt32 = 0x504C_5445
    private static let idat: UInt32 = 0x4944_4154
    private static let iend: UInt32 = 0x4945_4E44
    private static let actl: UInt32 = 0x6163_544C
    private static let exif: UInt32 = 0x6558_4966
    private static let iccp: UInt32 = 0x6943_4350
    private static let srgb: UInt32 = 0x7352_4742
    private static let trns: UInt32 = 0x7452_4E53
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
                // Decoders refuse indices into nothing.
                guard hasPalette || facts.colorModel != .indexed else {
                    throw .malformed(.png, .missingHeader)
                }
                return facts
            case plte: hasPalette = true
            case iend: throw .malformed(.png, .noImage)
            case ihdr: throw .malformed(.png, .badField)
            case actl where length >= 8:
                // A count of 0 is not allowed; decoders then show the still image.
                let count = Int(try source.u32be(at: content))
                if count > 0 { facts.frames = count }
            case exif where !hasExif:
                hasExif = true
                let block = try ExifBlock.read(&source, from: content, to: content + length)
                facts.orientation = block.orientation
                facts.hasLocation = block.hasLocation
            case srgb: facts.colorProfile = .sRGB
            case iccp where facts.colorProfile == .none:
                // The profile is compressed; its name is all that can be read as it stands.
                facts.colorProfile = source.hasPrefix("sRGB", at: content) ? .sRGB : .other
            case trns: facts.hasAlpha = true
            default: break
            }
            offset = content + length + 4
        }
        throw .malformed(.png, .tooManySegments)
    }

    private static func readFirstChunk(_ source: inout ByteSource) throws(HeaderError) -> ImageFacts {
        let length = try source.u32be(at: 8)
        let type = try source.u32be(at: 12)
        if type == cgbi { throw .malformed(.png, .appleCgBI) }
        guard type == ihdr, length == 13 else { throw .malformed(.png, .missingHeader) }
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
