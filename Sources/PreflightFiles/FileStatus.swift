package import SystemPackage

/// What makes a file or folder itself, whatever path led there.
package struct FileIdentity: Hashable {
    private let device: UInt64
    private let inode: UInt64

    package init(_ status: stat) {
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(truncatingIfNeeded: status.st_ino)
    }
}

/// What the system tells of a path, links followed.
package struct FileStatus {
    /// What is at the path.
    package enum Kind {
        case file, folder
        /// A pipe, a socket or a device. A file that is renamed into its place would take it from everybody:
        /// `/dev/null`, for one.
        case other
    }

    /// What it is.
    package let kind: Kind
    /// Which one it is.
    package let identity: FileIdentity

    /// Asks the system; nil, with its reason in `errno`, when nothing can be told.
    package init?(_ path: FilePath) {
        guard let status = path.withPlatformString({ FileStatus(platformPath: $0) }) else { return nil }
        self = status
    }

    /// Whether anything is at a path, be it a link that leads nowhere.
    package static func isTaken(_ path: FilePath) -> Bool {
        var status = stat()
        return path.withPlatformString { lstat($0, &status) } == 0
    }

    /// Asks the system about an open file; nil, with its reason in `errno`, when nothing can be told.
    package init?(_ file: FileDescriptor) {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Asks the system about a path that ends with NUL; nil, with its reason in `errno`, when nothing can be told.
    package init?(platformPath path: UnsafePointer<CInterop.PlatformChar>) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .folder
        default: kind = .other
        }
        identity = FileIdentity(status)
    }
}

extension stat {
    /// When the contents were last changed.
    package var modificationTime: timespec {
        #if os(macOS) || os(iOS)
            st_mtimespec
        #else
            st_mtim
        #endif
    }
}
