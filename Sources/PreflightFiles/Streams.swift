package import ImageHeaders

/// Writes all of the bytes to an open file, pipe or socket. If another process made it non-blocking, waits
/// for room.
///
/// - Parameters:
///   - bytes: what to write.
///   - fileDescriptor: where to.
/// - Returns: 0 when all were written, otherwise the system's error number.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to fileDescriptor: Int32) -> Int32 {
    var rest = bytes
    while !rest.isEmpty {
        let count = write(fileDescriptor, rest.baseAddress, rest.count)
        if count > 0 {
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        } else if errno == EAGAIN {
            var room = pollfd(fd: fileDescriptor, events: Int16(POLLOUT), revents: 0)
            poll(&room, 1, -1)
        } else if errno != EINTR {
            return errno
        }
    }
    return 0
}

/// Reads from an open file, pipe or socket, and waits until there is something to read. A signal may interrupt any
/// thread, so this one checks ten times a second whether to stop.
///
/// - Parameters:
///   - fileDescriptor: where from.
///   - buffer: where the bytes go.
///   - isStopped: whether to stop waiting.
/// - Returns: how many bytes were read, 0 at the end; nil when the wait was stopped.
/// - Throws: `FileError`.
package func readWaiting(
    from fileDescriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, until isStopped: () -> Bool
) throws(FileError) -> Int? {
    var input = pollfd(fd: fileDescriptor, events: Int16(POLLIN), revents: 0)
    while !isStopped() {
        guard poll(&input, 1, 100) > 0 else { continue }
        let count = read(fileDescriptor, buffer.baseAddress, buffer.count)
        if count >= 0 { return count }
        guard errno == EINTR || errno == EAGAIN else { throw FileError(.read, errno: errno) }
    }
    return nil
}
