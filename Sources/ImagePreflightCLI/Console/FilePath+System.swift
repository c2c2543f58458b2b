internal import PreflightFiles
internal import SystemPackage

extension FilePath {
    /// The path from the root, without `.` and `..`. Links are not followed.
    var absolute: FilePath {
        (isAbsolute ? self : FilePath.current.pushing(self)).lexicallyNormalized()
    }

    /// The path from the root with links followed; nil where there is nothing.
    var resolved: FilePath? {
        guard let resolved = withPlatformString({ realpath($0, nil) }) else { return nil }
        defer { free(resolved) }
        return FilePath(platformString: resolved)
    }

    /// The folder that the process is in.
    static var current: FilePath {
        guard let path = getcwd(nil, 0) else { return "." }
        defer { free(path) }
        return FilePath(platformString: path)
    }

    /// Makes a folder here, where none is yet.
    ///
    /// - Throws: ``ConsoleError`` when that is not possible.
    func makeFolder() throws(ConsoleError) {
        guard withPlatformString({ mkdir($0, 0o777) }) != 0, errno != EEXIST else { return }
        throw .system("make the folder", "\(self)")
    }

    /// Removes the file here, where there is one.
    func remove() { _ = withPlatformString { unlink($0) } }
}
