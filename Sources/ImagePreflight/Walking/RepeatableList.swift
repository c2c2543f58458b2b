internal import ImageHeaders
internal import PreflightFiles

/// A list of paths that is read twice. A pipe is first copied to an unnamed file.
enum RepeatableList {
    /// A descriptor from which the same bytes can be read again after ``rewind(_:to:)``.
    ///
    /// - Parameters:
    ///   - descriptor: the list, at its beginning.
    ///   - isStopped: whether to stop waiting for the rest of it.
    /// - Returns: the descriptor, and where in it the list begins.
    /// - Throws: a `FileError` when the list cannot be read or copied.
    static func make(
        _ descriptor: Int32, isStopped: () -> Bool
    ) throws(FileError) -> (Int32, start: Int) {
        let start = lseek(descriptor, 0, SEEK_CUR)
        if start >= 0 { return (descriptor, Int(start)) }
        guard let file = tmpfile() else { throw FileError(.open, errno: errno) }
        let copy = fileno(file)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while waitForInput(on: descriptor, until: isStopped) {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count >= 0 else { throw FileError(.read, errno: errno) }
            if count == 0 { break }
            var rest = buffer[..<count]
            while !rest.isEmpty {
                let written = rest.withUnsafeBytes { write(copy, $0.baseAddress, $0.count) }
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw FileError(.read, errno: errno) }
                rest = rest.dropFirst(written)
            }
        }
        rewind(copy, to: 0)
        return (copy, 0)
    }

    /// Goes back to the beginning of a list.
    static func rewind(_ descriptor: Int32, to start: Int) { lseek(descriptor, off_t(start), SEEK_SET) }
}
