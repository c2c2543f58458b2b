/// The bytes of one file as a parser sees them: numbers at offsets, nothing else.
///
/// A source holds a window of the file. A number inside it costs one comparison; one outside it moves
/// the window there with a single `pread`, so whatever a parser jumps over is never read. Each access is
/// checked against the end of the file, so parsers need no pointers and cannot trap.
struct ByteSource: ~Copyable {
    /// More `pread`s than a parser can cause before it meets its own bound on segments.
    static let maxReads = 4 * HeaderBounds.maxSegments

    /// The size of the file in bytes.
    let byteCount: Int
    /// Whether only the start of the file is available, so that a parser must not draw conclusions from its end.
    let isPartial: Bool
    /// The format that errors name; each parser sets it first.
    var format: ImageFormat
    /// How many bytes the next `pread` requests; at most the size of the buffer.
    var readSize: Int
    /// The `errno` of a failed `pread`, or 0.
    private(set) var failure: Int32 = 0
    /// How many `pread`s moved the window.
    private(set) var readCount = 0
    /// Lifts the bound on reads, for a walk through the whole file.
    var isUnbounded = false

    private var window: UnsafeRawBufferPointer
    private var windowStart = 0
    private var windowEnd: Int
    private let buffer: UnsafeMutableRawBufferPointer
    private let descriptor: Int32

    /// A source over bytes in memory: a whole file, or the start of one of `byteCount` bytes.
    init(bytes: UnsafeRawBufferPointer, byteCount: Int) {
        self.byteCount = max(byteCount, bytes.count)
        isPartial = bytes.count < byteCount
        format = .text
        readSize = 0
        window = bytes
        windowEnd = bytes.count
        buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        descriptor = -1
    }

    /// A source over a file whose first `filled` bytes are already in `buffer`.
    init(descriptor: Int32, byteCount: Int, buffer: UnsafeMutableRawBufferPointer, filled: Int, readSize: Int)
    {
        isPartial = false
        self.byteCount = byteCount
        self.buffer = buffer
        self.descriptor = descriptor
        self.readSize = readSize
        format = .text
        window = UnsafeRawBufferPointer(rebasing: buffer[..<filled])
        windowEnd = filled
    }

    /// The byte at `offset`.
    @inline(__always)
    mutating func u8(at offset: Int) throws(HeaderError) -> UInt8 {
        try require(offset, 1)
        return window.loadUnaligned(fromByteOffset: offset &- windowStart, as: UInt8.self)
    }

    /// The big-endian 16-bit number at `offset`.
    @inline(__always)
    mutating func u16be(at offset: Int) throws(HeaderError) -> UInt16 {
        try require(offset, 2)
        return UInt16(
            bigEndian: window.loadUnaligned(fromByteOffset: offset &- windowStart, as: UInt16.self))
    }

    /// The little-endian 16-bit number at `offset`.
    @inline(__always)
    mutating func u16le(at offset: Int) throws(HeaderError) -> UInt16 {
        try u16be(at: offset).byteSwapped
    }

    /// The little-endian 24-bit number at `offset`.
    @inline(__always)
    mutating func u24le(at offset: Int) throws(HeaderError) -> UInt32 {
        try UInt32(u16le(at: offset)) | UInt32(u8(at: offset + 2)) << 16
    }

    /// The big-endian 32-bit number at `offset`.
    @inline(__always)
    mutating func u32be(at offset: Int) throws(HeaderError) -> UInt32 {
        try require(offset, 4)
        return UInt32(
            bigEndian: window.loadUnaligned(fromByteOffset: offset &- windowStart, as: UInt32.self))
    }

    /// The little-endian 32-bit number at `offset`.
    @inline(__always)
    mutating func u32le(at offset: Int) throws(HeaderError) -> UInt32 {
        try u32be(at: offset).byteSwapped
    }

    /// The big-endian 64-bit number at `offset`.
    mutating func u64be(at offset: Int) throws(HeaderError) -> UInt64 {
        try UInt64(u32be(at: offset)) << 32 | UInt64(u32be(at: offset + 4))
    }

    /// The byte at `offset`, or nil if the file has ended.
    @inline(__always)
    mutating func byte(at offset: Int) -> UInt8? {
        try? u8(at: offset)
    }

    /// At most `count` bytes from `offset`: as many as one read returns, or as the file has. Valid until the
    /// source is used again.
    mutating func bytes(at offset: Int, atMost count: Int) throws(HeaderError) -> UnsafeRawBufferPointer {
        guard offset >= 0, offset < byteCount, count > 0 else { throw .truncated(format) }
        var wanted = min(count, byteCount - offset)
        if offset < windowStart || offset > windowEnd - wanted, descriptor >= 0 {
            wanted = min(wanted, buffer.count)
            try moveWindow(to: offset, count: wanted, reading: max(wanted, readSize))
        }
        guard offset >= windowStart, offset < windowEnd else { throw .truncated(format) }
        let start = offset - windowStart
        return UnsafeRawBufferPointer(rebasing: window[start..<min(start + wanted, windowEnd - windowStart)])
    }

    /// Whether the data that ends at `end` is incomplete only because just the start of the file is available.
    func isCut(before end: Int) -> Bool { isPartial && end > windowEnd }

    /// Whether the bytes at `offset` are those of `text`; false if the file ends first.
    mutating func hasPrefix(_ text: StaticString, at offset: Int = 0) -> Bool {
        guard offset >= 0, text.utf8CodeUnitCount <= byteCount - offset else { return false }
        for index in 0..<text.utf8CodeUnitCount
        where byte(at: offset + index) != text.utf8Start[index] { return false }
        return true
    }

    @inline(__always)
    private mutating func require(_ offset: Int, _ count: Int) throws(HeaderError) {
        if offset >= windowStart, offset <= windowEnd &- count { return }
        try moveWindow(to: offset, count: count, reading: readSize)
    }

    @inline(never)
    private mutating func moveWindow(
        to offset: Int, count: Int, reading size: Int
    ) throws(HeaderError) {
        guard offset >= 0, offset <= byteCount, count <= byteCount - offset, descriptor >= 0 else {
            throw .truncated(format)
        }
        guard isUnbounded || readCount < Self.maxReads else { throw .malformed(format, .tooManySegments) }
        readCount += 1
        let result = Platform.read(
            descriptor, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(size, buffer.count)]),
            at: offset)
        let filled = max(result, 0)
        if result < 0 { failure = Platform.errno }
        window = UnsafeRawBufferPointer(rebasing: buffer[..<filled])
        windowStart = offset
        windowEnd = offset + filled
        // Shorter than its size: the file was truncated while it was being read.
        guard filled >= count else { throw .truncated(format) }
    }
}

/// Bounds that keep a hostile header from costing more than a few milliseconds.
enum HeaderBounds {
    /// Segments, chunks or boxes before the image. Real files stay in the hundreds: a phone's depth map of
    /// several MB is cut into JPEG segments of 64 KiB, and nothing else comes near.
    static let maxSegments = 4096
    /// Entries of one TIFF directory that are looked at; EXIF has about 80 tags.
    static let maxDirectoryEntries = 512
    /// Bytes between two JPEG segments that are skipped as junk, as libjpeg does.
    static let maxJunkBytes = 64 * 1024
    /// Bytes of comments, declarations and document type before the first element of a markup file.
    static let maxPrologBytes = 64 * 1024
    /// The most bytes of a packed color profile that are unpacked: more than the three curves of 4096 entries
    /// that some writers put into an RGB profile.
    static let maxProfileBytes = 32 * 1024
    /// The most bytes of an EXIF block or of XMP in a text chunk that are unpacked. The orientation is in the
    /// first directory, and that is in the first kilobyte of every writer's block.
    static let maxTextBytes = 32 * 1024
    /// Bytes of an XMP packet in which the orientation is looked for.
    static let maxXMPBytes = 64 * 1024
    /// Bytes in which the start of a text or a PDF is looked for. 1024 is from PDF 1.7, appendix H, note 13.
    static let textProbeBytes = 1024
}
