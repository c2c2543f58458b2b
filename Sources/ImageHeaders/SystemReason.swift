#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why the system refused something, in the words that every message of this package uses. Own words, because
/// strerror() may answer in another language and is not safe between threads.
package enum SystemReason {
    /// The reason as the end of a sentence, as in `permission is denied`.
    ///
    /// - Parameter errno: the system's error number.
    /// - Returns: the words, without a full stop.
    package static func text(_ errno: Int32) -> String {
        switch errno {
        case ENOENT: "there is no such file or folder"
        case ENOTDIR: "a part of its path is not a folder"
        case EEXIST: "it is there already"
        case EACCES, EPERM: "permission is denied"
        case EISDIR: "it is a folder"
        case ESPIPE, ENXIO, EOPNOTSUPP: "it is a pipe, a socket or a device"
        case ELOOP: "its path goes through too many links"
        case ENAMETOOLONG: "its name is too long"
        case EMFILE, ENFILE: "too many files are open"
        case EBUSY, ETXTBSY: "somebody is writing to it"
        case ENOSPC, EDQUOT: "there is no space left"
        case EROFS: "its disk is read-only"
        case EFBIG: "it would be larger than a file may be"
        case EXDEV: "it lies on another disk"
        case EIO: "the storage reported a failure"
        case ESTALE: "it has gone from the network drive"
        case EBADF: "it is not open for that"
        case EPIPE: "nobody reads it any more"
        case ENOMEM: "there is not enough memory"
        case EAGAIN: "the system has too much to do"
        default: "the system reported error \(errno)"
        }
    }
}
