internal import PreflightRecords
internal import ArgumentParser
internal import ImagePreflight

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract:
            "Report what would happen to each image: accepted or refused, what the model sees, tokens and cost.",
        discussion: """
            Reads only headers: 100,000 files take about a second. --deep decodes every image, \
            finds damage behind the header, and measures whether text can be read in what the model sees.

            EXAMPLES
              image-preflight check photos/
              image-preflight check --model claude-opus-4-5 --images-per-request 30 photos/
              image-preflight check --format csv photos/ > report.csv
              image-preflight check --show refused photos/
              image-preflight check --duplicates photos/
              find . -name '*.png' -print0 | image-preflight check --files-from - --null
              curl -s https://example.com/photo.jpg | image-preflight check -
            """)

    @OptionGroup var walk: WalkArguments
    @OptionGroup var destination: DestinationArguments
    @OptionGroup var running: RunArguments
    @OptionGroup var rows: ShowArguments

    @Flag(
        name: .long,
        help:
            "Decode every image too: finds truncated and damaged data and text that is too small, counts frames."
    )
    var deep = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --deep: the minimum x-height of the smallest text in what the model sees, in px; "
                + "6 by default.", valueName: "px"))
    var minXHeight: Double?

    @OptionGroup var duplicates: DuplicateArguments
    @OptionGroup var decoding: DecodingArguments

    mutating func validate() throws {
        if minXHeight != nil, !deep { throw ValidationError("--min-x-height goes with --deep.") }
        if let minXHeight { try MinXHeight.validate(minXHeight) }
        if duplicates.nearDuplicates, !deep {
            throw ValidationError("--near-duplicates decodes every image: use it with --deep.")
        }
    }

    func run() throws {
        if walk.isPiped { return try checkPiped() }
        let walk = try walk.walk()
        var engine = CheckRun(
            destination: try destination.destination(), workerCount: running.work.workerCount, isDeep: deep)
        engine.limits = try decoding.limits()
        engine.minXHeight = minXHeight
        engine.decoder = decoding.decoder(isForFew: self.walk.isFew)
        let check = FolderCheck(
            engine, over: walk, duplicates: duplicates.comparison, control: Interruption.control)
        let format = running.output.resolvedFormat
        Interruption.catchSignals()

        let show = rows.show
        var output = RecordOutput<ImageRecord>(format: format, show: show)
        let summary = try ProgressLine.during(
            running.work.progressMode, { check.progress }, counting: check.learnsTotal ? nil : walk
        ) {
            try check.run(
                makeRenderer: { FormatRenderer<ImageRecord>(format: format, show: show) },
                emit: { batch in
                    ProblemList.report(batch.problems)
                    return output.write(batch.rendered)
                })
        }
        try finish(&output, summary)
        if Interruption.control.isStopped { throw ExitStatus.interrupted }
        try end(summary)
    }

    /// Checks the image from standard input.
    private func checkPiped() throws {
        let limits = try decoding.limits()
        var options = PrepareOptions(limits: limits)
        options.fit.minXHeight = minXHeight
        let preflighter = Preflighter(
            destination: try destination.destination(), options: options,
            decoder: decoding.decoder(isForFew: true))
        let bytes = try PipedImage.bytes(limits)
        var image = preflighter.inspect(bytes: bytes)
        if deep {
            do throws(PreflightError) { image = try preflighter.inspectDeeply(bytes: bytes) } catch {
                // If the machine is at fault, it is not known whether the image is complete.
                guard case .overLimit = error.reason else { throw ConsoleError("standard input: \(error)") }
                image.assessment.add([Finding(.costlyToDecode, "\(error)")])
            }
        }
        let record = ImageRecord(
            path: PipedImage.path, subject: image.subject, assessment: image.assessment,
            destination: preflighter.destination)
        var summary = ImageRecord.Totals()
        summary.count(record)
        var output = RecordOutput<ImageRecord>(format: running.output.resolvedFormat, show: rows.show)
        output.write(record)
        try finish(&output, summary)
        try end(summary)
    }

    /// Ends the output, and reports the result of the run.
    private func finish(
        _ output: inout RecordOutput<ImageRecord>, _ summary: ImageRecord.Totals
    ) throws {
        func named(_ record: ImageRecord) -> FindingList.Row { (record.path?.text ?? "", record.findings) }
        try output.finish(summary: summary) { FindingList.footer($0.map(named), all: $1.map(named)) }
        guard !running.work.quiet else { return }
        walk.reportNothingMatched(summary.images + summary.problems)
        Diagnostics.line(SummaryLine.check(summary, notShown: output.notShown))
    }

    private func end(_ summary: ImageRecord.Totals) throws {
        try ExitStatus.of(
            refused: summary.rejected > 0 || running.strict && summary.warned > 0,
            failed: summary.problems > 0
        ).end()
    }
}
