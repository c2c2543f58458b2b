internal import CPlatform
package import ImageHeaders
package import SystemPackage

/// A file that appears whole or not at all: it is next to its target under another name until it is complete,
/// and is removed if it never gets there. A link with the target's name is replaced, never followed; a device
/// or a pipe is not replaced.
package struct AtomicFile: ~Copyable {
    /// The prefix of unfinished files' names. A killed process may leave some; they are never results.
    package static let temporaryPrefix = ".image-preflight-"
    /// The prefix of those that are locked while their process lives.
    private static let lockedPrefix = temporaryPrefix + "locked-"

    /// Open for reading and writing.
    package let file: FileDescriptor
    /// Where it is for now.
    package let temporary: FilePath
    private let target: FilePath
    private var isOpen = true

    /// Creates an empty file next to a target.
    ///
    /// - Parameters:
    ///   - target: the target.
    ///   - mode: its permissions, whatever the umask; nil for the usual ones.
    ///   - isLocked: whether ``removeAbandoned(beside:)`` can tell that it is still being written.
    /// - Throws: `FileError`; nothing is left behind in that case.
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
                // Report the target's name, which users know.
                throw FileError(.create, target, error as? Errno ?? .ioError)
            }
            // Between creation and locking it looks abandoned, and may be gone. A file system without locks is no
            // reason to try again: nothing there can be taken for abandoned.
            if isLocked,
                !Self.lock(file) && errno == EWOULDBLOCK
                    || FileStatus(temporary)?.identity != FileStatus(file)?.identity
            {
                try? file.close()
                continue
            }
            // A log that only its owner may read stays private. If that cannot be set, nothing is written.
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
        // Does nothing once the file is in place.
        temporary.remove()
    }

    private static func lock(_ file: FileDescriptor) -> Bool { flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 }

    /// Removes the locked files next to a target whose processes were killed.
    ///
    /// - Parameter target: the target.
    package static func removeAbandoned(beside target: FilePath) {
        let folder = folder(of: target)
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

    /// Gives the file the owner, the group and the extended attributes of another file.
    ///
    /// - Parameter original: the other file.
    /// - Throws: `FileError` when one of them cannot be set.
    package func takeAttributes(of original: FileDescriptor) throws(FileError) {
        var (old, new) = (stat(), stat())
        guard fstat(original.rawValue, &old) == 0, fstat(file.rawValue, &new) == 0 else {
            throw .last(.create, target)
        }
        let isSameOwner = old.st_uid == new.st_uid && old.st_gid == new.st_gid
        guard isSameOwner || fchown(file.rawValue, old.st_uid, old.st_gid) == 0,
            // Changing the owner clears some of the permissions.
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

    /// Moves the file into place; an existing file is replaced atomically.
    ///
    /// - Parameter isDurable: whether the bytes and the name are flushed to disk before this returns.
    /// - Throws: `FileError`; nothing is left behind in that case.
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

    private static func folder(of path: FilePath) -> FilePath {
        let parent = path.removingLastComponent()
        return parent.isEmpty ? "." : parent
    }

    private static func flushFolder(of path: FilePath) throws(FileError) {
        let folder = folder(of: path)
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
    ///   - mode: its permissions, whatever the umask; nil for the usual ones.
    ///   - isDurable: whether the bytes and the name are flushed to disk before this returns.
    /// - Throws: `FileError`; nothing is left behind in that case.
    package func writeWhole(
        _ bytes: UnsafeRawBufferPointer, mode: mode_t? = nil, isDurable: Bool = false
    ) throws(FileError) {
        let file = try AtomicFile(at: self, mode: mode)
        try file.write(bytes)
        try file.commit(isDurable: isDurable)
    }
}
