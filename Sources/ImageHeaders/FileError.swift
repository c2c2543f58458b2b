/// The system refused an operation on a file, a folder or a stream. That is an error of the run, not a
/// finding about an image.
public struct FileError: Error, Sendable, Hashable {
    /// The operation that failed. More may be added.
    public struct Operation: RawRepresentable, Sendable, Hashable, Codable {
        /// A verb, as in `open`.
        public let rawValue: String

        /// An operation by its name.
        ///
        /// - Parameter rawValue: a verb, as in `open`.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Opening a file.
        public static let open = Operation(rawValue: "open")
        /// Reading from it.
        public static let read = Operation(rawValue: "read")
        /// Asking what is at a path.
        public static let stat = Operation(rawValue: "stat")
        /// Opening a folder.
        public static let openFolder = Operation(rawValue: "open_folder")
        /// Listing it.
        public static let readFolder = Operation(rawValue: "read_folder")
        /// Making a file or a folder.
        public static let create = Operation(rawValue: "create")
        /// Writing to a file, a pipe or a socket.
        public static let write = Operation(rawValue: "write")
        /// Flushing written data to disk.
        public static let flush = Operation(rawValue: "flush")
        /// Renaming a file.
        public static let rename = Operation(rawValue: "rename")
    }

    /// The operation that failed.
    public var operation: Operation
    /// The file or folder; nil if only the caller knows it.
    public var path: String?
    /// The system's error number.
    public var errno: Int32

    /// A failed operation.
    ///
    /// - Parameters:
    ///   - operation: the operation that failed.
    ///   - path: the file or folder; nil if only the caller knows it.
    ///   - errno: the system's error number.
    public init(_ operation: Operation, path: String? = nil, errno: Int32) {
        self.operation = operation
        self.path = path
        self.errno = errno
    }

    /// Whether the path names something that has no contents to look at: a folder, pipe, socket or device.
    public var isNotAFile: Bool { Platform.saysNotAFile(errno) }

    /// Whether the other end of the pipe is closed.
    public var isClosedPipe: Bool { Platform.saysClosedPipe(errno) }

    /// Why the system refused, as the end of a sentence without a period: `permission is denied`.
    public var reason: String { Platform.reason(errno) }
}

extension FileError: CustomStringConvertible {
    /// The error as a sentence, without a period.
    public var description: String {
        if let path {
            let verb =
                switch operation {
                case .stat: "look at"
                case .openFolder: "open"
                case .readFolder: "read"
                default: operation.rawValue
                }
            return "cannot \(verb) \(path): \(reason)"
        }
        let what = operation == .openFolder || operation == .readFolder ? "folder" : "file"
        return switch operation {
        case .open, .openFolder: "the \(what) could not be opened: \(reason)"
        case .read, .readFolder: "the \(what) could not be read: \(reason)"
        case .stat: "the file could not be looked at: \(reason)"
        case .write: "the output could not be written: \(reason)"
        default: "cannot \(operation.rawValue) the file: \(reason)"
        }
    }
}
