import ImageHeaders

/// Writes all of the bytes to an open file, pipe or socket.
///
/// - Parameters:
///   - bytes: what to write.
///   - fileDescriptor: where to.
/// - Returns: 0 when all were taken, otherwise the system's error number.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to fileDescriptor: Int32) -> Int32 {
    var rest = bytes
    while !rest.isEmpty {
        let count = write(fileDescriptor, rest.baseAddress, rest.count)
        if count > 0 {
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        } else if errno != EINTR {
            return errno
        }
    }
    return 0
}
