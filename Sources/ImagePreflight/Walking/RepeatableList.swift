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
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        while let count = try readWaiting(from: descriptor, into: buffer, until: isStopped), count > 0 {
            let error = writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: copy)
            guard error == 0 else { throw FileError(.read, errno: error) }
        }
        rewind(copy, to: 0)
        return (copy, 0)
    }

    /// Goes back to the beginning of a list.
    static func rewind(_ descriptor: Int32, to start: Int) { lseek(descriptor, off_t(start), SEEK_SET) }
}
