internal import ImageHeaders

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A window onto bytes that are read as they are needed: the whole of a document, or a few lines of JSONL.
///
/// The file is read, not mapped: a file that is cut while it is mapped would end the process.
struct TextFeed: ~Copyable {
    /// How many bytes are asked for at once.
    private static let readSize = 1 << 20

    /// The bytes at hand.
    var window: UnsafeRawBufferPointer {
        if let memory { return memory }
        return UnsafeRawBufferPointer(start: buffer, count: filled)
    }
    /// Where the window begins in the file.
    private(set) var windowOffset = 0
    /// Whether nothing comes behind the window.
    private(set) var isAtEnd: Bool

    private let memory: UnsafeRawBufferPointer?
    private let descriptor: Int32
    private var buffer: UnsafeMutableRawPointer?
    private var capacity = 0
    private var filled = 0

    /// A feed over bytes in memory, which must stay where they are.
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

    /// Reads more, and forgets what came before `kept` in the window.
    ///
    /// - Parameter kept: the first byte of the window that is still needed.
    /// - Throws: what the system says.
    mutating func refill(keeping kept: Int) throws(FileError) {
        guard !isAtEnd else { return }
        if kept > 0 {
            if let buffer { memmove(buffer, buffer + kept, filled - kept) }
            filled -= kept
            windowOffset += kept
        }
        // At least as much again as is there: a long line costs a few reads, not one for each MB.
        let wanted = max(Self.readSize, min(filled, 64 * Self.readSize))
        if capacity - filled < wanted {
            // Rather what is needed than twice as much, but growing by a factor.
            let grown = max(filled + wanted, capacity + capacity / 2)
            guard let larger = realloc(buffer, grown) else {
                throw FileError(errno: ENOMEM, operation: .read)
            }
            buffer = larger
            capacity = grown
        }
        guard let buffer else { return }
        var missing = wanted
        while missing > 0 {
            let count = read(descriptor, buffer + filled, missing)
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(errno: errno, operation: .read)
            }
            if count == 0 {
                isAtEnd = true
                return
            }
            filled += count
            missing -= count
        }
    }
}
