internal import VisionRules

/// The outputs of a run so far, so that two sources never share one. ``OutputLayout`` keeps names apart that
/// differ in their extensions or in case; this catches what is left, as when `a.png` becomes `a.png.jpg` beside
/// a source of that very name.
struct OutputClaims: Sendable {
    private let claimed = Monitor<Set<UInt64>>([])

    /// Takes a path for one source.
    ///
    /// - Parameter path: the path below the output folder.
    /// - Returns: whether it was free. Names that differ in case only count as one, as they do on many disks.
    func claim(_ path: PathBytes) -> Bool {
        // A hash is enough: that two of a million paths meet by chance is one in 37 million.
        claimed.withLock { $0.insert(PathHash.ignoringCase(path.bytes)).inserted }
    }
}
