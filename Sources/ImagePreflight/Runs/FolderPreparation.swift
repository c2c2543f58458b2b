internal import PreflightRecords
internal import PreflightFiles
package import SystemPackage
internal import VisionRules

/// A preparation of many files into one folder: a mirrored tree, a manifest, and one row per file in the order of
/// the walk.
///
/// The run begins when its rows are read, on threads of its own. Read them once: with `for try await`, or
/// with the blocking ``forEach(_:)``. A slow reader slows the run down. Leaving the loop requests a stop, and
/// so does canceling the task; the rows so far are in the journal, and a run with ``ExistingOutputs/resume``
/// continues it. ``totals`` returns when the manifest is closed.
///
/// ```swift
/// for try await row in preflighter.prepare(folder: "photos", into: "ready", existing: .resume) {
///     print(row.path, row.action)
/// }
/// ```
public final class FolderPreparation: AsyncSequence, Sendable {
    /// The result for one file.
    public typealias Element = ManifestRow
    /// The totals of a run.
    public typealias Totals = ManifestRow.Totals

    private let engine: PrepareRun
    private let walk: Walk
    /// The path of the manifest; nil for its usual name in the output folder.
    private let manifestPath: FilePath?
    private let budget: BudgetLimit?
    private let state: FolderRun<ManifestRow, Totals>

    package init(
        _ engine: PrepareRun, over walk: Walk, manifest: FilePath? = nil, budget: BudgetLimit? = nil,
        control: RunControl = RunControl()
    ) {
        self.engine = engine
        var walk = walk
        walk.options.marksClashes = true
        walk.options.excludedFolder = PathBytes(engine.outputFolder)
        self.walk = walk
        manifestPath = manifest
        self.budget = budget
        state = FolderRun(control: control, capacity: 64)
    }

    /// How far the run is.
    public var progress: RunProgress { state.progress }

    /// Whether the number of files becomes known on the way.
    package var learnsTotal: Bool { budget != nil }

    /// Requests a stop after the files that are being worked on. The journal stays, so that the run can be resumed.
    public func stop() { state.control.stop() }

    /// The totals of the run, as soon as it has ended and its manifest is closed. If its rows are not being
    /// read, it is run for its totals.
    ///
    /// - Throws: the error that ended the run.
    public var totals: Totals {
        get async throws { try await state.totals(run) }
    }

    /// Runs on the calling thread and passes on each row.
    ///
    /// - Parameter body: receives a row. An error that it throws stops the run, which can be resumed.
    /// - Returns: the totals.
    /// - Throws: what the body throws; a ``PreflightError`` for a run that cannot begin, or a manifest that cannot be
    ///   written.
    @available(*, noasync, message: "use 'for try await'")
    @discardableResult
    public func forEach(_ body: (ManifestRow) throws -> Void) throws -> Totals {
        try state.forEach(body, run)
    }

    /// Begins the run and reads its rows.
    public func makeAsyncIterator() -> RowIterator<ManifestRow> { state.rows(run) }

    @Sendable private func run(emit: ([ManifestRow]) -> Bool) throws -> Totals {
        try run(makeRenderer: { RowCollector<ManifestRow>() }) { emit($0.rendered) }
    }

    /// Runs on the calling thread, with rows rendered on the threads that made them.
    ///
    /// - Parameters:
    ///   - makeRenderer: creates the renderer of one thread.
    ///   - emit: receives each item; false stops the run.
    /// - Returns: the totals.
    /// - Throws: why the run cannot begin, or why its manifest cannot be written.
    package func run<Renderer: RowRenderer>(
        makeRenderer: @escaping @Sendable () -> Renderer, emit: (PrepareRun.Item<Renderer.Output>) -> Bool
    ) throws -> Totals where Renderer.Row == ManifestRow {
        var engine = engine
        var walk = walk
        var totals = Totals()
        totals.isPlan = engine.isDryRun
        // Before the folder gets a journal. Paths in a list are checked on the way.
        if case .paths(let paths) = walk.source, let path = paths.first(where: isOutputFolder) {
            throw PreflightError.inputIsOutput(FilePath(path))
        }
        // Before the folder gets a journal: a budget that cannot be met leaves nothing behind.
        if let budget {
            walk = try walk.readTwice(isStopped: state.isStopped)
            engine.sharedBudget = try share(budget, over: walk)
            guard !state.control.isStopped else { return totals }
            // A shard's files are only known once all files are.
            if walk.options.shard == nil { state.passHasEnded() }
        }
        let journal =
            engine.isDryRun
            ? nil
            : try Manifest(
                in: engine.outputFolder, at: manifestPath, shard: walk.options.shard,
                existing: engine.existing,
                isDurable: engine.preflighter.options.isDurable)
        if let journal { engine.existing = journal.existing }
        var isWritten = true
        var isRead = true
        totals = engine.run(
            walker: walk.begin(isStopped: state.isStopped), earlier: journal?.earlier ?? EarlierRows(),
            control: state.control,
            makeRenderer: makeRenderer
        ) { item in
            if let journal { isWritten = journal.append(item.manifestLine) }
            isRead = emit(item)
            return isRead && isWritten
        }
        try journal?.finish(isComplete: isRead && !state.control.isStopped)
        if let budget, let shared = engine.sharedBudget {
            totals.budget = ManifestRow.Totals.Budget(budget, shared)
        }
        return totals
    }

    /// Whether a path leads to the output folder, with links resolved.
    private func isOutputFolder(_ path: PathBytes) -> Bool {
        guard let folder = FileStatus(FilePath(path)), folder.kind == .folder else { return false }
        return folder.identity == FileStatus(engine.outputFolder)?.identity
    }

    /// Divides a budget among all files, from their headers.
    private func share(_ limit: BudgetLimit, over walk: Walk) throws(PreflightError) -> SharedBudget {
        let preflighter = engine.preflighter
        let pass = BudgetPass(
            budget: Budget(limit: limit, snapsToPatches: preflighter.options.fit.snapsToPatches),
            preflighter: preflighter, workerCount: engine.workerCount)
        // All shards share one budget: each computes the shares of all files, and uses those of its own.
        do throws(BudgetError) {
            return try pass.run(
                walker: walk.unsharded.begin(isStopped: state.isStopped), control: state.passControl)
        } catch { throw .budgetTooSmall(error) }
    }
}
