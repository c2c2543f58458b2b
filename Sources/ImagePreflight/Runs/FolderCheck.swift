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
///     print(row.path, row.findings)
/// }
/// ```
public final class FolderCheck: AsyncSequence, Sendable {
    /// What the rules say of one image.
    public typealias Element = ImageRecord
    /// The totals of a run.
    public typealias Totals = CheckTotals

    private let engine: CheckRun
    private let walk: Walk
    private let duplicates: DuplicateComparison
    private let control: RunControl
    private let passControl: RunControl
    /// How many files the pass that looks for duplicates has seen; nil until it has ended.
    private let total = Monitor<Int?>(nil)
    private let stream = RowStream<ImageRecord, Totals>(capacity: 1024)

    package init(
        _ engine: CheckRun, over walk: Walk, duplicates: DuplicateComparison = .none,
        control: RunControl = RunControl()
    ) {
        self.engine = engine
        self.walk = walk
        self.duplicates = duplicates
        self.control = control
        passControl = RunControl(stoppedBy: control)
    }

    /// How far the run is.
    public var progress: RunProgress {
        RunProgress(main: control, pass: passControl, total: total.withLock { $0 })
    }

    /// Whether the number of files becomes known on the way.
    package var learnsTotal: Bool { duplicates != .none }

    /// Requests a stop after the files that are being worked on.
    public func stop() { control.stop() }

    /// The totals of the run, as soon as it has ended. A run whose rows nobody reads is run for its totals.
    ///
    /// - Throws: what ended the run.
    public var totals: Totals {
        get async throws {
            if stream.begin() { start { _ in true } }
            return try await stream.totals()
        }
    }

    /// Runs in the calling thread and hands over each row.
    ///
    /// - Parameter body: takes a row. An error that it throws ends the run.
    /// - Returns: the totals.
    /// - Throws: what the body throws; a `PreflightError` when the files cannot be walked.
    @available(*, noasync, message: "use 'for try await'")
    @discardableResult
    public func forEach(_ body: (ImageRecord) throws -> Void) throws -> Totals {
        try stream.runInPlace {
            var failure: (any Error)?
            let totals = try run(makeRenderer: { RowCollector<ImageRecord>() }) { batch in
                do { for row in batch.rendered { try body(row) } } catch { failure = error }
                return failure == nil
            }
            if let failure { throw failure }
            return totals
        }
    }

    /// Begins the run and reads its rows.
    public func makeAsyncIterator() -> AsyncIterator {
        precondition(stream.begin(), "the rows of a FolderCheck can be read once")
        start { self.stream.send($0) }
        let (control, stream) = (control, stream)
        return AsyncIterator(
            reader: RowReader {
                control.stop()
                stream.abandon()
            }, stream: stream)
    }

    /// Reads the rows of a run.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let reader: RowReader<ImageRecord>
        fileprivate let stream: RowStream<ImageRecord, Totals>
        fileprivate var rows: ArraySlice<ImageRecord> = []

        /// The next row; nil at the end of the run.
        ///
        /// - Throws: what ended the run; `CancellationError` when the task was canceled.
        public mutating func next() async throws -> ImageRecord? {
            if rows.isEmpty { rows = ArraySlice(try await stream.next() ?? []) }
            return rows.popFirst()
        }
    }

    private func start(_ emit: @escaping @Sendable ([ImageRecord]) -> Bool) {
        stream.start {
            try self.run(makeRenderer: { RowCollector<ImageRecord>() }) { emit($0.rendered) }
        }
    }

    /// Runs in the calling thread, with rows that are rendered on the threads that made them.
    ///
    /// - Parameters:
    ///   - makeRenderer: makes the renderer of one thread.
    ///   - emit: takes each batch; false stops the run.
    /// - Returns: the totals.
    /// - Throws: a `PreflightError` when a list of paths cannot be read twice.
    package func run<Renderer: RowRenderer>(
        makeRenderer: @escaping @Sendable () -> Renderer, emit: (CheckRun.Batch<Renderer.Output>) -> Bool
    ) throws(PreflightError) -> Totals where Renderer.Row == ImageRecord {
        var engine = engine
        var walk = walk
        if duplicates != .none {
            walk = try walk.readTwice()
            let candidates = DuplicateCandidates(
                walker: walk.begin(), workerCount: engine.workerCount, control: passControl)
            guard !control.isStopped else { return Totals() }
            total.withLock { $0 = passControl.done }
            engine.duplicates = duplicates == .pictures ? .near(candidates) : .exact(candidates)
        }
        return engine.run(walker: walk.begin(), control: control, makeRenderer: makeRenderer, emit: emit)
    }
}

/// Which duplicates a check looks for.
public enum DuplicateComparison: String, Sendable, Codable, Hashable, CaseIterable {
    /// None.
    case none
    /// Files with the same bytes.
    case bytes
    /// Files with the same bytes, and pictures that look the same where images are decoded.
    case pictures
}

/// Collects rows as they are.
struct RowCollector<Row: Record & Sendable>: RowRenderer {
    private var rows: [Row] = []

    mutating func append(_ row: Row) { rows.append(row) }

    mutating func take() -> [Row] {
        defer { rows = [] }
        return rows
    }
}

extension RunProgress {
    /// - Parameters:
    ///   - main: the run over the files.
    ///   - pass: the pass before it.
    ///   - total: how many files there are, where that is known.
    init(main: RunControl, pass: RunControl, total: Int?) {
        // Until the run itself has begun, the pass is what moves.
        let isInPass = total == nil && main.done == 0
        self.init(
            done: isInPass ? pass.done : main.done, total: total, refused: main.refused, bytes: main.bytes)
    }
}

extension Walk {
    /// The same walk, which can begin more than once.
    func readTwice() throws(PreflightError) -> Walk {
        do throws(FileError) { return try repeatable() } catch {
            throw .file(
                FileError(error.operation == .open ? .create : .read, path: name.text, errno: error.errno))
        }
    }
}
