internal import PreflightRecords
internal import PreflightFiles
internal import SystemPackage
internal import VisionRules

/// The outputs of a run so far, so that two sources never share one. ``OutputLayout`` keeps the names of one folder
/// apart; this catches what is left: a source that is named twice, sources of a list, names that the disk of the
/// outputs takes for one.
struct OutputClaims: Sendable {
    private let claimed = Monitor<Set<UInt64>>([])
    /// Whether names that differ in case only are one.
    private let foldsCase: Bool

    /// No claims yet.
    ///
    /// - Parameter folder: where the outputs go; nil where nothing is written.
    init(in folder: FilePath?) { foldsCase = folder.map(Self.foldsCase) ?? false }

    /// Takes a path for one source.
    ///
    /// - Parameter path: the path below the output folder.
    /// - Returns: whether it was free.
    func claim(_ path: PathBytes) -> Bool {
        // A hash is enough: that two of a million paths meet by chance is one in 37 million.
        let hash = foldsCase ? PathHash.ignoringCase(path.bytes) : PathHash.of(path.bytes)
        return claimed.withLock { $0.insert(hash).inserted }
    }

    /// Whether names that differ in case only are one in a folder, as on most disks of macOS and Windows. Where that
    /// cannot be found out, they are taken for one.
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
