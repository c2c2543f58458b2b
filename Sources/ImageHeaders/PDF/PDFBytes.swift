/// The bytes of a PDF: in memory, or read from a file on demand.
struct PDFBytes: ~Copyable {
    /// The minimum that one read brings: a page's object and often its neighbors.
    private static let readSize = 4096

    /// The size of the file in bytes.
    let byteCount: Int
    /// The `errno` of a failed read, or 0.
    private(set) var failure: Int32 = 0

    private let memory: UnsafeRawBufferPointer?
    private let descriptor: Int32
    private var buffer: UnsafeMutableRawBufferPointer
    private var start = 0
    private var filled = 0

    /// A file in memory, which must outlive this.
    init(_ memory: UnsafeRawBufferPointer) {
        self.memory = memory
        byteCount = memory.count
        descriptor = -1
        buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    /// An open file.
    init(descriptor: Int32, byteCount: Int) {
        memory = nil
        self.byteCount = byteCount
        self.descriptor = descriptor
        buffer = .allocate(byteCount: Self.readSize, alignment: 64)
    }

    deinit {
        buffer.deallocate()
    }

    /// The bytes from `offset`, at most `count`: fewer at the end of the file, none outside of it. Valid until
    /// the next call.
    mutating func slice(at offset: Int, atMost count: Int) -> UnsafeRawBufferPointer {
        guard offset >= 0, offset < byteCount, count > 0 else {
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        let wanted = min(count, byteCount - offset)
        if let memory { return UnsafeRawBufferPointer(rebasing: memory[offset..<(offset + wanted)]) }
        if offset < start || offset > start + filled - wanted { read(at: offset, atLeast: wanted) }
        let first = offset - start
        guard first >= 0, first < filled else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: buffer[first..<min(first + wanted, filled)])
    }

    private mutating func read(at offset: Int, atLeast wanted: Int) {
        if wanted > buffer.count {
            buffer.deallocate()
            buffer = .allocate(byteCount: wanted, alignment: 64)
        }
        (start, filled) = (offset, 0)
        let size = min(max(wanted, Self.readSize), byteCount - offset, buffer.count)
        // A file on a network may give less than it has.
        while filled < size {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<size])
            let count = Platform.read(descriptor, into: rest, at: offset + filled)
            if count < 0 { failure = Platform.errno }
            // Nothing more: the file was cut in the meantime.
            guard count > 0 else { return }
            filled += count
        }
    }
}
