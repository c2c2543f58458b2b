internal import PreflightRecords
package import SystemPackage
internal import VisionRules

/// Prepares any number of files into a mirrored tree, and writes a manifest of what was done.
package struct PrepareRun: Sendable {
    /// The result for one file.
    package struct Item<Rendered: Sendable>: Sendable {
        /// The rendered row.
        package var rendered: Rendered
        /// The row for the manifest, as a line of NDJSON.
        package var manifestLine: [UInt8]
        /// The totals of the row.
        package var summary: ManifestRow.Totals
        /// Files that could not be read or written.
        package var problems: [PathBatch.Problem]
    }

    /// How images are prepared.
    package var preflighter: Preflighter
    /// The root of the mirrored tree.
    package var outputFolder: FilePath
    /// What to do with an output that already exists.
    package var existing: ExistingOutputs
    /// Whether nothing is written: rows report what would be done, from headers alone.
    package var isDryRun: Bool
    /// The number of threads.
    package var workerCount: Int
    /// Whether files that neither are images nor claim to be are skipped.
    package var imagesOnly = false
    /// Each file's share of a budget; nil if there is none.
    package var sharedBudget: SharedBudget?

    /// A run over many files.
    package init(
        preflighter: Preflighter, outputFolder: FilePath, existing: ExistingOutputs = .keep,
        isDryRun: Bool = false,
        workerCount: Int
    ) {
        self.preflighter = preflighter
        self.outputFolder = outputFolder
        self.existing = existing
        self.isDryRun = isDryRun
        self.workerCount = workerCount
    }

    /// Prepares every file of a walk, and emits the rows in the order of the walk.
    ///
    /// - Parameters:
    ///   - walker: what to prepare.
    ///   - earlier: the rows of an earlier run, for ``ExistingOutputs/resume``.
    ///   - control: reports progress, and stops the run.
    ///   - makeRenderer: creates the renderer of one thread.
    ///   - emit: receives each row; false stops the run.
    /// - Returns: the totals of all emitted rows.
    package func run<Renderer: RowRenderer>(
        walker: FolderWalker, earlier: EarlierRows = EarlierRows(), control: RunControl,
        makeRenderer: @escaping @Sendable () -> Renderer, emit: (Item<Renderer.Output>) -> Bool
    ) -> ManifestRow.Totals where Renderer.Row == ManifestRow {
        var walker = walker
        var total = ManifestRow.Totals()
        total.isPlan = isDryRun
        let run = self
        let fingerprint = OptionsFingerprint.of(preflighter)
        let claims = OutputClaims(in: isDryRun ? nil : outputFolder)
        var duplicates = DuplicateMarker<Renderer>(renderer: makeRenderer())
        let budget = MemoryBudget(
            limit: preflighter.options.limits.maxMemory, workerCount: workerCount)
        WorkerPool(workerCount: workerCount, window: 256 * workerCount).run(
            // One file at a time: an image takes long, and the last ones should end together.
            next: { control.isStopped ? nil : walker.next(limit: 1) },
            makeWorker: {
                var renderer = makeRenderer()
                var manifest = NDJSONRenderer<ManifestRow>()
                var worker = FilePreparation(
                    run: run, earlier: earlier, fingerprint: fingerprint, budget: budget, claims: claims)
                return { (batch: PathBatch) -> (Item<Renderer.Output>, [FilePreparation.Outcome]) in
                    var summary = ManifestRow.Totals()
                    summary.problems = batch.problems.count
                    var problems = batch.problems
                    var outcomes: [FilePreparation.Outcome] = []
                    var manifestLines: [UInt8] = []
                    for entry in batch.entries {
                        guard let result = worker.prepare(entry, of: batch) else { continue }
                        summary.count(result, for: run.preflighter.destination)
                        if result.row.isProblem {
                            problems.append(
                                PathBatch.Problem(
                                    path: result.row.path, reason: result.row.error ?? ""))
                        }
                        manifestLines += renderer.append(result, manifest: &manifest)
                        outcomes.append(result)
                    }
                    let item = Item(
                        rendered: renderer.take(), manifestLine: manifestLines, summary: summary,
                        problems: problems)
                    return (item, outcomes)
                }
            },
            emit: { result in
                let item = duplicates.marked(result.0, result.1)
                total += item.summary
                control.add(
                    done: item.summary.images, refused: item.summary.refused,
                    bytes: item.summary.bytesBefore)
                return emit(item)
            })
        return total
    }
}

extension ManifestRow.Totals {
    fileprivate mutating func count(_ outcome: FilePreparation.Outcome, for destination: Destination) {
        count(outcome.row)
        if !outcome.plannedSizes.isEmpty {
            count(planned: outcome.plannedSizes, of: outcome.row.source, for: destination)
        }
        if outcome.isWarned { warned += 1 }
    }
}

extension RowRenderer where Row == ManifestRow {
    /// Adds the result for a file. Its row is rendered once, unless it is shown in a different form than it
    /// is kept.
    ///
    /// - Parameters:
    ///   - outcome: the result for the file.
    ///   - manifest: renders the row for the manifest.
    /// - Returns: the line of the manifest.
    mutating func append(
        _ outcome: FilePreparation.Outcome, manifest: inout NDJSONRenderer<ManifestRow>
    ) -> [UInt8] {
        manifest.append(outcome.row)
        let line = manifest.take()
        if outcome.isTakenOver { append(outcome.shown) } else { append(outcome.row, line: line) }
        return line
    }
}

extension PrepareRun {
    /// Plans an image at its share of the budget.
    ///
    /// - Parameters:
    ///   - image: what its header says now.
    ///   - share: the file's share of the budget.
    /// - Returns: the plan, and the preflighter for it.
    /// - Throws: `PreflightError.outsideBudget` if it is not the image that the budget was divided for;
    ///   errors of planning.
    func planned(
        _ image: CheckedImage, _ share: BudgetShare?
    ) throws(PreflightError) -> (Preflighter, TransformPlan) {
        let plan = try preflighter.plan(image)
        guard sharedBudget != nil else { return (preflighter, plan) }
        // Tiles cost more than the whole image that the budget was divided for.
        guard let share, share.plannedSize == plan.targetSize, plan.tiles == nil else {
            throw .outsideBudget
        }
        guard share.isReduced else { return (preflighter, plan) }
        let reducing = preflighter.making(share.size)
        return (reducing, try reducing.plan(image))
    }
}
