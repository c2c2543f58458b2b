/// Windows icons and cursors: the first entry, which is what libvips (through ImageMagick) shows, even where
/// a larger one follows. Source: Microsoft's ICONDIR.
enum ICOHeader {
    /// Whether more than the four bytes `00 00 01 00` speaks for an icon: an entry of a sensible shape.
    static func isPlausible(_ source: inout ByteSource) -> Bool {
        guard let start = try? source.u32be(at: 0), start == 0x0000_0100 || start == 0x0000_0200,
            let count = try? source.u16le(at: 4), count > 0,
            let length = try? source.u32le(at: 14), length > 0,
            let offset = try? source.u32le(at: 18)
        else { return false }
        return offset >= 6 + 16 * UInt32(count)
    }

    static func parse(_ source: inout ByteSource) throws(HeaderError) -> ImageFacts {
        source.format = .ico
        let count = Int(try source.u16le(at: 4))
        let (width, height) = (try source.u8(at: 6), try source.u8(at: 7))
        // A byte cannot hold 256: 0 means that.
        var size = PixelSize(width: width == 0 ? 256 : Int(width), height: height == 0 ? 256 : Int(height))
        let place = Int(try source.u32le(at: 18))
        if try source.u32be(at: place) == 0x8950_4E47 {
            size = PixelSize(
                width: Int(try source.u32be(at: place + 16)), height: Int(try source.u32be(at: place + 20)))
            guard size.width > 0, size.height > 0 else { throw .malformed(.ico, .impossibleSize) }
        }
        var facts = ImageFacts(format: .ico, size: size)
        facts.frames = count
        facts.hasAlpha = true
        return facts
    }
}
