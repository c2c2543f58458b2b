package import PreflightRecords
package import ImageHeaders
internal import VisionRules

/// Goes through all files of a walk from their headers alone, on every core, and hands over what becomes of each in
/// the order of the walk.
package struct HeaderPass: Sendable {
    /// What became of a few files.
    package struct Batch<Value: Sendable>: Sendable {
        /// What was made of the files that could be read, without those of which nothing was made.
        package var values: [Value]
        /// What could not be read.
        package var problems: [PathBatch.Problem]
    }

    /// How many threads work, at least 1.
    package var workerCount: Int

    /// A pass.
    ///
    /// - Parameter workerCount: how many threads work, at least 1.
    package init(workerCount: Int) { self.workerCount = workerCount }

    /// Reads every header of a walk.
    ///
    /// - Parameters:
    ///   - walker: the files.
    ///   - control: tells how far the pass is, and stops it.
    ///   - value: what becomes of a file; nil: nothing. Several threads call it at once.
    ///   - emit: takes each batch, one thread at a time; false stops the pass.
    package func run<Value: Sendable>(
        walker: FolderWalker, control: RunControl,
        value: @escaping @Sendable (PathBytes, HeaderReading) -> Value?, emit: (Batch<Value>) -> Bool
    ) {
        var walker = walker
        WorkerPool(
            workerCount: workerCount, window: 64 * workerCount, spareCount: WorkerPool.spareReaders
        ).run(
            next: { control.isStopped ? nil : walker.next(limit: CheckRun.batchSize) },
            isLast: { $0.entries.count < CheckRun.batchSize },
            makeWorker: {
                let worker = FileVisitor(value: value)
                return { worker.read($0) }
            },
            emit: { (batch: Batch<Value>, count: Int) in
                control.add(done: count, refused: 0, bytes: 0)
                return emit(batch)
            })
    }

    /// What one thread owns.
    private final class FileVisitor<Value: Sendable> {
        private let value: @Sendable (PathBytes, HeaderReading) -> Value?
        private var reader = BatchReader()

        init(value: @escaping @Sendable (PathBytes, HeaderReading) -> Value?) { self.value = value }

        /// The batch, and how many files were read.
        func read(_ batch: PathBatch) -> (Batch<Value>, count: Int) {
            var result = Batch<Value>(values: [], problems: batch.problems)
            var count = 0
            for entry in batch.entries {
                let path = batch.path(of: entry)
                do throws(FileError) {
                    let reading = try reader.read(entry, of: batch)
                    count += 1
                    if let value = value(path, reading) { result.values.append(value) }
                } catch {
                    result.problems.append(PathBatch.Problem(path: path, error: error))
                }
            }
            return (result, count)
        }
    }
}
