internal import ImageHeaders
internal import Vips
public import VisionRules

/// Checks any number of files: one open and as few reads as the header needs, on every core.
public struct CheckRun: Sendable {
    /// What one batch of files became.
    public struct Batch<Rendered: Sendable>: Sendable {
        /// The rows as the renderer made them.
        public var rendered: Rendered
        /// The totals of the batch.
        public var summary: RunSummary
        /// What could not be read.
        public var problems: [PathBatch.Problem]
    }

    /// Where the images are about to be sent.
    public var destination: Destination
    /// How many threads work.
    public var workerCount: Int
    /// Looks deeper into one file than its header, where that is asked for (`--deep`).
    public var deepInspection: DeepInspection?

    /// Decodes a whole file and adds what only that can find.
    public typealias DeepInspection =
        @Sendable (_ path: PathBytes, _ subject: inout ImageSubject) -> [Finding]

    /// How many files a worker takes at a time: enough to make locks cheap, few enough that the last
    /// batches end together.
    static let batchSize = 64

    /// A run.
    ///
    /// - Parameters:
    ///   - destination: where the images are about to be sent.
    ///   - workerCount: how many threads work, at least 1.
    ///   - deepInspection: looks deeper into one file than its header.
    public init(destination: Destination, workerCount: Int, deepInspection: DeepInspection? = nil) {
        self.destination = destination
        self.workerCount = workerCount
        self.deepInspection = deepInspection
    }

    /// Checks every file of a walk, and hands the batches over in the order of the walk.
    ///
    /// - Parameters:
    ///   - walker: what to check.
    ///   - control: tells how far the run is, and stops it.
    ///   - makeRenderer: makes the renderer of one thread.
    ///   - emit: takes each batch; false stops the run, as when nobody reads any more.
    /// - Returns: the totals of all batches that were handed over.
    public func run<Renderer: RowRenderer>(
        walker: FolderWalker, control: RunControl, makeRenderer: @escaping @Sendable () -> Renderer,
        emit: (Batch<Renderer.Output>) -> Bool
    ) -> RunSummary where Renderer.Row == ImageRecord {
        var walker = walker
        var total = RunSummary()
        let run = self
        let isDeep = deepInspection != nil
        WorkerPool(workerCount: workerCount, window: 64 * workerCount).run(
            next: { control.isStopped ? nil : walker.next(limit: Self.batchSize) },
            makeWorker: {
                var worker = Worker(run: run, renderer: makeRenderer())
                return { worker.check($0) }
            },
            threadWillEnd: { if isDeep { VipsRuntime.endThread() } },
            emit: { batch in
                total += batch.summary
                control.add(
                    done: batch.summary.images, refused: batch.summary.rejected, bytes: batch.summary.bytes)
                return emit(batch)
            })
        return total
    }

    /// What one thread owns.
    private struct Worker<Renderer: RowRenderer>: ~Copyable where Renderer.Row == ImageRecord {
        let run: CheckRun
        var renderer: Renderer
        var reader = HeaderReader()

        mutating func check(_ batch: PathBatch) -> Batch<Renderer.Output> {
            var summary = RunSummary()
            var problems = batch.problems
            for entry in batch.entries {
                let path = batch.path(of: entry)
                do throws(FileError) {
                    let record = try check(path, entry, in: batch)
                    summary.count(record)
                    renderer.append(record)
                } catch {
                    problems.append(PathBatch.Problem(path: path, error: error))
                }
            }
            summary.problems = problems.count
            return Batch(rendered: renderer.take(), summary: summary, problems: problems)
        }

        private mutating func check(
            _ path: PathBytes, _ entry: PathBatch.Entry, in batch: PathBatch
        ) throws(FileError) -> ImageRecord {
            let reading = try batch.read(entry, with: &reader)
            var subject = ImageSubject(
                header: reading.header, byteCount: reading.byteCount,
                promisedFormat: path.promisedFormat)
            let deepFindings = run.deepInspection?(path, &subject) ?? []
            var assessment = assess(subject, for: run.destination)
            assessment.add(deepFindings)
            return ImageRecord(
                path: path, subject: subject, assessment: assessment, destination: run.destination)
        }
    }
}
