internal import PreflightFiles
internal import ImageHeaders

/// A window onto bytes that are read as needed: the whole of a document, or a few lines of JSONL.
///
/// The file is read, not mapped: a mapped file that is truncated would crash the process.
struct TextFeed: ~Copyable {
    /// How many bytes one read requests.
    private static let readSize = 1 << 20

    /// The bytes in memory.
    var window: UnsafeRawBufferPointer {
        if let memory { return memory }
        return UnsafeRawBufferPointer(start: buffer, count: filled)
    }
    /// Where the window begins in the file.
    private(set) var windowOffset = 0
    /// Whether the window reaches the end.
    private(set) var isAtEnd: Bool

    private let memory: UnsafeRawBufferPointer?
    private let descriptor: Int32
    private var buffer: UnsafeMutableRawPointer?
    private var capacity = 0
    private var filled = 0

    /// A feed over bytes in memory, which must stay in place.
    init(memory: UnsafeRawBufferPointer) {
        self.memory = memory
        descriptor = -1
        isAtEnd = true
    }

    /// A feed over a file, pipe or socket, which stays open.
    init(descriptor: Int32) {
        memory = nil
        self.descriptor = descriptor
        isAtEnd = false
    }

    deinit { free(buffer) }

    /// The bytes above which a file is not held at once from the start: 1 GiB.
    private static let largestFirstBuffer = 1 << 30
    /// The size and alignment of large pages. With small ones, a body of 30 MB costs 7,000 page faults, which
    /// take longer than the scan.
    private static let largePage = 2 << 20

    /// Reads more, and drops what is before `kept` in the window.
    ///
    /// - Parameter kept: the first byte of the window that is still needed.
    /// - Throws: the system's error.
    mutating func refill(keeping kept: Int) throws(FileError) {
        guard !isAtEnd else { return }
        if kept > 0 {
            if let buffer { memmove(buffer, buffer + kept, filled - kept) }
            filled -= kept
            windowOffset += kept
        }
        // At least double: a long line costs a few reads, not one for each MB. The remaining room is
        // used first: the buffer of a file has room for all of it, and a larger one would copy it.
        let wanted = max(Self.readSize, min(filled, 64 * Self.readSize))
        if capacity - filled < Self.readSize { try grow(to: filled + wanted) }
        guard let buffer else { return }
        var missing = min(wanted, capacity - filled)
        while missing > 0 {
            let count = read(descriptor, buffer + filled, missing)
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(.read, errno: errno)
            }
            if count == 0 {
                isAtEnd = true
                return
            }
            filled += count
            missing -= count
        }
    }

    /// Makes room. The first buffer of a file is as large as the file: its untouched pages cost nothing.
    private mutating func grow(to least: Int) throws(FileError) {
        var size = max(least, capacity * 2)
        if buffer == nil {
            var status = stat()
            if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
                size = max(size, min(Int(status.st_size) + 1, Self.largestFirstBuffer) + Self.readSize)
            }
        }
        var larger: UnsafeMutableRawPointer?
        guard posix_memalign(&larger, size < Self.largePage ? 64 : Self.largePage, size) == 0, let larger
        else {
            throw FileError(.read, errno: ENOMEM)
        }
        if size >= Self.largePage { OperatingSystem.preferLargePages(larger, byteCount: size) }
        if let buffer { memcpy(larger, buffer, filled) }
        free(buffer)
        buffer = larger
        capacity = size
    }
}
