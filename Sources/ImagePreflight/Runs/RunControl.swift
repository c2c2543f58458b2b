internal import Synchronization

/// What a run and the one who watches it share: how far it is, and whether it should stop.
public final class RunControl: Sendable {
    private let doneCount = Atomic<Int>(0)
    private let refusedCount = Atomic<Int>(0)
    private let doneBytes = Atomic<Int>(0)
    private let stopFlag = Atomic<Bool>(false)
    private let outer: RunControl?

    /// A run that has done nothing yet.
    public init() { outer = nil }

    /// A part of a run that counts for itself, and stops with the whole.
    ///
    /// - Parameter outer: the whole.
    public init(stoppedBy outer: RunControl) { self.outer = outer }

    /// Files done so far.
    public var done: Int { doneCount.load(ordering: .relaxed) }

    /// Files done so far that the service would refuse.
    public var refused: Int { refusedCount.load(ordering: .relaxed) }

    /// Bytes of the files done so far.
    public var bytes: Int { doneBytes.load(ordering: .relaxed) }

    /// How far the run is; it does not know how many files there are.
    public var progress: RunProgress { RunProgress(done: done, total: nil, refused: refused, bytes: bytes) }

    /// Whether somebody asked the run to stop.
    public var isStopped: Bool { stopFlag.load(ordering: .relaxed) || outer?.isStopped == true }

    /// Asks the run to stop after the files it is at. May be called from a signal handler.
    public func stop() { stopFlag.store(true, ordering: .relaxed) }

    /// Counts what was done.
    package func add(done: Int, refused: Int, bytes: Int) {
        doneCount.wrappingAdd(done, ordering: .relaxed)
        refusedCount.wrappingAdd(refused, ordering: .relaxed)
        doneBytes.wrappingAdd(bytes, ordering: .relaxed)
    }
}
