internal import CPlatform
package import ImageHeaders
package import SystemPackage

/// A file that appears whole or not at all: it lies beside its place under another name until it is complete, and
/// is gone if it never gets there. A link that has the target's name is replaced, never followed; a device or a pipe
/// is not replaced.
package struct AtomicFile: ~Copyable {
    /// How the names of unfinished files begin. A process that was killed may leave some; they are never results.
    package static let temporaryPrefix = ".image-preflight-"
    /// How the names of those begin that are locked while their process lives.
    private static let lockedPrefix = temporaryPrefix + "locked-"

    /// Open for reading and writing.
    package let file: FileDescriptor
    /// Where it lies for now.
    package let temporary: FilePath
    private let target: FilePath
    private var isOpen = true

    /// Makes an empty file beside a place.
    ///
    /// - Parameters:
    ///   - target: the place.
    ///   - mode: its permissions, whatever the umask; nil: the usual ones.
    ///   - isLocked: whether ``removeAbandoned(beside:)`` can tell that it is still being written.
    /// - Throws: `FileError`; nothing is left behind then.
    package init(at target: FilePath, mode: mode_t? = nil, isLocked: Bool = false) throws(FileError) {
        guard FileStatus(target)?.kind != .other else { throw FileError(.create, target, .notSupported) }
        let folder = target.removingLastComponent()
        while true {
            let temporary = folder.appending(
                (isLocked ? Self.lockedPrefix : Self.temporaryPrefix)
                    + String(UInt64.random(in: .min ... .max), radix: 36))
            let file: FileDescriptor
            do {
                file = try FileDescriptor.open(
                    temporary, .readWrite,
                    options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                    permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
            } catch Errno.fileExists {
                continue
            } catch {
                // The name that people know is the target's.
                throw FileError(.create, target, error as? Errno ?? .ioError)
            }
            // Between the making and the locking it looks abandoned, and may be gone.
            if isLocked, !Self.lock(file) || FileStatus(temporary)?.identity != FileStatus(file)?.identity {
                try? file.close()
                continue
            }
            // A log that only its owner may read stays so. Where that cannot be set, nothing is written.
            if let mode, fchmod(file.rawValue, mode & 0o7777) != 0 {
                let error = FileError.last(.create, target)
                try? file.close()
                temporary.remove()
                throw error
            }
            self.file = file
            self.temporary = temporary
            self.target = target
            return
        }
    }

    deinit {
        if isOpen { try? file.close() }
        // Once the file has its name, this finds nothing.
        temporary.remove()
    }

    private static func lock(_ file: FileDescriptor) -> Bool { flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 }

    /// Removes the locked files beside a place whose processes were killed.
    ///
    /// - Parameter target: the place.
    package static func removeAbandoned(beside target: FilePath) {
        let parent = target.removingLastComponent()
        let folder = parent.isEmpty ? FilePath(".") : parent
        // A folder that cannot be read cannot be cleaned.
        guard
            let listing = try? folder.withPlatformString({ path in
                try DirectoryListing(path: path, takesHidden: true)
            })
        else { return }
        for entry in listing.entries where listing.name(of: entry).starts(with: lockedPrefix.utf8) {
            let path = folder.appending(String(decoding: listing.name(of: entry), as: UTF8.self))
            guard let file = try? path.openForReading() else { continue }
            if lock(file) { path.remove() }
            try? file.close()
        }
    }

    /// Gives the file the owner, the group and the extended attributes of another one.
    ///
    /// - Parameter original: the other file.
    /// - Throws: `FileError` when one of them cannot be kept.
    package func takeAttributes(of original: FileDescriptor) throws(FileError) {
        var (old, new) = (stat(), stat())
        guard fstat(original.rawValue, &old) == 0, fstat(file.rawValue, &new) == 0 else {
            throw .last(.create, target)
        }
        let isSameOwner = old.st_uid == new.st_uid && old.st_gid == new.st_gid
        guard isSameOwner || fchown(file.rawValue, old.st_uid, old.st_gid) == 0,
            // A change of the owner takes some of the permissions away.
            isSameOwner || fchmod(file.rawValue, old.st_mode & 0o7777) == 0
        else { throw .last(.create, target) }
        let error = ipp_copy_attributes(original.rawValue, file.rawValue)
        guard error == 0 else { throw FileError(.create, target, Errno(rawValue: error)) }
    }

    /// Appends bytes.
    ///
    /// - Parameter bytes: what to write.
    /// - Throws: `FileError`.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        try FileError.naming(.write, target) { _ = try file.writeAll(bytes) }
    }

    /// Puts the file in its place; what was there is replaced at once.
    ///
    /// - Parameter isDurable: whether the bytes and the name are on the disk when this returns.
    /// - Throws: `FileError`; nothing is left behind then.
    package consuming func commit(isDurable: Bool) throws(FileError) {
        // A device that cannot be flushed has nothing to lose.
        guard !isDurable || fsync(file.rawValue) == 0 || errno == EINVAL else {
            throw .last(.flush, target)
        }
        isOpen = false
        // Some file systems report a full disk only here.
        try FileError.naming(.write, target) { try file.close() }
        try temporary.rename(to: target)
        if isDurable { try Self.flushFolder(of: target) }
    }

    private static func flushFolder(of path: FilePath) throws(FileError) {
        let parent = path.removingLastComponent()
        let folder = parent.isEmpty ? FilePath(".") : parent
        let file = try folder.openForReading()
        defer { try? file.close() }
        guard fsync(file.rawValue) == 0 else { throw .last(.flush, folder) }
    }
}

extension FilePath {
    /// Writes a file whole or not at all.
    ///
    /// - Parameters:
    ///   - bytes: all of its bytes.
    ///   - mode: its permissions, whatever the umask; nil: the usual ones.
    ///   - isDurable: whether the bytes and the name are on the disk when this returns.
    /// - Throws: `FileError`; nothing is left behind then.
    package func writeWhole(
        _ bytes: UnsafeRawBufferPointer, mode: mode_t? = nil, isDurable: Bool = false
    ) throws(FileError) {
        let file = try AtomicFile(at: self, mode: mode)
        try file.write(bytes)
        try file.commit(isDurable: isDurable)
    }
}
