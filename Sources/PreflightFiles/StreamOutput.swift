import ImageHeaders

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

/// Waits until an open file, pipe or socket can be read without blocking, or is at its end. A signal may
/// interrupt any thread, so this one checks ten times a second.
///
/// - Parameters:
///   - fileDescriptor: the file.
///   - isStopped: whether to stop waiting.
/// - Returns: false when there is nothing to read and the wait was stopped.
package func waitForInput(on fileDescriptor: Int32, until isStopped: () -> Bool) -> Bool {
    var input = pollfd(fd: fileDescriptor, events: Int16(POLLIN), revents: 0)
    while !isStopped() {
        if poll(&input, 1, 100) > 0 { return true }
    }
    return false
}
