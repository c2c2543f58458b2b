/// Photoshop: 26 bytes. Source: Adobe Photoshop File Formats Specification, "File Header Section".
enum PSDHeader {
    static func parse(_ source: inout ByteSource) throws(HeaderError) -> ImageFacts {
        source.format = .psd
        let version = try source.u16be(at: 4)
        let channels = try source.u16be(at: 12)
        let size = PixelSize(width: Int(try source.u32be(at: 18)), height: Int(try source.u32be(at: 14)))
        let depth = Int(try source.u16be(at: 22))
        let mode = try source.u16be(at: 24)
        let limit = version == 2 ? 300_000 : 30_000
        guard size.shortEdge > 0, size.longEdge <= limit else { throw .malformed(.psd, .impossibleSize) }
        guard version == 1 || version == 2, (1...56).contains(channels), [1, 8, 16, 32].contains(depth) else {
            throw .malformed(.psd, .badField)
        }
        let (model, colors): (ImageFacts.ColorModel, UInt16) =
            switch mode {
            case 2: (.indexed, 1)
            case 3: (.rgb, 3)
            case 4: (.cmyk, 4)
            case 9: (.lab, 3)
            default: (.grayscale, 1)
            }
        var facts = ImageFacts(format: .psd, size: size, colorModel: model, bitDepth: depth)
        facts.hasAlpha = channels > colors
        return facts
    }
}
