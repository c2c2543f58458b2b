internal import PreflightRecords
internal import PreflightFiles
internal import SystemPackage
public import VisionRules

/// Which files of a folder a run takes.
public struct WalkOptions: Sendable, Hashable {
    /// Take only files that match one of these globs; empty: all. A glob with a slash is matched against the path
    /// below the folder, one without against the file name.
    public var include: [String]
    /// Leave out files and folders that match one of these globs.
    public var exclude: [String]
    /// Whether files that are not images by their bytes and do not claim to be by their extension, such as a
    /// README, are passed over. Otherwise each is a refused image.
    public var imagesOnly: Bool
    /// Whether names that begin with a dot are taken.
    public var includesHidden: Bool
    /// Whether symbolic links to folders are followed. Links to files always are.
    public var followsLinks: Bool
    /// The part of the files to take, for several machines; nil: all.
    public var shard: Shard?

    /// Options; the defaults take every file whose name does not begin with a dot.
    public init(
        include: [String] = [], exclude: [String] = [], imagesOnly: Bool = false,
        includesHidden: Bool = false,
        followsLinks: Bool = false, shard: Shard? = nil
    ) {
        self.include = include
        self.exclude = exclude
        self.imagesOnly = imagesOnly
        self.includesHidden = includesHidden
        self.followsLinks = followsLinks
        self.shard = shard
    }

    var walkerOptions: FolderWalker.Options {
        FolderWalker.Options(
            filter: PathFilter(
                include: include.map { PathBytes($0) }, exclude: exclude.map { PathBytes($0) },
                takesHidden: includesHidden, followsLinks: followsLinks),
            shard: shard)
    }
}

extension Preflighter {
    /// Checks every file of a folder by its header. Nothing runs before the rows are read.
    ///
    /// - Parameters:
    ///   - folder: the folder; a file is checked alone.
    ///   - options: which files to take.
    ///   - deep: whether every image is decoded too, which finds damage behind the header, counts frames and measures
    ///     text.
    ///   - duplicates: which duplicates to look for; ``DuplicateComparison/pictures`` needs `deep`.
    ///   - jobs: how many threads work; nil: one per processor.
    /// - Returns: the run.
    public func check(
        folder: some PathInput, options: WalkOptions = WalkOptions(), deep: Bool = false,
        duplicates: DuplicateComparison = .none, jobs: Int? = nil
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
    /// Originals are never touched. Outputs whose names would clash get names that do not, and an output folder
    /// inside of the folder is passed over.
    ///
    /// - Parameters:
    ///   - folder: the folder; a file is prepared alone.
    ///   - output: the root of the mirrored tree, which is made if it is missing.
    ///   - existing: what happens to outputs that exist.
    ///   - options: which files to take.
    ///   - budget: what all images together may cost; nil: no limit.
    ///   - isDryRun: whether nothing is written, and rows say from headers what would be done; from pixels too where
    ///     `Fit.legible` is asked for.
    ///   - jobs: how many threads work; nil: one per processor.
    /// - Returns: the run.
    public func prepare(
        folder: some PathInput, into output: some PathInput, existing: FolderPreparation.Existing = .keep,
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
