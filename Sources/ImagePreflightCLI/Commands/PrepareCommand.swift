internal import PreflightFiles
internal import PreflightRecords
internal import ArgumentParser
internal import ImagePreflight
internal import SystemPackage

struct PrepareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare",
        abstract: "Write images that can be sent, at the best size, into a mirrored tree with a manifest.",
        discussion: """
            Images that are fine already are copied byte for byte; all others are decoded once and encoded once. \
            Originals are never touched, and outputs are never overwritten without --overwrite or --resume.

            With - the image comes from standard input. The output is then the file that -o names, or \
            stdin.jpg, stdin.png and so on in the folder that -o names (one that exists, or ends with a slash); \
            with -o - it goes to standard output, without a row. The extension of the file chooses the format unless \
            --output-format does. No manifest is written.

            EXAMPLES
              image-preflight prepare photos/ -o ready/
              image-preflight prepare photos/ -o out/ --fit native --model claude-opus-5-5
              image-preflight prepare photos/ -o out/ --max-tokens 800 --output-format jpeg
              image-preflight prepare photos/ -o ready/ --budget-usd 0.50
              image-preflight prepare screenshots/ -o ready/ --tile
              image-preflight prepare pages/ -o ready/ --fit legible
              image-preflight prepare photos/ -o ready/ --resume
              image-preflight prepare photos/ -o ready/ --shard 2/8
              pngpaste - | image-preflight prepare - -o shot.png
            """)

    @OptionGroup var walk: WalkArguments

    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp(
            "The folder for the prepared images; created if missing. With - as input also a file, or - for standard output.",
            valueName: "dir"),
        completion: .directory)
    var output: PathBytes

    @OptionGroup var fit: FitArguments
    @OptionGroup var tiles: TileArguments
    @OptionGroup var budget: BudgetArguments
    @OptionGroup var destination: DestinationArguments

    @Flag(name: .long, help: "Resume an interrupted run.")
    var resume = false

    @Flag(name: .long, help: "Replace existing outputs.")
    var overwrite = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where to write the manifest; by default manifest.jsonl in the output folder, or manifest-I-of-N.jsonl with --shard I/N.",
            valueName: "file"),
        completion: .file())
    var manifest: PathBytes?

    @Flag(
        name: .long,
        help:
            "Write nothing; report what would be done, from headers alone (--fit legible still decodes)."
    )
    var dryRun = false

    @Flag(name: .long, help: "Also decode images that are copied: finds damage that only decoding shows.")
    var deep = false

    @Flag(
        name: .long,
        help: "Warn about images that look like an earlier one; identical bytes are always reported.")
    var nearDuplicates = false

    @Flag(name: .long, help: "Flush each file to disk (fsync) before continuing.")
    var durable = false

    @Flag(
        inversion: .prefixedNo,
        help:
            "Decode in worker processes, so that an image that crashes or hangs its decoder loses only itself; the default, except for a few named files in common formats."
    )
    var isolate: Bool?

    @OptionGroup var decoding: DecodingArguments
    @OptionGroup var running: RunArguments

    mutating func validate() throws {
        if resume, overwrite { throw ValidationError("Use either --resume or --overwrite, not both.") }
        if tiles.tiling != nil, budget.limit != nil {
            throw ValidationError(
                "Use either --tile or a budget: tiles keep the detail that a budget removes.")
        }
        if walk.isPiped {
            guard !resume, manifest == nil, budget.limit == nil, !nearDuplicates else {
                throw ValidationError(
                    "--resume, --manifest, --near-duplicates and budgets apply to files, not to standard input."
                )
            }
            if tiles.tiling != nil, !isFolder {
                throw ValidationError("Tiles are several files: name a folder, as in -o \(output.text)/.")
            }
        } else if output == PipedImage.path {
            throw ValidationError("-o - requires - as the only input; ./- is a folder of that name.")
        }
    }

    func run() throws {
        let options = try options()
        if walk.isPiped { return try preparePiped(options) }
        let walk = try walk.walk()
        let preparation = try preparation(over: walk, options)
        let format = running.output.resolvedFormat
        var output = RecordOutput<ManifestRow>(format: format)
        if dryRun, options.fit.fit == .legible, !running.work.quiet {
            Diagnostics.line("--fit legible decodes every image to measure its text, in a dry run too.")
        }
        Interruption.catchSignals()
        let totals = try ProgressLine.during(
            running.work.progressMode, { preparation.progress },
            counting: preparation.learnsTotal ? nil : walk
        ) {
            try consoleWork {
                try preparation.run(makeRenderer: { FormatRenderer<ManifestRow>(format: format) }) { item in
                    ProblemList.report(item.problems)
                    // If the reader is gone, the rows are still in the manifest.
                    return output.write(item.rendered) || !dryRun
                }
            }
        }
        try finish(&output, totals)
        if !running.work.quiet {
            self.walk.reportNothingMatched(totals.images + totals.problems)
            if format == .table, !dryRun, totals.images > 0, !Interruption.control.isStopped {
                Diagnostics.line("A page with pictures before and after: \(reportCommand)")
            }
            Diagnostics.line(SummaryLine.prepare(totals))
        }
        if Interruption.control.isStopped { throw ExitStatus.interrupted }
        try end(totals)
    }

    private func preparation(over walk: Walk, _ options: PrepareOptions) throws -> FolderPreparation {
        FolderPreparation(
            PrepareRun(
                preflighter: Preflighter(
                    destination: try destination.destination(), options: options, decoder: decoder),
                outputFolder: FilePath(output),
                existing: resume ? .resume : overwrite ? .replace : .keep, isDryRun: dryRun,
                workerCount: running.work.workerCount),
            over: walk, manifest: manifest.map { FilePath($0) }, budget: budget.limit,
            control: Interruption.control)
    }

    /// The command that makes a report of this run.
    private var reportCommand: String {
        let folder = FilePath(self.output)
        let manifest = self.manifest ?? PathBytes(folder.appending(Manifest.fileName(shard: walk.shard)))
        var words = ["image-preflight", "report", manifest.shellWord, "-o", "report.html"]
        if self.manifest != nil { words += ["--prepared", self.output.shellWord] }
        if let catalog = destination.platform.catalog.catalog { words += ["--catalog", catalog.shellWord] }
        return words.joined(separator: " ")
    }

    private func finish(_ output: inout RecordOutput<ManifestRow>, _ totals: ManifestRow.Totals) throws {
        try output.finish(summary: totals) { rows, _ in
            FindingList.footer(rows.map { ($0.path.text, $0.findings + ($0.source?.findings ?? [])) })
        }
    }

    /// The options about images.
    private func options() throws -> PrepareOptions {
        var options = fit.prepareOptions
        options.tiling = tiles.tiling
        options.limits = try decoding.limits()
        options.decodesCopies = deep
        options.isDurable = durable
        options.hashesPictures = nearDuplicates
        return options
    }

    /// Whether `-o` names a folder for the image from standard input.
    private var isFolder: Bool {
        output.bytes.last == UInt8(ascii: "/") || FileStatus(FilePath(output))?.kind == .folder
    }

    /// Prepares the image from standard input.
    private func preparePiped(_ options: PrepareOptions) throws {
        var options = options
        let isForOutput = output == PipedImage.path
        let isForFile = !isForOutput && !isFolder
        if isForFile, options.outputFormat == .auto, let format = output.promisedFormat {
            guard let chosen = PrepareOptions.OutputFormat.allCases.first(where: { $0.format == format })
            else {
                throw ConsoleError(
                    "\(output.text): \(format.traits.name) is not an output format; use .jpg, .png or .webp")
            }
            options.outputFormat = chosen
        }
        let preflighter = Preflighter(
            destination: try destination.destination(), options: options, decoder: decoder)
        let preparation = PipedPreparation(
            preflighter: preflighter,
            target: dryRun || isForOutput
                ? .nowhere : isForFile ? .file(FilePath(output)) : .folder(FilePath(output)),
            replaces: overwrite)
        let outcome = preparation.prepare(
            try PipedImage.bytes(options.limits), path: PipedImage.path, name: PipedImage.name)
        var summary = ManifestRow.Totals()
        summary.count(outcome.row)
        summary.isPlan = dryRun
        if outcome.isWarned { summary.warned = 1 }
        if isForOutput, !dryRun {
            var output = StandardOutput()
            for file in outcome.files { output.write(file) }
            try output.finish()
            if let error = outcome.row.error { Diagnostics.error("standard input: \(error)") }
        } else {
            var output = RecordOutput<ManifestRow>(format: running.output.resolvedFormat)
            output.write(outcome.row)
            try finish(&output, summary)
        }
        if !running.work.quiet { Diagnostics.line(SummaryLine.prepare(summary)) }
        try end(summary)
    }

    private func end(_ summary: ManifestRow.Totals) throws {
        try ExitStatus.of(
            refused: summary.refused > 0 || running.strict && summary.warned > 0,
            failed: summary.problems > 0
        ).end()
    }

    /// Where the run decodes.
    private var decoder: Preflighter.Decoder {
        isolate == false ? .inProcess : decoding.decoder(isForFew: isolate == nil && walk.isFew)
    }
}
