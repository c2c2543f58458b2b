/// A box of the ISO base media format, which HEIC, AVIF, JPEG 2000 and JPEG XL are made of.
/// Source: ISO/IEC 14496-12, section 4.2.
struct ISOBox {
    /// The four letters of the type, the first in the highest byte.
    let type: UInt32
    /// Where the contents begin.
    let content: Int
    /// Where the box ends.
    let end: Int

    /// Reads the header of the box at an offset of something that ends at `limit`. A box may reach beyond
    /// the end of the file, where the file is cut, but not beyond the box that holds it.
    init(_ source: inout ByteSource, at offset: Int, limit: Int) throws(HeaderError) {
        let size = try source.u32be(at: offset)
        type = try source.u32be(at: offset + 4)
        var length = UInt64(size)
        var header = 8
        if size == 1 {
            length = try source.u64be(at: offset + 8)
            header = 16
        }
        content = offset + header
        if size == 0 {
            end = limit
            return
        }
        guard length >= UInt64(header) else { throw .malformed(source.format, .badLength) }
        guard length <= UInt64(limit - offset) else {
            // Only the outermost box can be cut by the end of the file.
            throw limit >= source.byteCount
                ? .truncated(source.format) : .malformed(source.format, .badLength)
        }
        end = offset + Int(length)
    }
}
