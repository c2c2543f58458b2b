internal import ArgumentParser
internal import ImagePreflight
internal import SystemPackage

struct PrepareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare",
        abstract: "Write images that can be sent, at the best size, into a mirrored tree with a manifest.",
        discussion: """
            What is good as it is is copied byte for byte; everything else is decoded once and encoded once. \
            Originals are never touched, and an output is never overwritten unless --overwrite or --resume \
            says so.

            EXAMPLES
              image-preflight prepare photos/ -o ready/
              image-preflight prepare photos/ -o out/ --fit native --model claude-opus-5-5
              image-preflight prepare photos/ -o out/ --max-tokens 800 --output-format jpeg
              image-preflight prepare photos/ -o ready/ --budget-usd 0.50
              image-preflight prepare screenshots/ -o ready/ --tile
              image-preflight prepare photos/ -o ready/ --resume
              image-preflight prepare photos/ -o ready/ --shard 2/8
            """)

    @OptionGroup var walk: WalkArguments

    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp("The folder for the prepared images; made if it is missing.", valueName: "dir"),
        completion: .directory)
    var output: PathBytes

    @OptionGroup var fit: FitArguments
    @OptionGroup var tiles: TileArguments
    @OptionGroup var budget: BudgetArguments
    @OptionGroup var destination: DestinationArguments

    @Flag(name: .long, help: "Go on where a run that was stopped or killed ended.")
    var resume = false

    @Flag(name: .long, help: "Replace outputs that are there already.")
    var overwrite = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where the manifest is written; by default manifest.jsonl in the output folder, or manifest-I-of-N.jsonl with --shard I/N.",
            valueName: "file"),
        completion: .file())
    var manifest: PathBytes?

    @Flag(name: .long, help: "Write nothing; say from headers alone what would be done.")
    var dryRun = false

    @Flag(name: .long, help: "Decode what is copied too: finds damage that only decoding shows.")
    var deep = false

    @Flag(
        name: .long,
        help: "Warn of images that look like an earlier one; the same bytes are warned of without it.")
    var nearDuplicates = false

    @Flag(name: .long, help: "Have the system write each file to its disk before going on.")
    var durable = false

    @Flag(
        inversion: .prefixedNo,
        help:
            "Decode in worker processes, so that an image that crashes or hangs its decoder costs itself; the default but for a few named files in usual formats."
    )
    var isolate: Bool?

    @OptionGroup var decoding: DecodingArguments
    @OptionGroup var running: RunArguments

    mutating func validate() throws {
        if resume, overwrite { throw ValidationError("Use either --resume or --overwrite, not both.") }
        if tiles.tiling != nil, budget.limit != nil {
            throw ValidationError(
                "Use either --tile or a budget: tiles keep the detail that a budget takes away.")
        }
    }

    func run() throws {
        var options = fit.prepareOptions
        options.tiling = tiles.tiling
        options.limits = try decoding.limits()
        options.decodesCopies = deep
        options.isDurable = durable
        options.hashesPictures = nearDuplicates
        let preflighter = Preflighter(
            destination: try destination.destination(), options: options, decoder: decoder)
        let folder = FilePath(output)
        // Said before the folder gets a journal; a list of paths is found out on the way.
        if let root = walk.paths.first(where: { Self.isSame($0, self.output) }) {
            throw ConsoleError("\(root.text) is the output folder itself: choose another one with -o")
        }
        let once = try walk.walk(marksClashes: true, without: output)
        let walk = try budget.limit == nil ? once : once.repeatable()
        var run = PrepareRun(
            preflighter: preflighter, outputFolder: folder,
            existing: resume ? .resume : overwrite ? .replace : .keep, isDryRun: dryRun,
            workerCount: running.work.workerCount)
        let format = running.output.resolvedFormat
        let control = Interruption.control
        Interruption.catchSignals()
        // Before the folder gets a journal: a budget that cannot be kept leaves nothing behind.
        let budgetPass = try budget.share(over: walk, preflighter: preflighter, running: running)
        run.sharedBudget = budgetPass?.shared
        // The tree is not walked once more to count what was walked already; of a shard's files only all are known.
        let count: ProgressLine.Count?
        if let budgetPass {
            count = walk.options.shard == nil ? ProgressLine.known(budgetPass.fileCount) : nil
        } else {
            count = walk.count
        }

        var journal: Manifest?
        do throws(ManifestError) {
            if !dryRun {
                journal = try Manifest(
                    in: folder, at: manifest.map { FilePath($0) }, shard: walk.options.shard,
                    existing: run.existing, isDurable: durable)
            }
        } catch {
            throw ConsoleError("\(error)")
        }
        if let journal { run.existing = journal.existing }
        var output = RecordOutput<ManifestRow>(format: format)
        var summary = ProgressLine.during(running.work.progressMode, control: control, count: count) {
            run.run(
                walker: walk.begin(), earlier: journal?.earlier ?? EarlierRows(), control: control,
                makeRenderer: { FormatRenderer<ManifestRow>(format: format) },
                emit: { item in
                    ProblemList.report(item.problems)
                    // Who prepares wants the files: a reader that goes away has the rows in the manifest.
                    let isRead = output.write(item.rendered)
                    return journal.map { $0.append(item.manifestLine) } ?? isRead
                })
        }
        do throws(ManifestError) {
            try journal?.finish(isComplete: !control.isStopped)
        } catch {
            throw ConsoleError("\(error)")
        }
        if let limit = budget.limit, let shared = run.sharedBudget {
            summary.budget = BudgetSummary(limit, shared)
        }
        try output.finish(summary: summary) { rows in
            FindingList.footer(rows.map { ($0.path.text, $0.findings + ($0.source?.findings ?? [])) })
        }
        if !running.work.quiet { Diagnostics.line(SummaryLine.prepare(summary)) }
        if control.isStopped { throw ExitStatus.interrupted }
        try ExitStatus.of(
            refused: summary.refused > 0 || running.strict && summary.warned > 0,
            failed: summary.problems > 0
        ).end()
    }

    /// Whether two paths lead to the same folder, whatever links are on the way.
    private static func isSame(_ one: PathBytes, _ other: PathBytes) -> Bool {
        guard let folder = FileStatus(FilePath(one)), folder.kind == .folder else { return false }
        return folder.identity == FileStatus(FilePath(other))?.identity
    }

    /// Where the run decodes.
    private var decoder: Preflighter.Decoder {
        isolate == false ? .inProcess : decoding.decoder(isForFew: isolate == nil && walk.isFew)
    }
}
