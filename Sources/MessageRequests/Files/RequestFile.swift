internal import ImageHeaders

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that is open for reading, and closed again.
struct RequestFile: ~Copyable {
    let descriptor: Int32

    /// Opens a file.
    init(path: String) throws(FileError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(errno: errno, operation: .open) }
    }

    deinit { close(descriptor) }
}
