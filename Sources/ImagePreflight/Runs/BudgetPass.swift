internal import ImageHeaders
internal import PreflightRecords
internal import SystemPackage
package import VisionRules

/// The first of two passes over the files of a run: plans each from its header alone, or from its text if that decides
/// the size, and divides a budget among them. A million files take about 50 MB.
package struct BudgetPass: Sendable {
    /// What is divided, and how.
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
        /// Its text, if it was measured.
        var text: TextMeasure?
    }

    /// Plans every file of a walk, and divides the budget.
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
        var texts: [UInt64: TextMeasure] = [:]
        let preflighter = preflighter
        let memory = MemoryBudget(limit: preflighter.options.limits.maxMemory, workerCount: workerCount)
        HeaderPass(workerCount: workerCount).run(
            walker: walker, control: control,
            value: { path, reading in
                Self.planned(path, reading, preflighter, memory)
            },
            emit: { batch in
                for file in batch.values {
                    // If two paths have one hash, as when a path is named twice, each is paid for, and both
                    // get the share of the last: never more than the first of its size. So the sum holds in
                    // any case.
                    indices[file.hash] = UInt32(demand.count)
                    demand.append(file.size, hasText: (file.text?.letters ?? 0) > 0)
                    texts[file.hash] = file.text
                }
                return true
            })
        return SharedBudget(
            shares: try budget.shares(of: demand, for: preflighter.destination), indices: indices,
            texts: texts)
    }

    /// The size at which a file would be prepared; nil when it cannot be.
    private static func planned(
        _ path: PathBytes, _ reading: HeaderReading, _ preflighter: Preflighter, _ memory: MemoryBudget
    ) -> Planned? {
        guard let facts = reading.facts else { return nil }
        let text = text(path, reading, preflighter, memory)
        let plan = try? TransformPlan.make(
            for: facts, byteCount: reading.byteCount, destination: preflighter.destination,
            fit: preflighter.options.fit, outputFormat: preflighter.options.outputFormat.format, text: text)
        return plan.map { Planned(hash: PathHash.of(path.bytes), size: $0.targetSize, text: text) }
    }

    /// The text of a file, if that decides its size; nil for a file that cannot be decoded, which the run reports.
    private static func text(
        _ path: PathBytes, _ reading: HeaderReading, _ preflighter: Preflighter, _ memory: MemoryBudget
    ) -> TextMeasure? {
        let image = preflighter.judged(reading, promised: nil)
        guard let measurement = preflighter.measurement(of: image) else { return nil }
        return try? memory.with(measurement.memory.total) { () throws(PreflightError) in
            try preflighter.measured(image, ImageSource(path: FilePath(path))).subject.text?.measure
        }
    }
}
