internal import PreflightFiles
internal import ImageHeaders
internal import SystemPackage
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
    /// Whether every image is decoded too (`--deep`): finds damage behind the header, and counts frames.
    public var isDeep: Bool
    /// Which duplicates are looked for; nil: none. Pictures are compared only where they are decoded.
    public var duplicates: DuplicateSearch?

    /// How many files a worker takes at a time: enough to make locks cheap, few enough that the last
    /// batches end together.
    static let batchSize = 64

    /// A run.
    ///
    /// - Parameters:
    ///   - destination: where the images are about to be sent.
    ///   - workerCount: how many threads work, at least 1.
    ///   - isDeep: whether every image is decoded too.
    public init(destination: Destination, workerCount: Int, isDeep: Bool = false) {
        self.destination = destination
        self.workerCount = workerCount
        self.isDeep = isDeep
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
        let isDeep = isDeep
        // To decode is long work, and the last images should end together.
        let batchSize = isDeep ? 1 : Self.batchSize
        // Who decodes at once takes no more memory together than the machine has.
        let budget =
            isDeep
            ? MemoryBudget(limit: DecodeLimits.standard.maxMemory, workerCount: workerCount) : nil
        var marker = duplicates.map { _ in CheckMarker<Renderer>(renderer: makeRenderer()) }
        WorkerPool(
            workerCount: workerCount, window: 64 * workerCount,
            // Who decodes needs a core and memory.
            spareCount: isDeep ? 0 : WorkerPool.spareReaders
        ).run(
            next: { control.isStopped ? nil : walker.next(limit: batchSize) },
            isLast: { $0.entries.count < batchSize },
            makeWorker: {
                var worker = Worker(run: run, budget: budget, renderer: makeRenderer())
                return { worker.check($0) }
            },
            emit: { result in
                let batch = marker?.marked(result.0, result.1) ?? result.0
                total += batch.summary
                control.add(
                    done: batch.summary.images, refused: batch.summary.rejected, bytes: batch.summary.bytes)
                return emit(batch)
            })
        return total
    }

    /// Why nothing can be said of a file.
    private struct Failure: Error {
        let reason: String

        init(reason: String) { self.reason = reason }

        init(_ error: FileError) { reason = error.description }
    }

    /// What one thread owns.
    private struct Worker<Renderer: RowRenderer>: ~Copyable where Renderer.Row == ImageRecord {
        let run: CheckRun
        /// What all workers that decode may take together; nil where nobody decodes.
        let budget: MemoryBudget?
        var renderer: Renderer
        var reader = BatchReader()
        /// What tells duplicates of the file that was checked last.
        var traits = DuplicateTraits()

        mutating func check(_ batch: PathBatch) -> (Batch<Renderer.Output>, [CheckedFile]) {
            var summary = RunSummary()
            var problems = batch.problems
            var files: [CheckedFile] = []
            for entry in batch.entries {
                let path = batch.path(of: entry)
                do throws(Failure) {
                    let record = try check(path, entry, in: batch)
                    summary.count(record)
                    renderer.append(record)
                    if run.duplicates != nil { files.append(CheckedFile(record: record, traits: traits)) }
                } catch {
                    problems.append(PathBatch.Problem(path: path, reason: error.reason))
                }
            }
            summary.problems = problems.count
            return (Batch(rendered: renderer.take(), summary: summary, problems: problems), files)
        }

        private mutating func check(
            _ path: PathBytes, _ entry: PathBatch.Entry, in batch: PathBatch
        ) throws(Failure) -> ImageRecord {
            let reading: HeaderReading
            do throws(FileError) { reading = try reader.read(entry, of: batch) } catch {
                throw Failure(error)
            }
            if let duplicates = run.duplicates {
                traits = DuplicateTraits()
                if duplicates.candidates.contains(reading) {
                    traits.sha256 = Digest.sha256(of: FilePath(path))
                }
            }
            if let budget {
                let memory = reading.facts.map {
                    DecodeLimits.memory(
                        of: $0, target: PixelSize(width: 1, height: 1), byteCount: reading.byteCount)
                }
                return try budget.with(memory ?? 0) { () throws(Failure) in try decoded(path, reading) }
            }
            let subject = subject(path, reading)
            return record(path, subject, assess(subject, for: run.destination))
        }

        private mutating func decoded(
            _ path: PathBytes, _ reading: HeaderReading
        ) throws(Failure) -> ImageRecord {
            var preflighter = Preflighter(destination: run.destination)
            preflighter.options.hashesPictures = run.duplicates?.comparesPictures ?? false
            let file = FilePath(path)
            do throws(PreflightError) {
                let image = try preflighter.inspectDeeply(path: file)
                traits.perceptualHash = image.perceptualHash
                return record(path, image.subject, image.assessment)
            } catch {
                switch error {
                case .file(let failure):
                    throw Failure(
                        FileError(
                            errno: failure.errno.rawValue, operation: failure.action == .open ? .open : .read)
                    )
                case .changed: throw Failure(FileError(errno: EBUSY, operation: .read))
                case .overLimit:
                    let subject = subject(path, reading)
                    var assessment = assess(subject, for: run.destination)
                    assessment.add([Finding(.costlyToDecode, "\(error)")])
                    return record(path, subject, assessment)
                default:
                    // The machine is at fault: nobody knows whether the image is whole.
                    throw Failure(reason: "\(error)")
                }
            }
        }

        private func subject(_ path: PathBytes, _ reading: HeaderReading) -> ImageSubject {
            ImageSubject(
                header: reading.header, byteCount: reading.byteCount, promisedFormat: path.promisedFormat)
        }

        private func record(
            _ path: PathBytes, _ subject: ImageSubject, _ assessment: Assessment
        ) -> ImageRecord {
            ImageRecord(
                path: path, subject: subject, assessment: assessment, destination: run.destination)
        }
    }
}
