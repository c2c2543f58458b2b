#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file could not be read at all. That is an error of the run, not a finding about an image.
public struct FileError: Error, Sendable, Hashable {
    /// What was being done with the file.
    public enum Operation: String, Sendable, Hashable, CaseIterable {
        case open, read, stat, openFolder, readFolder
    }

    /// The system's error number.
    public var errno: Int32
    /// What was being done.
    public var operation: Operation

    /// A failed operation on a file.
    ///
    /// - Parameters:
    ///   - errno: the system's error number.
    ///   - operation: what was being done.
    public init(errno: Int32, operation: Operation) {
        self.errno = errno
        self.operation = operation
    }

    /// Whether the path names something that has no contents to look at: a folder, pipe, socket or device.
    public var isNotAFile: Bool { [EISDIR, ESPIPE, ENXIO, EOPNOTSUPP].contains(errno) }
}

extension FileError: CustomStringConvertible {
    /// The error as a sentence, without the path.
    public var description: String {
        let action =
            switch operation {
            case .open: "opened"
            case .read: "read"
            case .stat: "looked at"
            case .openFolder: "opened"
            case .readFolder: "read"
            }
        let what = operation == .openFolder || operation == .readFolder ? "folder" : "file"
        // Own words, because strerror() may answer in another language and is not safe between threads.
        let reason =
            switch errno {
            case ENOENT: "there is no such file"
            case ENOTDIR: "a part of its path is not a folder"
            case EACCES, EPERM: "permission is denied"
            case EISDIR: "it is a folder"
            case ESPIPE, ENXIO, EOPNOTSUPP: "it is a pipe, a socket or a device"
            case ELOOP: "its path goes through too many links"
            case ENAMETOOLONG: "its name is too long"
            case EMFILE, ENFILE: "too many files are open"
            case EBUSY, ETXTBSY: "somebody is writing to it"
            case EIO: "the storage reported a failure"
            case EBADF: "it is not open for reading"
            case ESTALE: "it has gone from the network drive"
            default: "the system reported error \(errno)"
            }
        return "the \(what) could not be \(action): \(reason)"
    }
}
