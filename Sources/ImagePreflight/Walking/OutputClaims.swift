internal import PreflightRecords
internal import PreflightFiles
internal import SystemPackage
internal import VisionRules

/// The outputs of a run so far, so that two sources never share one. ``OutputLayout`` keeps the names in one
/// folder apart; this catches the rest: a source that is named twice, sources from a list, names that are equal
/// on the output's disk.
struct OutputClaims: Sendable {
    private let claimed = Monitor<Set<UInt64>>([])
    /// Whether names that differ only in case are equal.
    private let foldsCase: Bool

    /// No claims yet.
    ///
    /// - Parameter folder: the output folder; nil if nothing is written.
    init(in folder: FilePath?) { foldsCase = folder.map(Self.foldsCase) ?? false }

    /// Claims a path for one source.
    ///
    /// - Parameter path: the path below the output folder.
    /// - Returns: whether it was free.
    func claim(_ path: PathBytes) -> Bool {
        // A hash is enough: the chance that two of a million paths collide is one in 37 million.
        let hash = foldsCase ? PathHash.ignoringCase(path.bytes) : PathHash.of(path.bytes)
        return claimed.withLock { $0.insert(hash).inserted }
    }

    /// Whether names that differ only in case are equal in a folder, as on most disks of macOS and Windows.
    /// If that cannot be determined, they are treated as equal.
    private static func foldsCase(_ folder: FilePath) -> Bool {
        let name = AtomicFile.temporaryPrefix + "case"
        let small = folder.appending(name)
        let file = try? FileDescriptor.open(
            small, .writeOnly, options: [.create, .closeOnExec], permissions: [.ownerReadWrite])
        guard let file else { return true }
        defer { small.remove() }
        try? file.close()
        return FileStatus.isTaken(folder.appending(name.uppercased()))
    }
}
