package import ImageHeaders
package import SystemPackage

extension FilePath {
    /// The path from the root, without `.` and `..`. Links are not followed.
    package var absolute: FilePath {
        (isAbsolute ? self : FilePath.current.pushing(self)).lexicallyNormalized()
    }

    /// The path from the root with links followed; nil where there is nothing.
    package var resolved: FilePath? {
        guard let resolved = withPlatformString({ realpath($0, nil) }) else { return nil }
        defer { free(resolved) }
        return FilePath(platformString: resolved)
    }

    /// The folder that the process is in.
    package static var current: FilePath {
        guard let path = getcwd(nil, 0) else { return "." }
        defer { free(path) }
        return FilePath(platformString: path)
    }

    /// Makes a folder here, and all above it that are missing.
    ///
    /// - Parameter mode: the permissions of the folder here, less what the umask takes; those above have the usual ones.
    /// - Throws: `FileError`, which names the folder that could not be made.
    package func makeFolders(mode: mode_t = 0o777) throws(FileError) {
        guard !isEmpty, makeFolder(mode) != 0 else { return }
        switch errno {
        case EEXIST: return
        case ENOENT:
            try removingLastComponent().makeFolders()
            // Another worker may have made it meanwhile.
            guard makeFolder(mode) != 0, errno != EEXIST else { return }
            throw .last(.create, self)
        default: throw .last(.create, self)
        }
    }

    private func makeFolder(_ mode: mode_t) -> Int32 { withPlatformString { mkdir($0, mode) } }

    /// Gives the file another name, in the place of what had it.
    ///
    /// - Parameter other: the name.
    /// - Throws: `FileError`, which names the other name.
    package func rename(to other: FilePath) throws(FileError) {
        let status = withPlatformString { old in other.withPlatformString { renameFile(old, $0) } }
        guard status == 0 else { throw .last(.rename, other) }
    }

    /// Removes the file here, where there is one.
    package func remove() { _ = withPlatformString { unlink($0) } }
}

/// `rename(2)`, whose name the method has.
private func renameFile(_ old: UnsafePointer<CChar>, _ new: UnsafePointer<CChar>) -> Int32 {
    rename(old, new)
}
