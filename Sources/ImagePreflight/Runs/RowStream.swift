internal import PreflightFiles
internal import PreflightRecords

/// Passes the rows of a run from the run's own threads to one reader, and keeps the run's result.
///
/// The buffer is bounded: a run waits for its reader. `AsyncStream` has no such bound.
final class RowStream<Row: Sendable, Totals: Sendable>: Sendable {
    /// How many rows may wait before the run does.
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    private typealias Reader = CheckedContinuation<[Row]?, any Error>
    private typealias TotalsReader = CheckedContinuation<Totals, any Error>

    private struct State {
        var hasBegun = false
        var batches: [[Row]] = []
        var count = 0
        var reader: Reader?
        /// Whether the reader is gone: the run drops its rows and ends.
        var isAbandoned = false
        var end: Result<Totals, any Error>?
        var totalsReaders: [TotalsReader] = []
    }

    private let state = Monitor(State())

    /// Marks the run as begun.
    ///
    /// - Returns: whether it had not begun before.
    func begin() -> Bool {
        state.withLock { state in
            defer { state.hasBegun = true }
            return !state.hasBegun
        }
    }

    /// Runs the body on a thread of its own. Call ``begin()`` first.
    ///
    /// - Parameter body: the run; it sends its rows through ``send(_:)``.
    func start(_ body: @escaping @Sendable () throws -> Totals) {
        let thread = JoinableThread.start { self.finish(Result { try body() }) }
        guard let thread else { return finish(.failure(ThreadsExhausted())) }
        thread.detach()
    }

    /// Runs the body on the calling thread, and keeps its result.
    ///
    /// - Parameter body: the run.
    /// - Returns: what the body returns.
    /// - Throws: what the body throws.
    func runInPlace(_ body: () throws -> Totals) throws -> Totals {
        precondition(begin(), "the rows of a run can be read once")
        let end = Result { try body() }
        finish(end)
        return try end.get()
    }

    /// Sends rows; waits while the buffer is full.
    ///
    /// - Parameter rows: the next rows.
    /// - Returns: whether there is still a reader.
    func send(_ rows: [Row]) -> Bool {
        guard !rows.isEmpty else { return state.withLock { !$0.isAbandoned } }
        let (reader, isTaken): (Reader?, Bool) = state.wait(
            until: { $0.count < capacity || $0.isAbandoned || $0.reader != nil }
        ) { state in
            if state.isAbandoned { return (nil, false) }
            if let reader = state.reader.take() { return (reader, true) }
            state.batches.append(rows)
            state.count += rows.count
            return (nil, true)
        }
        reader?.resume(returning: rows)
        return isTaken
    }

    /// Ends the run.
    func finish(_ end: Result<Totals, any Error>) {
        let (reader, totalsReaders) = state.withLock { state in
            state.end = end
            defer { state.totalsReaders = [] }
            return (state.reader.take(), state.totalsReaders)
        }
        for waiting in totalsReaders { waiting.resume(with: end) }
        reader?.resume(with: end.map { _ in nil })
    }

    /// Stops taking rows: the run, which was asked to stop, no longer waits for a reader.
    func abandon() {
        let reader = state.withLock { state in
            state.isAbandoned = true
            state.batches = []
            state.count = 0
            return state.reader.take()
        }
        reader?.resume(throwing: CancellationError())
    }

    /// The next rows; nil at the end of the run.
    ///
    /// - Throws: the error that ended the run; `CancellationError` when the task was canceled.
    func next() async throws -> [Row]? {
        try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await withCheckedThrowingContinuation { (reader: Reader) in
                let result: Result<[Row]?, any Error>? = state.withLock { state in
                    if state.isAbandoned { return .failure(CancellationError()) }
                    if !state.batches.isEmpty {
                        defer {
                            state.batches = []
                            state.count = 0
                        }
                        return .success(Array(state.batches.joined()))
                    }
                    if let end = state.end { return end.map { _ in nil } }
                    precondition(state.reader == nil, "the rows of a run are read by one task")
                    state.reader = reader
                    return nil
                }
                if let result { reader.resume(with: result) }
            }
        } onCancel: {
            abandon()
        }
    }

    /// The totals, as soon as the run has ended.
    ///
    /// - Throws: the error that ended the run.
    func totals() async throws -> Totals {
        try await withCheckedThrowingContinuation { (reader: TotalsReader) in
            let end = state.withLock { state in
                if state.end == nil { state.totalsReaders.append(reader) }
                return state.end
            }
            if let end { reader.resume(with: end) }
        }
    }
}

/// The system could not create a thread for the run.
struct ThreadsExhausted: Error, CustomStringConvertible {
    var description: String { "the system has no thread left for the run" }
}

/// What checks and preparations of folders have in common: rows that are read once, a stop, a result.
final class FolderRun<Row: Record & Sendable, Totals: Sendable>: Sendable {
    /// The run over the files.
    let control: RunControl
    /// The pass before it, which goes through all files.
    let passControl: RunControl
    /// How many files that pass has seen; nil until it has ended.
    private let total = Monitor<Int?>(nil)
    private let stream: RowStream<Row, Totals>
    /// The run itself, on the calling thread; it emits its rows as long as the body returns true.
    typealias Body = @Sendable (_ emit: ([Row]) -> Bool) throws -> Totals

    init(control: RunControl, capacity: Int) {
        self.control = control
        passControl = RunControl(stoppedBy: control)
        stream = RowStream(capacity: capacity)
    }

    /// Whether the run was asked to stop.
    var isStopped: @Sendable () -> Bool { { [control] in control.isStopped } }

    var progress: RunProgress {
        let total = total.withLock { $0 }
        // Until the run itself has begun, the pass shows the progress.
        let isInPass = total == nil && control.done == 0
        return RunProgress(
            done: isInPass ? passControl.done : control.done, total: total, refused: control.refused,
            bytes: control.bytes)
    }

    /// The pass has ended, and has seen all files of the run.
    func passHasEnded() { total.withLock { $0 = passControl.done } }

    func totals(_ run: @escaping Body) async throws -> Totals {
        if stream.begin() { stream.start { try run { _ in true } } }
        return try await stream.totals()
    }

    func forEach(_ body: (Row) throws -> Void, _ run: @escaping Body) throws -> Totals {
        try stream.runInPlace {
            var failure: (any Error)?
            let totals = try run { rows in
                do { for row in rows { try body(row) } } catch { failure = error }
                return failure == nil
            }
            if let failure { throw failure }
            return totals
        }
    }

    func rows(_ run: @escaping Body) -> RowIterator<Row> {
        precondition(stream.begin(), "the rows of a run can be read once")
        let (control, stream) = (control, stream)
        stream.start { try run { stream.send($0) } }
        return RowIterator(
            reader: RowReader {
                control.stop()
                stream.abandon()
            }, next: { try await stream.next() })
    }
}

/// Reads the rows of a run, once and in their order.
public struct RowIterator<Row: Sendable>: AsyncIteratorProtocol {
    private let reader: RowReader
    private let nextRows: @Sendable () async throws -> [Row]?
    private var rows: ArraySlice<Row> = []

    fileprivate init(reader: RowReader, next: @escaping @Sendable () async throws -> [Row]?) {
        self.reader = reader
        nextRows = next
    }

    /// The next row; nil at the end of the run.
    ///
    /// - Returns: the row.
    /// - Throws: the error that ended the run; `CancellationError` when the task was canceled.
    public mutating func next() async throws -> Row? {
        if rows.isEmpty { rows = ArraySlice(try await nextRows() ?? []) }
        return rows.popFirst()
    }
}

/// Stops a run when the loop over its rows ends: the loop's iterator holds the only reference.
private final class RowReader: Sendable {
    private let stop: @Sendable () -> Void

    init(stop: @escaping @Sendable () -> Void) { self.stop = stop }

    deinit { stop() }
}

/// Collects rows without rendering them.
struct RowCollector<Row: Record & Sendable>: RowRenderer {
    private var rows: [Row] = []

    mutating func append(_ row: Row) { rows.append(row) }

    mutating func take() -> [Row] {
        defer { rows = [] }
        return rows
    }
}

/// The progress of a run.
public struct RunProgress: Sendable, Hashable {
    /// Files done so far.
    public var done: Int
    /// How many files there are; nil until that is known. A run that first goes through all files (for a
    /// budget or for duplicates) knows it from then on, any other at its end.
    public var total: Int?
    /// Files done so far that the service would refuse.
    public var refused: Int
    /// The size of the files done so far, bytes.
    public var bytes: Int
}
