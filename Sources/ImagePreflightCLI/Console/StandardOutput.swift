internal import ImageHeaders
internal import PreflightFiles

/// Standard output with a buffer of our own. Data only: everything else goes to ``Diagnostics``.
struct StandardOutput: ~Copyable {
    private var buffer: [UInt8] = []
    /// Whether the reader is gone. Then there is no point in continuing, and nothing to report.
    private(set) var isClosed = false
    /// Why writing failed, if not because of the reader: a full disk behind a redirection.
    private(set) var failure: Int32?

    /// Appends bytes; false if the output is closed.
    @discardableResult
    mutating func write(_ bytes: some Collection<UInt8>) -> Bool {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.largeByteCount { flush() }
        return !isClosed && failure == nil
    }

    /// Appends bytes; false if the output is closed. Many bytes are not copied first.
    @discardableResult
    mutating func write(_ bytes: [UInt8]) -> Bool {
        if bytes.count < Self.largeByteCount / 2 { return write(bytes[...]) }
        flush()
        bytes.withUnsafeBytes { hand(over: $0) }
        return !isClosed && failure == nil
    }

    /// From this size on a system call costs less than copying.
    private static let largeByteCount = 1 << 16

    /// Appends text.
    @discardableResult
    mutating func write(_ text: String) -> Bool { write(text.utf8) }

    /// Writes everything to the system.
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

    /// Writes everything to the system.
    ///
    /// - Throws: ``ConsoleError`` when it could not be written; a reader that is gone is not an error.
    mutating func finish() throws(ConsoleError) {
        flush()
        if let failure {
            throw ConsoleError("cannot write to standard output: \(FileError(.write, errno: failure).reason)")
        }
    }
}
