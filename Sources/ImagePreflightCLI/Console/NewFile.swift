internal import PreflightFiles
internal import ImagePreflight
internal import SystemPackage

/// A file in the making: it lies beside its place under another name until it is whole, and is gone if it
/// never gets there.
struct NewFile: ~Copyable {
    /// Open for writing; -1 when it was closed.
    private(set) var descriptor: Int32
    /// Where it lies for now.
    let path: FilePath
    private let target: FilePath

    /// Makes an empty file beside a place.
    ///
    /// - Parameters:
    ///   - target: the place.
    ///   - mode: its permissions; nil: the usual ones.
    /// - Throws: ``ConsoleError`` when that is not possible.
    init(beside target: FilePath, mode: mode_t?) throws(ConsoleError) {
        guard FileStatus(target)?.kind != .other else {
            throw ConsoleError("\(target) is a device, a pipe or a socket; name a file")
        }
        let folder = target.removingLastComponent()
        while true {
            let name = OutputWriter.temporaryPrefix + String(UInt64.random(in: .min ... .max), radix: 36)
            let path = folder.appending(name)
            let descriptor = path.withPlatformString {
                open($0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
            }
            if descriptor >= 0 {
                // A log that only its owner may read stays so. Where that cannot be set, nothing is written.
                if let mode, fchmod(descriptor, mode & 0o7777) != 0 {
                    let error = ConsoleError.system("create", "\(target)")
                    close(descriptor)
                    path.remove()
                    throw error
                }
                self.descriptor = descriptor
                self.path = path
                self.target = target
                return
            }
            if errno != EEXIST { throw ConsoleError.system("create", "\(target)") }
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        // After the file got its name this finds nothing.
        path.remove()
    }

    /// Puts the file in its place; what was there is replaced at once.
    ///
    /// - Parameter isDurable: whether it has to be on the disk before it gets its name.
    /// - Throws: ``ConsoleError`` when that is not possible.
    consuming func take(isDurable: Bool) throws(ConsoleError) {
        guard !isDurable || fsync(descriptor) == 0 || errno == EINVAL else {
            throw ConsoleError.system("write", "\(target)")
        }
        // Some file systems report a full disk only here.
        let isClosed = close(descriptor) == 0
        descriptor = -1
        guard isClosed else { throw ConsoleError.system("write", "\(target)") }
        let isRenamed = path.withPlatformString { old in target.withPlatformString { rename(old, $0) == 0 } }
        guard isRenamed else { throw ConsoleError.system("replace", "\(target)") }
    }
}

/// A file that is going to be replaced: what it was when that began.
struct ReplacedFile {
    /// Its name with links resolved, so that a link stays one.
    let path: FilePath
    private let before: stat

    /// Looks at a file.
    init(_ path: FilePath) throws(ConsoleError) {
        guard let resolved = path.resolved else { throw ConsoleError.system("open", "\(path)") }
        self.path = resolved
        before = try Self.status(resolved)
    }

    /// Its permissions.
    var mode: mode_t { before.st_mode }

    /// Gives the file a second name, which stays when the first one goes to its successor.
    ///
    /// - Returns: the second name: `.bak` is appended, or `.bak2` and so on where that is taken.
    /// - Throws: ``ConsoleError`` when the file was changed, or can have no second name.
    func keepBackup() throws(ConsoleError) -> FilePath {
        let now = try Self.status(path)
        guard now.st_ino == before.st_ino, now.st_size == before.st_size, Self.time(now) == Self.time(before)
        else {
            throw ConsoleError("\(path): changed while it was being repaired; it was left alone")
        }
        var number = 1
        while true {
            let ending = number == 1 ? ".bak" : ".bak\(number)"
            let backup = FilePath(PathBytes(PathBytes(path).bytes + ending.utf8))
            let isLinked = path.withPlatformString { old in backup.withPlatformString { link(old, $0) == 0 } }
            if isLinked { return backup }
            if errno != EEXIST { throw ConsoleError.system("make a backup of", "\(path)") }
            number += 1
        }
    }

    private static func status(_ path: FilePath) throws(ConsoleError) -> stat {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else {
            throw ConsoleError.system("open", "\(path)")
        }
        return status
    }

    private static func time(_ status: stat) -> [Int] {
        #if canImport(Darwin)
            [Int(status.st_mtimespec.tv_sec), Int(status.st_mtimespec.tv_nsec)]
        #else
            [Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec)]
        #endif
    }
}
