internal import ImagePreflight
internal import SystemPackage

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A file in the making: it lies beside its place under another name until it is whole, and is gone if it
/// never gets there.
struct NewFile: ~Copyable {
    /// Open for writing.
    let descriptor: Int32
    /// Where it lies for now.
    let path: String
    private let target: String

    /// Makes an empty file beside a place.
    ///
    /// - Parameters:
    ///   - target: the place.
    ///   - mode: its permissions; nil: the usual ones.
    /// - Throws: ``ConsoleError`` when that is not possible.
    init(beside target: String, mode: mode_t?) throws(ConsoleError) {
        guard FileStatus(FilePath(target))?.kind != .other else {
            throw ConsoleError("\(target) is a device, a pipe or a socket; name a file")
        }
        let folder = FilePath(target).removingLastComponent()
        while true {
            let name = OutputWriter.temporaryPrefix + String(UInt64.random(in: .min ... .max), radix: 36)
            let path = folder.appending(name).string
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
            if descriptor >= 0 {
                // A log that only its owner may read stays so. Where that cannot be set, nothing is written.
                if let mode, fchmod(descriptor, mode & 0o7777) != 0 {
                    let error = ConsoleError.system("create", target)
                    close(descriptor)
                    unlink(path)
                    throw error
                }
                self.descriptor = descriptor
                self.path = path
                self.target = target
                return
            }
            if errno != EEXIST { throw ConsoleError.system("create", target) }
        }
    }

    deinit {
        close(descriptor)
        // After the file got its name this finds nothing.
        unlink(path)
    }

    /// Puts the file in its place; what was there is replaced at once.
    ///
    /// - Parameter isDurable: whether it has to be on the disk before it gets its name.
    /// - Throws: ``ConsoleError`` when that is not possible.
    consuming func take(isDurable: Bool) throws(ConsoleError) {
        guard !isDurable || fsync(descriptor) == 0 || errno == EINVAL else {
            throw ConsoleError.system("write", target)
        }
        guard rename(path, target) == 0 else { throw ConsoleError.system("replace", target) }
    }
}

/// A file that is going to be replaced: what it was when that began.
struct ReplacedFile {
    /// Its name with links resolved, so that a link stays one.
    let path: String
    private let before: stat

    /// Looks at a file.
    init(_ path: String) throws(ConsoleError) {
        guard let resolved = realpath(path, nil) else { throw ConsoleError.system("open", path) }
        defer { free(resolved) }
        self.path = String(cString: resolved)
        before = try Self.status(self.path)
    }

    /// Its permissions.
    var mode: mode_t { before.st_mode }

    /// Gives the file a second name, which stays when the first one goes to its successor.
    ///
    /// - Returns: the second name: `.bak` is appended, or `.bak2` and so on where that is taken.
    /// - Throws: ``ConsoleError`` when the file was changed, or can have no second name.
    func keepBackup() throws(ConsoleError) -> String {
        let now = try Self.status(path)
        guard now.st_ino == before.st_ino, now.st_size == before.st_size, Self.time(now) == Self.time(before)
        else {
            throw ConsoleError("\(path): changed while it was being repaired; it was left alone")
        }
        var number = 1
        while true {
            let backup = path + (number == 1 ? ".bak" : ".bak\(number)")
            if link(path, backup) == 0 { return backup }
            if errno != EEXIST { throw ConsoleError.system("make a backup of", path) }
            number += 1
        }
    }

    private static func status(_ path: String) throws(ConsoleError) -> stat {
        var status = stat()
        guard stat(path, &status) == 0 else { throw ConsoleError.system("open", path) }
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
