/// A box of the ISO base media format, which HEIC, AVIF, JPEG 2000 and JPEG XL are made of.
/// Source: ISO/IEC 14496-12, section 4.2.
struct ISOBox {
    /// The four letters of the type, the first in the highest byte.
    let type: UInt32
    /// Where the contents begin.
    let content: Int
    /// Where the box ends.
    let end: Int
    /// Whether the file ends before the box does.
    let isCut: Bool

    /// Reads the header of the box at an offset of a container that ends at `limit`. If the file is cut, a
    /// box ends with the file; but it may not extend beyond its container.
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
        if size == 0 {  // to the end of its container
            end = limit
            isCut = false
            return
        }
        guard length >= UInt64(header) else { throw .malformed(source.format, .badLength) }
        let room = limit - offset
        if length > UInt64(max(room, 0)) {
            guard limit == source.byteCount else { throw .malformed(source.format, .badLength) }
            end = limit
            isCut = true
        } else {
            end = offset + Int(length)
            isCut = false
        }
    }
}
