/// The directories of a TIFF structure, classic or BigTIFF, in either byte order, as in TIFF files and EXIF
/// blocks. Source: TIFF 6.0, section 2; the BigTIFF design of libtiff.
struct TIFFStructure {
    /// One entry of a directory.
    struct Entry {
        var tag: UInt16
        var type: UInt16
        var count: UInt64
        /// Where the value, or the offset to it, is in the file.
        var valueField: Int
    }

    /// A directory: where its entries are, and how many.
    struct Directory {
        var firstEntry: Int
        var entryCount: Int
    }

    /// Where the structure begins in the file: its offsets count from here.
    let start: Int
    /// Where it ends in the file.
    let end: Int
    let isBigEndian: Bool
    let isBigTIFF: Bool
    /// The offset of the first directory, from `start`.
    let firstDirectory: UInt64

    private var entrySize: Int { isBigTIFF ? 20 : 12 }
    private var offsetSize: Int { isBigTIFF ? 8 : 4 }

    /// Reads the 8 or 16 bytes at the start.
    init(_ source: inout ByteSource, from start: Int, to end: Int) throws(HeaderError) {
        self.start = start
        self.end = end
        let order = try source.u16be(at: start)
        guard order == 0x4949 || order == 0x4D4D else {
            throw .malformed(source.format, .missingHeader)
        }
        let isBigEndian = order == 0x4D4D
        let magic = isBigEndian ? try source.u16be(at: start + 2) : try source.u16le(at: start + 2)
        guard magic == 42 || magic == 43 else { throw .malformed(source.format, .missingHeader) }
        self.isBigEndian = isBigEndian
        isBigTIFF = magic == 43
        if magic == 43 {
            let offset = try source.u64be(at: start + 8)
            firstDirectory = isBigEndian ? offset : offset.byteSwapped
        } else {
            let offset = try source.u32be(at: start + 4)
            firstDirectory = UInt64(isBigEndian ? offset : offset.byteSwapped)
        }
    }

    func u16(_ source: inout ByteSource, at offset: Int) throws(HeaderError) -> UInt16 {
        let value = try source.u16be(at: offset)
        return isBigEndian ? value : value.byteSwapped
    }

    func u32(_ source: inout ByteSource, at offset: Int) throws(HeaderError) -> UInt32 {
        let value = try source.u32be(at: offset)
        return isBigEndian ? value : value.byteSwapped
    }

    func u64(_ source: inout ByteSource, at offset: Int) throws(HeaderError) -> UInt64 {
        let value = try source.u64be(at: offset)
        return isBigEndian ? value : value.byteSwapped
    }

    /// The place in the file of an offset in the structure, with room for `count` bytes.
    func place(of offset: UInt64, count: Int, in source: borrowing ByteSource) throws(HeaderError) -> Int {
        guard offset <= UInt64(end - start), end - start - Int(offset) >= count else {
            throw end >= source.byteCount
                ? .truncated(source.format) : .malformed(source.format, .badLength)
        }
        return start + Int(offset)
    }

    /// The directory at an offset of the structure.
    func directory(_ source: inout ByteSource, at offset: UInt64) throws(HeaderError) -> Directory {
        let place = try place(of: offset, count: isBigTIFF ? 8 : 2, in: source)
        if isBigTIFF {
            let count = try u64(&source, at: place)
            guard count <= UInt64(UInt16.max) else { throw .malformed(source.format, .badLength) }
            return Directory(firstEntry: place + 8, entryCount: Int(count))
        }
        return Directory(firstEntry: place + 2, entryCount: Int(try u16(&source, at: place)))
    }

    /// The entry with a number below the directory's count.
    func entry(
        _ source: inout ByteSource, _ index: Int, of directory: Directory
    ) throws(HeaderError) -> Entry {
        let place = directory.firstEntry + index * entrySize
        guard place + entrySize <= end else {
            throw end >= source.byteCount
                ? .truncated(source.format) : .malformed(source.format, .badLength)
        }
        let tag = try u16(&source, at: place)
        let type = try u16(&source, at: place + 2)
        if isBigTIFF {
            return Entry(tag: tag, type: type, count: try u64(&source, at: place + 4), valueField: place + 12)
        }
        return Entry(
            tag: tag, type: type, count: UInt64(try u32(&source, at: place + 4)), valueField: place + 8)
    }

    /// The first number of an entry, wherever it is stored; nil for a type that is not an unsigned integer.
    func firstValue(_ source: inout ByteSource, _ entry: Entry) throws(HeaderError) -> UInt64? {
        let size: UInt64
        switch entry.type {
        case 1: size = 1
        case 3: size = 2
        case 4, 13: size = 4
        case 16: size = 8
        default: return nil
        }
        let (total, overflow) = size.multipliedReportingOverflow(by: entry.count)
        guard entry.count > 0, !overflow else { return nil }
        var place = entry.valueField
        if total > UInt64(offsetSize) {
            place = try self.place(of: offsetValue(&source, at: place), count: Int(size), in: source)
        }
        switch entry.type {
        case 1: return UInt64(try source.u8(at: place))
        case 3: return UInt64(try u16(&source, at: place))
        case 16: return try u64(&source, at: place)
        default: return UInt64(try u32(&source, at: place))
        }
    }

    /// The offset of the directory after this one; 0 for none.
    func nextDirectory(_ source: inout ByteSource, after directory: Directory) throws(HeaderError) -> UInt64 {
        try offsetValue(&source, at: directory.firstEntry + directory.entryCount * entrySize)
    }

    /// The offset stored at a place of the file.
    func offsetValue(_ source: inout ByteSource, at place: Int) throws(HeaderError) -> UInt64 {
        isBigTIFF ? try u64(&source, at: place) : UInt64(try u32(&source, at: place))
    }
}
