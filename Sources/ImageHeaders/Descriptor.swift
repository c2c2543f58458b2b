#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The system calls on a file, each repeated when a signal interrupts it.
enum Descriptor {
    /// Opens a file for reading. `O_NONBLOCK` keeps a FIFO without a writer from hanging, `O_NOCTTY` a
    /// terminal from becoming the process's own.
    static func open(_ path: UnsafePointer<CChar>, of folder: Int32 = HeaderReader.presentFolder) -> Int32 {
        while true {
            let descriptor = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
            if descriptor >= 0 || errno != EINTR { return descriptor }
        }
    }

    /// Reads at most the size of `buffer` from `offset`; negative with `errno` set on failure.
    static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 || errno != EINTR { return count }
        }
    }

    /// The size of a regular file in bytes; 0 with the `errno` that says why there is none.
    ///
    /// `fstat` is asked about files of an unknown kind. Where it is known, the end of the file costs a
    /// quarter of that.
    static func byteCount(_ descriptor: Int32, isRegular: Bool = false) -> (count: Int, errno: Int32) {
        if isRegular {
            let end = lseek(descriptor, 0, SEEK_END)
            if end >= 0 { return (Int(end), 0) }
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return (0, errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return (Int(status.st_size), 0)
        case S_IFDIR: return (0, EISDIR)
        default: return (0, ESPIPE)
        }
    }
}
