package import ImageHeaders
package import SystemPackage

extension FilePath {
    /// The absolute path, without `.` and `..`. Links are not followed.
    package var absolute: FilePath {
        (isAbsolute ? self : FilePath.current.pushing(self)).lexicallyNormalized()
    }

    /// The absolute path with links followed; nil if nothing is there.
    package var resolved: FilePath? {
        guard let resolved = withPlatformString({ realpath($0, nil) }) else { return nil }
        defer { free(resolved) }
        return FilePath(platformString: resolved)
    }

    /// The current folder.
    package static var current: FilePath {
        guard let path = getcwd(nil, 0) else { return "." }
        defer { free(path) }
        return FilePath(platformString: path)
    }

    /// Creates a folder here, and all missing ones above it.
    ///
    /// - Parameter mode: the permissions of the new folder, minus the umask; those above get the usual ones.
    /// - Throws: `FileError`, which names the folder that could not be created.
    package func makeFolders(mode: mode_t = 0o777) throws(FileError) {
        guard !isEmpty, makeFolder(mode) != 0 else { return }
        switch errno {
        case EEXIST: return
        case ENOENT:
            try removingLastComponent().makeFolders()
            // Another worker may have created it in the meantime.
            guard makeFolder(mode) != 0, errno != EEXIST else { return }
            throw .last(.create, self)
        default: throw .last(.create, self)
        }
    }

    private func makeFolder(_ mode: mode_t) -> Int32 { withPlatformString { mkdir($0, mode) } }

    /// Renames the file, replacing any file of that name.
    ///
    /// - Parameter other: the new name.
    /// - Throws: `FileError`, which names the new name.
    package func rename(to other: FilePath) throws(FileError) {
        let status = withPlatformString { old in other.withPlatformString { renameFile(old, $0) } }
        guard status == 0 else { throw .last(.rename, other) }
    }

    /// Removes the file, if there is one.
    package func remove() { _ = withPlatformString { unlink($0) } }
}

/// `rename(2)`, which this method hides.
private func renameFile(_ old: UnsafePointer<CChar>, _ new: UnsafePointer<CChar>) -> Int32 {
    rename(old, new)
}
