package import SystemPackage

/// What makes a file or folder itself, whatever path led there.
package struct FileIdentity: Hashable {
    private let device: UInt64
    private let inode: UInt64

    package init(_ status: stat) {
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(truncatingIfNeeded: status.st_ino)
    }

    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }

    /// Whether this file lies at a path that is below a folder, links resolved.
    ///
    /// From the folder on, each name is opened within the folder before it, and none may be a link: what is swapped
    /// meanwhile leads to another file, or nowhere.
    ///
    /// - Parameters:
    ///   - path: the path.
    ///   - folder: the folder.
    /// - Returns: false also where a folder on the way cannot be opened.
    package func lies(at path: FilePath, below folder: FilePath) -> Bool {
        guard let folder = folder.resolved, let path = path.resolved, path.starts(with: folder) else {
            return false
        }
        let names = path.components.dropFirst(folder.components.count)
        guard let name = names.last else { return false }
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        var parent = folder.withPlatformString { open($0, flags) }
        for name in names.dropLast() where parent >= 0 {
            let next = name.withPlatformString { openat(parent, $0, flags) }
            close(parent)
            parent = next
        }
        guard parent >= 0 else { return false }
        defer { close(parent) }
        var status = stat()
        return name.withPlatformString { fstatat(parent, $0, &status, AT_SYMLINK_NOFOLLOW) } == 0
            && FileIdentity(status) == self
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

    /// Whether a path is a symbolic link.
    package static func isLink(_ path: FilePath) -> Bool {
        var status = stat()
        return path.withPlatformString { lstat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFLNK
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
