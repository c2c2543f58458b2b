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
        return "the \(what) could not be \(action): \(SystemReason.text(errno))"
    }
}
