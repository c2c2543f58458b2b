internal import ImageHeaders
internal import ImagePreflight
internal import PreflightFiles
internal import PreflightRecords
internal import SystemPackage

/// A file that is going to be replaced: what it was when that began.
struct ReplacedFile {
    /// Its name with links resolved, so that a link stays one.
    let path: FilePath
    private let before: stat

    /// Looks at a file.
    init(_ path: FilePath) throws(ConsoleError) {
        guard let resolved = path.resolved else { throw ConsoleError(.last(.open, path)) }
        self.path = resolved
        before = try Self.status(resolved)
    }

    /// Its permissions.
    var mode: mode_t { before.st_mode }

    /// Whether it belongs to the user of this process; its successor will.
    var isOwn: Bool { before.st_uid == geteuid() }

    /// Makes sure that the file is still what it was.
    ///
    /// - Throws: ``ConsoleError``.
    func checkUnchanged() throws(ConsoleError) {
        guard try FileVersion(Self.status(path)) == FileVersion(before) else {
            throw ConsoleError("\(path): changed meanwhile; it was left alone")
        }
    }

    /// Gives the file a second name, which stays when the first one goes to its successor.
    ///
    /// - Returns: the second name: `.bak` is appended, or `.bak2` and so on where that is taken.
    /// - Throws: ``ConsoleError`` when the file was changed, or can have no second name.
    func keepBackup() throws(ConsoleError) -> FilePath {
        try checkUnchanged()
        var number = 1
        while true {
            let ending = number == 1 ? ".bak" : ".bak\(number)"
            let backup = FilePath(PathBytes(PathBytes(path).bytes + ending.utf8))
            let isLinked = path.withPlatformString { old in backup.withPlatformString { link(old, $0) == 0 } }
            if isLinked { return backup }
            if errno != EEXIST {
                throw ConsoleError(
                    "cannot make a backup of \(path): \(FileError.last(.create, backup).reason)")
            }
            number += 1
        }
    }

    private static func status(_ path: FilePath) throws(ConsoleError) -> stat {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else {
            throw ConsoleError(.last(.open, path))
        }
        return status
    }
}
