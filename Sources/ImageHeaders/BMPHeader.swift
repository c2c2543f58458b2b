/// BMP: the file header and the bitmap header after it. Source: Microsoft's BITMAPINFOHEADER and its relatives.
enum BMPHeader {
    /// The sizes of the bitmap headers that exist; any other number means that the file is not a BMP.
    private static let headerSizes: [UInt32] = [12, 16, 40, 52, 56, 64, 108, 124]

    /// Whether more than the letters `BM` suggests a BMP.
    static func isPlausible(_ source: inout ByteSource) -> Bool {
        guard (try? source.u16be(at: 0)) == 0x424D, let size = try? source.u32le(at: 14) else { return false }
        return headerSizes.contains(size)
    }

    static func parse(_ source: inout ByteSource) throws(HeaderError) -> ImageFacts {
        source.format = .bmp
        let width: Int
        let height: Int
        let bitsPerPixel: Int
        if try source.u32le(at: 14) == 12 {
            width = Int(try source.u16le(at: 18))
            height = Int(try source.u16le(at: 20))
            bitsPerPixel = Int(try source.u16le(at: 24))
        } else {
            width = Int(Int32(bitPattern: try source.u32le(at: 18)))
            // A negative height: the rows go from top to bottom.
            height = Int(Int32(bitPattern: try source.u32le(at: 22)).magnitude)
            bitsPerPixel = Int(try source.u16le(at: 28))
        }
        guard width > 0, height > 0 else { throw .malformed(.bmp, .impossibleSize) }
        // 0 is for an embedded JPEG or PNG.
        guard [0, 1, 2, 4, 8, 16, 24, 32].contains(bitsPerPixel) else { throw .malformed(.bmp, .badField) }
        var facts = ImageFacts(
            format: .bmp, size: PixelSize(width: width, height: height),
            colorModel: (1...8).contains(bitsPerPixel) ? .indexed : .rgb)
        facts.hasAlpha = bitsPerPixel == 32
        return facts
    }
}
