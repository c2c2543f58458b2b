#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What this target needs from the system, so that only one file knows which system it is.
enum Platform {
    /// Why the last call failed.
    static var errno: Int32 {
        #if canImport(Glibc)
            Glibc.errno
        #elseif canImport(Musl)
            Musl.errno
        #else
            Darwin.errno
        #endif
    }

    /// The folder that relative paths begin in, for `openat`.
    static let presentFolder = Int32(AT_FDCWD)

    /// Opens a file for reading, and retries after a signal. `O_NONBLOCK` keeps a FIFO without a writer from
    /// hanging, `O_NOCTTY` a terminal from becoming the process's own.
    static func open(_ path: UnsafePointer<CChar>, of folder: Int32 = presentFolder) -> Int32 {
        while true {
            let descriptor = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
            if descriptor >= 0 || errno != EINTR { return descriptor }
        }
    }

    /// Reads at most the size of `buffer` from `offset`; negative with ``errno`` set on failure.
    static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 || errno != EINTR { return count }
        }
    }

    /// The size of a regular file in bytes; 0 with the reason as an error number.
    ///
    /// `fstat` is called for files of an unknown kind. For a regular file, seeking to its end costs a quarter
    /// of that.
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

    /// Closes a descriptor.
    static func close(_ descriptor: Int32) {
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #elseif canImport(Musl)
            _ = Musl.close(descriptor)
        #else
            _ = Darwin.close(descriptor)
        #endif
    }

    /// Where a byte first occurs, counted from `start`; nil if it does not.
    static func find(_ byte: UInt8, in start: UnsafeRawPointer, byteCount: Int) -> Int? {
        memchr(start, Int32(byte), byteCount).map { UnsafeRawPointer($0) - start }
    }

    /// A number raised to a power.
    static func pow(_ base: Double, _ exponent: Double) -> Double {
        #if canImport(Glibc)
            Glibc.pow(base, exponent)
        #elseif canImport(Musl)
            Musl.pow(base, exponent)
        #else
            Darwin.pow(base, exponent)
        #endif
    }

    /// Whether an error number says that a path names something without contents to read: a folder, a pipe, a
    /// socket or a device.
    static func saysNotAFile(_ errno: Int32) -> Bool { [EISDIR, ESPIPE, ENXIO, EOPNOTSUPP].contains(errno) }

    /// Whether an error number says that the other end of a pipe is closed.
    static func saysClosedPipe(_ errno: Int32) -> Bool { errno == EPIPE }

    /// Why the system refused, as the end of a sentence without a period. Not strerror(), which may answer in
    /// another language and is not thread-safe.
    static func reason(_ errno: Int32) -> String {
        switch errno {
        case ENOENT: "no such file or folder"
        case ENOTDIR: "a part of its path is not a folder"
        case EEXIST: "it exists already"
        case EACCES, EPERM: "permission is denied"
        case EISDIR: "it is a folder"
        case ESPIPE, ENXIO, EOPNOTSUPP: "it is a pipe, a socket or a device"
        case ELOOP: "its path goes through too many links"
        case ENAMETOOLONG: "its name is too long"
        case EMFILE, ENFILE: "too many files are open"
        case EBUSY, ETXTBSY: "another process is writing to it"
        case ENOSPC, EDQUOT: "there is no space left"
        case EROFS: "its disk is read-only"
        case EFBIG: "it would be larger than a file may be"
        case EXDEV: "it is on another disk"
        case EIO: "the storage reported a failure"
        case ESTALE: "it has gone from the network drive"
        case EBADF: "it is not open for that"
        case EPIPE: "the other end is closed"
        case ENOMEM: "there is not enough memory"
        case EAGAIN: "the system is out of resources"
        default: "the system reported error \(errno)"
        }
    }
}

/// A value that lives as long as the process, behind a lock. `Synchronization.Mutex` needs a newer macOS.
///
/// `@unchecked Sendable` is safe because `value` is only accessed while the mutex is held.
final class Locked<Value>: @unchecked Sendable {
    private var value: Value
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init(_ value: Value) {
        self.value = value
        pthread_mutex_init(mutex, nil)
    }

    /// Runs `body` exclusively.
    func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&value)
    }
}
