internal import ImageHeaders
internal import ImagePreflight
internal import PreflightFiles
internal import PreflightRecords
internal import SystemPackage

/// A file that is going to be replaced: its state when that began.
struct ReplacedFile {
    /// Its name with links resolved, so that a link stays one.
    let path: FilePath
    private let before: stat

    /// Reads the state of a file.
    init(_ path: FilePath) throws(ConsoleError) {
        guard let resolved = path.resolved else { throw ConsoleError(.last(.open, path)) }
        self.path = resolved
        before = try Self.status(resolved)
    }

    /// Its permissions.
    var mode: mode_t { before.st_mode }

    /// Whether it belongs to the user of this process, as its successor will.
    var isOwn: Bool { before.st_uid == geteuid() }

    /// A file that is to take its place, with its permissions, owner, group and extended attributes. What a killed
    /// process left of another one is removed.
    ///
    /// - Throws: `FileError` when one of them cannot be kept.
    func successor() throws(FileError) -> AtomicFile {
        AtomicFile.removeAbandoned(beside: path)
        let file = try AtomicFile(at: path, mode: mode, isLocked: true)
        let original = try path.openForReading()
        defer { try? original.close() }
        try file.takeAttributes(of: original)
        return file
    }

    /// Makes sure that the file has not changed.
    ///
    /// - Throws: ``ConsoleError``.
    func checkUnchanged() throws(ConsoleError) {
        guard try FileVersion(Self.status(path)) == FileVersion(before) else {
            throw ConsoleError("\(path): changed in the meantime; left untouched")
        }
    }

    /// Gives the file a second name, which stays when its successor gets the first.
    ///
    /// - Returns: the second name: with `.bak` appended, or `.bak2` and so on if that exists.
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
