internal import ImageHeaders
public import VisionRules

/// The first of two passes over the files of a run: plans each from its header alone, and shares a budget
/// over them. A million files take some 50 MB meanwhile.
public struct BudgetPass: Sendable {
    /// What is shared, and how.
    public var budget: Budget
    /// How images are prepared.
    public var preflighter: Preflighter
    /// How many threads work.
    public var workerCount: Int

    /// A pass, each parameter as the property of the same name says.
    public init(budget: Budget, preflighter: Preflighter, workerCount: Int) {
        self.budget = budget
        self.preflighter = preflighter
        self.workerCount = workerCount
    }

    /// A file that can be prepared: the hash of its path, and its planned size.
    private struct Planned: Sendable {
        var hash: UInt64
        var size: PixelSize
    }

    /// Plans every file of a walk, and shares the budget.
    ///
    /// What cannot be read or prepared gets nothing; the run that follows tells of it. An image that turns out
    /// to be damaged leaves its share unspent.
    ///
    /// - Parameters:
    ///   - walker: the files; the run walks them again.
    ///   - control: tells how far the pass is, and stops it.
    /// - Returns: what each file gets.
    /// - Throws: a `BudgetError` when not even the minimum sizes keep the limit.
    public func run(walker: FolderWalker, control: RunControl) throws(BudgetError) -> SharedBudget {
        var walker = walker
        var demand = BudgetDemand()
        var indices: [UInt64: UInt32] = [:]
        let preflighter = preflighter
        WorkerPool(
            workerCount: workerCount, window: 64 * workerCount, spareCount: WorkerPool.spareReaders
        ).run(
            next: { control.isStopped ? nil : walker.next(limit: CheckRun.batchSize) },
            makeWorker: {
                let reader = SizePlanner(preflighter: preflighter)
                return { batch in
                    batch.entries.compactMap { entry in
                        reader.size(of: entry, in: batch).map {
                            Planned(hash: PathHash.of(batch.path(of: entry).bytes), size: $0)
                        }
                    }
                }
            },
            threadWillEnd: {},
            emit: { (files: [Planned]) in
                control.add(done: files.count, refused: 0, bytes: 0)
                for file in files {
                    // Of two paths with one hash, as of a path that is named twice, each is paid for, and both get
                    // what the last got: never more than the first of its size. So the sum holds whatever happens.
                    indices[file.hash] = UInt32(demand.count)
                    demand.append(file.size)
                }
                return true
            })
        return SharedBudget(
            shares: try budget.shares(of: demand, for: preflighter.destination), indices: indices)
    }
}

/// Plans the sizes of files from their headers. Belongs to one thread.
private final class SizePlanner {
    private let preflighter: Preflighter
    private var reader = BatchReader()

    init(preflighter: Preflighter) { self.preflighter = preflighter }

    /// The size at which a file would be prepared; nil when it cannot be.
    func size(of entry: PathBatch.Entry, in batch: PathBatch) -> PixelSize? {
        guard let reading = try? reader.read(entry, of: batch), let facts = reading.facts else {
            return nil
        }
        return try? TransformPlan.make(
            for: facts, byteCount: reading.byteCount, destination: preflighter.destination,
            fit: preflighter.options.fit, outputFormat: preflighter.options.outputFormat.format
        ).targetSize
    }
}
