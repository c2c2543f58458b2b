internal import ImageHeaders
internal import PreflightFiles
internal import SystemPackage

/// The file that a run appends its rows to until it is complete: `NAME.partial`.
///
/// Anything may have that name when a run begins, and anyone may write to it during the run. A file that is
/// not a journal is left untouched, and a journal that lost rows never becomes a manifest.
final class Journal {
    let path: FilePath
    /// Where the rows of this run begin.
    private(set) var start = 0
    private var byteCount = 0
    private let identity: FileIdentity
    private let file: FileDescriptor

    /// Opens a journal, or creates an empty one; it stays locked as long as it is open.
    ///
    /// - Parameters:
    ///   - path: its path.
    ///   - manifest: the manifest that it becomes, for errors.
    /// - Throws: `PreflightError.notAManifest` for anything else at the path, even a link to a journal;
    ///   `PreflightError.manifestInUse` when another run is writing it; `PreflightError.file`.
    init(at path: FilePath, of manifest: FilePath) throws(PreflightError) {
        self.path = path
        do {
            file = try FileDescriptor.open(
                path, .readWrite, options: [.create, .append, .noFollow, .nonBlocking, .closeOnExec],
                permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
        } catch Errno.tooManySymbolicLinkLevels, Errno.isDirectory, Errno.noSuchAddressOrDevice {
            throw .notAManifest(path)
        } catch {
            throw .file(FileError(.create, path, error as? Errno ?? .ioError))
        }
        do throws(PreflightError) {
            guard let status = FileStatus(file) else { throw .last(.open, path) }
            guard status.kind == .file else { throw .notAManifest(path) }
            guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else { throw .manifestInUse(manifest) }
            guard
                ManifestFile.beginsAsRow(
                    try? file.bytes(atMost: ManifestFile.rowBeginning.count), isCut: true)
            else { throw .notAManifest(path) }
            identity = status.identity
        } catch {
            try? file.close()
            throw error
        }
    }

    deinit { try? file.close() }

    /// Discards the rows of earlier runs.
    func clear() throws(PreflightError) {
        guard ftruncate(file.rawValue, 0) == 0 else { throw .last(.write, path) }
    }

    /// Keeps the rows of earlier runs.
    ///
    /// - Returns: the journal at its beginning, to read all of it; the last line may be cut.
    func resume() throws(PreflightError) -> FileDescriptor {
        let end = lseek(file.rawValue, 0, SEEK_END)
        guard end >= 0 else { throw .last(.read, path) }
        (start, byteCount) = (Int(end), Int(end))
        if start > 0 {
            // The journal of a killed run may end within a line.
            try append([UInt8(ascii: "\n")])
            start += 1
        }
        do {
            let copy = try file.duplicate()
            try copy.seek(offset: 0, from: .start)
            return copy
        } catch {
            throw .file(FileError(.read, path, error as? Errno ?? .ioError))
        }
    }

    /// Appends whole lines.
    func append(_ lines: [UInt8]) throws(PreflightError) {
        do { try file.writeAll(lines) } catch {
            throw .file(FileError(.write, path, error as? Errno ?? .ioError))
        }
        byteCount += lines.count
    }

    /// Passes on the rows of this run, and of those that it continued, in pieces.
    func forEachPiece(_ body: (UnsafeRawBufferPointer) throws(FileError) -> Void) throws(PreflightError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        var offset = start
        while offset < byteCount {
            let wanted = UnsafeMutableRawBufferPointer(
                rebasing: buffer[..<min(buffer.count, byteCount - offset)])
            do throws(FileError) {
                let count = try FileError.naming(.read, path) {
                    try file.read(fromAbsoluteOffset: Int64(offset), into: wanted)
                }
                if count == 0 { break }
                try body(UnsafeRawBufferPointer(rebasing: wanted[..<count]))
                offset += count
            } catch { throw .file(error) }
        }
        guard offset == byteCount else { throw .journalChanged(path) }
    }

    /// Waits until it is flushed to disk.
    func flush() throws(PreflightError) {
        guard fsync(file.rawValue) == 0 else { throw .last(.flush, path) }
    }

    /// Makes sure that it contains what was appended, under its own name.
    func check() throws(PreflightError) {
        guard lseek(file.rawValue, 0, SEEK_END) == byteCount, FileStatus(path)?.identity == identity else {
            throw .journalChanged(path)
        }
    }
}

extension PreflightError {
    /// The system's last error.
    fileprivate static func last(_ operation: FileError.Operation, _ path: FilePath) -> PreflightError {
        .file(FileError.last(operation, path))
    }
}
