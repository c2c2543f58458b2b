package import SystemPackage

/// The identity of a file or folder, whatever path leads to it.
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

    /// Whether this file is at a path below a folder, with links resolved.
    ///
    /// From the folder on, each name is opened relative to the folder before it, and none may be a link:
    /// anything swapped in the meantime leads to another file, or nowhere.
    ///
    /// - Parameters:
    ///   - path: the path.
    ///   - folder: the folder.
    /// - Returns: false also if a folder on the way cannot be opened.
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

/// The status of a path, with links followed.
package struct FileStatus {
    /// What is at the path.
    package enum Kind {
        case file, folder
        /// A pipe, a socket or a device. Renaming a file to its path would take it from everyone:
        /// `/dev/null`, for example.
        case other
    }

    /// The kind of file.
    package let kind: Kind
    /// Its identity.
    package let identity: FileIdentity

    /// Asks the system; nil, with the reason in `errno`, on failure.
    package init?(_ path: FilePath) {
        guard let status = path.withPlatformString({ FileStatus(platformPath: $0) }) else { return nil }
        self = status
    }

    /// Whether anything is at a path, including a broken link.
    package static func isTaken(_ path: FilePath) -> Bool {
        var status = stat()
        return path.withPlatformString { lstat($0, &status) } == 0
    }

    /// Whether a path is a symbolic link.
    package static func isLink(_ path: FilePath) -> Bool {
        var status = stat()
        return path.withPlatformString { lstat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// Asks the system about an open file; nil, with the reason in `errno`, on failure.
    package init?(_ file: FileDescriptor) {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Asks the system about a path terminated by NUL; nil, with the reason in `errno`, on failure.
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
