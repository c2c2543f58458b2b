internal import ImageHeaders
internal import PreflightFiles

/// Standard output with a buffer of our own. Data only: everything else goes to ``Diagnostics``.
struct StandardOutput: ~Copyable {
    private var buffer: [UInt8] = []
    /// Whether the reader has gone away. Then there is nobody left to work for, and nothing to complain of.
    private(set) var isClosed = false
    /// Why writing failed, when it was not the reader: a full disk behind a redirection.
    private(set) var failure: Int32?

    /// Appends bytes; false when they cannot reach anybody any more.
    @discardableResult
    mutating func write(_ bytes: some Collection<UInt8>) -> Bool {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.largeByteCount { flush() }
        return !isClosed && failure == nil
    }

    /// Appends bytes; false when they cannot reach anybody any more. Many bytes are not copied first.
    @discardableResult
    mutating func write(_ bytes: [UInt8]) -> Bool {
        if bytes.count < Self.largeByteCount / 2 { return write(bytes[...]) }
        flush()
        bytes.withUnsafeBytes { hand(over: $0) }
        return !isClosed && failure == nil
    }

    /// From here on a system call costs less than the bytes that it writes.
    private static let largeByteCount = 1 << 16

    /// Appends text.
    @discardableResult
    mutating func write(_ text: String) -> Bool { write(text.utf8) }

    /// Hands everything to the system.
    mutating func flush() {
        var bytes: [UInt8] = []
        swap(&bytes, &buffer)
        bytes.withUnsafeBytes { hand(over: $0) }
        bytes.removeAll(keepingCapacity: true)
        buffer = bytes
    }

    private mutating func hand(over bytes: UnsafeRawBufferPointer) {
        guard !isClosed, failure == nil else { return }
        switch writeAll(bytes, to: STDOUT_FILENO) {
        case 0: break
        case EPIPE: isClosed = true
        case let reason: failure = reason
        }
    }

    /// Hands everything to the system.
    ///
    /// - Throws: ``ConsoleError`` when it could not be written; a reader that went away is no error.
    mutating func finish() throws(ConsoleError) {
        flush()
        if let failure {
            throw ConsoleError("cannot write to standard output: \(FileError(.write, errno: failure).reason)")
        }
    }
}
