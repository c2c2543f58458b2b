internal import PreflightRecords
internal import PreflightFiles
internal import SystemPackage
public import VisionRules

extension Preflighter {
    /// Checks every file of a folder by its header. Nothing runs before the rows are read.
    ///
    /// - Parameters:
    ///   - folder: the folder; a file is checked alone.
    ///   - options: which files to take.
    ///   - deep: whether every image is decoded too, which finds damage behind the header, counts frames and measures
    ///     text.
    ///   - duplicates: which duplicates to look for; ``FolderCheck/DuplicateComparison/pictures`` needs `deep`.
    ///   - jobs: the number of threads; nil for one per processor.
    /// - Returns: the run.
    public func check(
        folder: some PathInput, options: WalkOptions = WalkOptions(), deep: Bool = false,
        duplicates: FolderCheck.DuplicateComparison = .none, jobs: Int? = nil
    ) -> FolderCheck {
        precondition(deep || duplicates != .pictures, "pictures are compared only where images are decoded")
        var engine = CheckRun(
            destination: destination, workerCount: jobs ?? WorkerPool.processorCount, isDeep: deep)
        engine.imagesOnly = options.imagesOnly
        engine.limits = self.options.limits
        engine.minXHeight = self.options.fit.minXHeight
        engine.decoder = decoder
        return FolderCheck(engine, over: walk(folder, options), duplicates: duplicates)
    }

    /// Prepares every file of a folder into a mirrored tree with a manifest. Nothing runs before the rows are read.
    ///
    /// Originals are never touched. Outputs whose names would clash get different names, and an output folder
    /// inside the folder is skipped.
    ///
    /// - Parameters:
    ///   - folder: the folder; a file is prepared alone.
    ///   - output: the root of the mirrored tree, which is created if missing.
    ///   - existing: what to do with existing outputs.
    ///   - options: which files to take.
    ///   - budget: what all images together may cost; nil for no limit.
    ///   - isDryRun: whether nothing is written, and rows report from headers what would be done; from pixels too with
    ///     `Fit.legible`.
    ///   - jobs: the number of threads; nil for one per processor.
    /// - Returns: the run.
    public func prepare(
        folder: some PathInput, into output: some PathInput, existing: ExistingOutputs = .keep,
        options: WalkOptions = WalkOptions(), budget: BudgetLimit? = nil, isDryRun: Bool = false,
        jobs: Int? = nil
    ) -> FolderPreparation {
        var engine = PrepareRun(
            preflighter: self, outputFolder: output.filePath, existing: existing, isDryRun: isDryRun,
            workerCount: jobs ?? WorkerPool.processorCount)
        engine.imagesOnly = options.imagesOnly
        return FolderPreparation(engine, over: walk(folder, options), budget: budget)
    }

    private func walk(_ folder: some PathInput, _ options: WalkOptions) -> Walk {
        Walk(options: options.walkerOptions, source: .paths([PathBytes(folder.filePath)]))
    }
}
