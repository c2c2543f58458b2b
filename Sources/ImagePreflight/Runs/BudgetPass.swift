internal import ImageHeaders
package import VisionRules

/// The first of two passes over the files of a run: plans each from its header alone, and shares a budget
/// among them. A million files take some 50 MB during the pass.
package struct BudgetPass: Sendable {
    /// What is shared, and how.
    package var budget: Budget
    /// How images are prepared.
    package var preflighter: Preflighter
    /// The number of threads.
    package var workerCount: Int

    /// A pass over the files of a run.
    package init(budget: Budget, preflighter: Preflighter, workerCount: Int) {
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
    /// Files that cannot be read or prepared get nothing; the run that follows reports them. An image that
    /// turns out to be damaged leaves its share unspent.
    ///
    /// - Parameters:
    ///   - walker: the files; the run walks them again.
    ///   - control: reports progress, and stops the pass.
    /// - Returns: the share of each file.
    /// - Throws: a `BudgetError` when even the minimum sizes exceed the limit.
    package func run(walker: FolderWalker, control: RunControl) throws(BudgetError) -> SharedBudget {
        var demand = BudgetDemand()
        var indices: [UInt64: UInt32] = [:]
        let preflighter = preflighter
        HeaderPass(workerCount: workerCount).run(
            walker: walker, control: control,
            value: { path, reading in
                Self.plannedSize(reading, preflighter).map {
                    Planned(hash: PathHash.of(path.bytes), size: $0)
                }
            },
            emit: { batch in
                for file in batch.values {
                    // If two paths have one hash, as when a path is named twice, each is paid for, and both
                    // get the share of the last: never more than the first of its size. So the sum holds in
                    // any case.
                    indices[file.hash] = UInt32(demand.count)
                    demand.append(file.size)
                }
                return true
            })
        return SharedBudget(
            shares: try budget.shares(of: demand, for: preflighter.destination), indices: indices)
    }

    /// The size at which a file would be prepared; nil when it cannot be.
    private static func plannedSize(_ reading: HeaderReading, _ preflighter: Preflighter) -> PixelSize? {
        guard let facts = reading.facts else { return nil }
        return try? TransformPlan.make(
            for: facts, byteCount: reading.byteCount, destination: preflighter.destination,
            fit: preflighter.options.fit, outputFormat: preflighter.options.outputFormat.format
        ).targetSize
    }
}
