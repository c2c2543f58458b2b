package import PreflightRecords
package import ImageHeaders
internal import VisionRules

/// Goes through all files of a walk by their headers alone, on every core, and emits a value for each in the
/// order of the walk.
package struct HeaderPass: Sendable {
    /// The result for a few files.
    package struct Batch<Value: Sendable>: Sendable {
        /// The values of the files that could be read, without nil ones.
        package var values: [Value]
        /// Files that could not be read.
        package var problems: [PathBatch.Problem]
    }

    /// The number of threads, at least 1.
    package var workerCount: Int

    /// A pass.
    ///
    /// - Parameter workerCount: the number of threads, at least 1.
    package init(workerCount: Int) { self.workerCount = workerCount }

    /// Reads every header of a walk.
    ///
    /// - Parameters:
    ///   - walker: the files.
    ///   - control: reports progress, and stops the pass.
    ///   - value: the value for a file, or nil. Several threads call it at once.
    ///   - emit: receives each batch, one thread at a time; false stops the pass.
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

    /// The state of one thread.
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
