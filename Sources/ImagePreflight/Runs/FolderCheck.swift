public import PreflightRecords
internal import ImageHeaders
internal import PreflightFiles
internal import SystemPackage
internal import VisionRules

/// A check of many files, one row per image, in the order of the walk.
///
/// The run begins when its rows are read, on threads of its own. Read them once: with `for try await`, or with the
/// blocking ``forEach(_:)``. A slow reader slows the run down. Leaving the loop requests a stop, and so does
/// canceling the task.
///
/// ```swift
/// for try await row in preflighter.check(folder: "photos") where row.verdict == .rejected {
///     print(row.path ?? "", row.findings)
/// }
/// ```
public final class FolderCheck: AsyncSequence, Sendable {
    /// The result for one image.
    public typealias Element = ImageRecord
    /// The totals of a run.
    public typealias Totals = ImageRecord.Totals

    private let engine: CheckRun
    private let walk: Walk
    private let duplicates: DuplicateComparison
    private let state: FolderRun<ImageRecord, Totals>

    package init(
        _ engine: CheckRun, over walk: Walk, duplicates: DuplicateComparison = .none,
        control: RunControl = RunControl()
    ) {
        self.engine = engine
        self.walk = walk
        self.duplicates = duplicates
        state = FolderRun(control: control, capacity: 1024)
    }

    /// How far the run is.
    public var progress: RunProgress { state.progress }

    /// Whether the number of files becomes known on the way.
    package var learnsTotal: Bool { duplicates != .none }

    /// Requests a stop after the files that are being worked on.
    public func stop() { state.control.stop() }

    /// The totals of the run, as soon as it has ended. If its rows are not being read, it is run for its
    /// totals.
    ///
    /// - Throws: the error that ended the run.
    public var totals: Totals {
        get async throws { try await state.totals(run) }
    }

    /// Runs on the calling thread and passes on each row.
    ///
    /// - Parameter body: receives a row. An error that it throws ends the run.
    /// - Returns: the totals.
    /// - Throws: what the body throws; a `PreflightError` when the files cannot be walked.
    @available(*, noasync, message: "use 'for try await'")
    @discardableResult
    public func forEach(_ body: (ImageRecord) throws -> Void) throws -> Totals {
        try state.forEach(body, run)
    }

    /// Begins the run and reads its rows.
    public func makeAsyncIterator() -> RowIterator<ImageRecord> { state.rows(run) }

    @Sendable private func run(emit: ([ImageRecord]) -> Bool) throws -> Totals {
        try run(makeRenderer: { RowCollector<ImageRecord>() }) { emit($0.rendered) }
    }

    /// Runs on the calling thread, with rows rendered on the threads that made them.
    ///
    /// - Parameters:
    ///   - makeRenderer: creates the renderer of one thread.
    ///   - emit: receives each batch; false stops the run.
    /// - Returns: the totals.
    /// - Throws: a `PreflightError` when a list of paths cannot be read twice.
    package func run<Renderer: RowRenderer>(
        makeRenderer: @escaping @Sendable () -> Renderer, emit: (CheckRun.Batch<Renderer.Output>) -> Bool
    ) throws(PreflightError) -> Totals where Renderer.Row == ImageRecord {
        var engine = engine
        var walk = walk
        if duplicates != .none {
            walk = try walk.readTwice(isStopped: state.isStopped)
            let candidates = DuplicateCandidates(
                walker: walk.begin(isStopped: state.isStopped), workerCount: engine.workerCount,
                control: state.passControl)
            guard !state.control.isStopped else { return Totals() }
            state.passHasEnded()
            engine.duplicates = duplicates == .pictures ? .near(candidates) : .exact(candidates)
        }
        return engine.run(
            walker: walk.begin(isStopped: state.isStopped), control: state.control,
            makeRenderer: makeRenderer, emit: emit)
    }
}

extension FolderCheck {
    /// Which duplicates a check looks for.
    public enum DuplicateComparison: String, Sendable, Codable, Hashable, CaseIterable {
        /// None.
        case none
        /// Files with the same bytes.
        case bytes
        /// Files with the same bytes, and pictures that look the same where images are decoded.
        case pictures
    }
}

extension Walk {
    /// The same walk, which can begin more than once.
    ///
    /// - Parameter isStopped: whether to wait no longer for a list that comes through a pipe.
    /// - Returns: the walk.
    /// - Throws: `PreflightError.file` when such a list cannot be kept.
    func readTwice(isStopped: () -> Bool) throws(PreflightError) -> Walk {
        do throws(FileError) { return try repeatable(isStopped: isStopped) } catch {
            throw .file(
                FileError(error.operation == .open ? .create : .read, path: name.text, errno: error.errno))
        }
    }
}
