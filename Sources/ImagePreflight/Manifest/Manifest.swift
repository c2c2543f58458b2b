internal import PreflightRecords
internal import ImageHeaders
internal import PreflightFiles
package import SystemPackage

/// The manifest of a run: a journal while it is being written, renamed when the run is complete.
///
/// Every run appends all its rows to the journal, including those that it reuses from an earlier run. So a
/// run that is killed, even a resumed one, loses no row, and a run that completes leaves the same bytes as an
/// uninterrupted one.
package final class Manifest {
    /// The name of a manifest in its output folder.
    package static let fileName = "manifest.jsonl"

    /// The name of the manifest of a run in its output folder.
    ///
    /// - Parameter shard: the run's part of the files; nil for all.
    /// - Returns: `manifest.jsonl`, or `manifest-2-of-8.jsonl` for the second part of eight.
    package static func fileName(shard: WalkOptions.Shard?) -> String {
        shard.map { "manifest-\($0.index)-of-\($0.count).jsonl" } ?? fileName
    }

    /// What to do with existing outputs: if there is no run to resume, they are kept.
    package let existing: ExistingOutputs
    /// The results of earlier runs into this folder.
    package let earlier: EarlierRows
    private let path: FilePath
    private let journal: Journal
    /// Held as long as the run lives: a lock on the folder itself leaves no file behind.
    private let lock: FileDescriptor
    private let isDurable: Bool
    /// The error that kept a row from being written.
    private var failure: PreflightError?

    /// Creates the output folder, locks it, and opens the journal.
    ///
    /// - Parameters:
    ///   - folder: the output folder.
    ///   - path: where the manifest goes; nil for ``fileName(shard:)`` in the folder.
    ///   - shard: the run's part of the files. Runs of different parts may work in one folder at once, on
    ///     one machine or on many: each has its own manifest. Half-written files of a killed one stay: they
    ///     cannot be told from what the others are writing.
    ///   - existing: what to do with the outputs of earlier runs.
    ///   - isDurable: whether the manifest is flushed to disk before the run ends.
    /// - Throws: why the run must not begin.
    package init(
        in folder: FilePath, at path: FilePath? = nil, shard: WalkOptions.Shard? = nil,
        existing: ExistingOutputs,
        isDurable: Bool = false
    ) throws(PreflightError) {
        let manifest = path ?? folder.appending(Self.fileName(shard: shard))
        // Only what a run has made is replaced.
        guard Self.mayBeReplaced(manifest) else { throw .notAManifest(manifest) }
        let journalPath = FilePath(PathBytes(PathBytes(manifest).bytes + ManifestFile.journalEnding.utf8))
        let lock = try Self.file { () throws(FileError) in
            try folder.makeFolders()
            return try folder.openForReading(.directory)
        }
        do throws(PreflightError) {
            let kind = shard == nil ? LOCK_EX : LOCK_SH
            guard flock(lock.rawValue, kind | LOCK_NB) == 0 else { throw .folderInUse(folder) }
            let hasManifest = FileStatus(manifest) != nil
            let hasJournal = FileStatus.isTaken(journalPath)
            if existing == .keep, hasManifest { throw .alreadyPrepared(manifest) }
            // Files in a folder without any run belong to someone else.
            let isFirst = !hasManifest && !hasJournal && Self.all(in: folder).isEmpty
            self.existing = existing == .resume && isFirst ? .keep : existing
            journal = try Journal(at: journalPath, of: manifest)
            if existing == .keep, hasJournal { throw .alreadyPrepared(journalPath) }
            // Only an incomplete run leaves a journal, or anything half-written.
            if shard == nil, hasJournal { TemporaryFiles.remove(below: folder) }
            let earlier = EarlierRows()
            self.earlier = earlier
            if existing == .resume {
                if hasManifest {
                    try Self.file { () throws(FileError) in
                        try earlier.add(manifest.openForReading(), path: manifest)
                    }
                }
                // The journal is newer: it takes precedence.
                let rows = try journal.resume()
                try Self.file { () throws(FileError) in try earlier.add(rows, path: journalPath) }
            } else {
                try journal.clear()
            }
        } catch {
            try? lock.close()
            throw error
        }
        self.path = manifest
        self.lock = lock
        self.isDurable = isDurable
    }

    /// Whether nothing, or a manifest, is at a path.
    ///
    /// - Parameter path: where a manifest is about to be written.
    /// - Returns: whether writing there loses nothing but a manifest.
    package static func mayBeReplaced(_ path: FilePath) -> Bool {
        guard let status = FileStatus(path) else { return !FileStatus.isTaken(path) }
        return status.kind == .file && ManifestFile.holdsRows(path)
    }

    /// The manifests and journals that runs left in a folder, by their names.
    package static func all(in folder: FilePath) -> [FilePath] {
        let listing = folder.withPlatformString {
            try? DirectoryListing(path: $0, takesHidden: false)
        }
        guard let listing else { return [] }
        return listing.entries.map { listing.name(of: $0) }.filter(ManifestFile.isName)
            .map { folder.pushing(FilePath(PathBytes($0))) }
    }

    deinit { try? lock.close() }

    /// Appends rows.
    ///
    /// - Parameter lines: whole lines of NDJSON.
    /// - Returns: whether they were written; if not, the run must stop, and ``finish(isComplete:)`` reports
    ///   why.
    @discardableResult
    package func append(_ lines: [UInt8]) -> Bool {
        guard failure == nil else { return false }
        do throws(PreflightError) { try journal.append(lines) } catch { failure = error }
        return failure == nil
    }

    /// Ends the manifest.
    ///
    /// - Parameter isComplete: whether the run went through all files; if not, the journal stays as it is,
    ///   for a run that resumes.
    /// - Throws: why the manifest could not be written.
    package func finish(isComplete: Bool) throws(PreflightError) {
        if let failure { throw failure }
        if isDurable { try journal.flush() }
        try journal.check()
        guard isComplete else { return }
        // Something may have been put there during the run.
        guard Self.mayBeReplaced(path) else { throw .notAManifest(path) }
        guard journal.start > 0 else {
            return try Self.file { () throws(FileError) in try journal.path.rename(to: path) }
        }
        let file = try Self.file { () throws(FileError) in try AtomicFile(at: path) }
        try journal.forEachPiece { (piece) throws(FileError) in try file.write(piece) }
        do throws(FileError) { try file.commit(isDurable: isDurable) } catch { throw .file(error) }
        journal.path.remove()
    }

    /// Runs an operation on files.
    private static func file<Value: ~Copyable>(
        _ step: () throws(FileError) -> Value
    ) throws(PreflightError) -> Value {
        do throws(FileError) { return try step() } catch { throw .file(error) }
    }
}
