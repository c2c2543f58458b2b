internal import ArgumentParser
internal import ImagePreflight

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract:
            "Say what would happen to each image: taken or refused, what the model sees, tokens and cost.",
        discussion: """
            Reads headers alone, so a hundred thousand files take a second; --deep decodes every image and \
            finds damage behind the header.

            EXAMPLES
              image-preflight check photos/
              image-preflight check --model claude-opus-4-5 --images-per-request 30 photos/
              image-preflight check --format csv photos/ > report.csv
              image-preflight check --duplicates photos/
              find . -name '*.png' -print0 | image-preflight check --files-from - --null
            """)

    @OptionGroup var walk: WalkArguments
    @OptionGroup var destination: DestinationArguments
    @OptionGroup var running: RunArguments

    @Flag(name: .long, help: "Decode every image too: finds truncated and damaged data, counts frames.")
    var deep = false

    @OptionGroup var duplicates: DuplicateArguments
    @OptionGroup var decoding: DecodingArguments

    mutating func validate() throws {
        if duplicates.nearDuplicates, !deep {
            throw ValidationError("--near-duplicates decodes every image: use it with --deep.")
        }
    }

    func run() throws {
        let walk = try walk.walk()
        var engine = CheckRun(
            destination: try destination.destination(), workerCount: running.work.workerCount, isDeep: deep)
        engine.limits = try decoding.limits()
        engine.decoder = decoding.decoder(isForFew: self.walk.isFew)
        let check = FolderCheck(
            engine, over: walk, duplicates: duplicates.comparison, control: Interruption.control)
        let format = running.output.resolvedFormat
        Interruption.catchSignals()

        var output = RecordOutput<ImageRecord>(format: format)
        let summary = try ProgressLine.during(
            running.work.progressMode, { check.progress }, counting: check.learnsTotal ? nil : walk
        ) {
            try check.run(
                makeRenderer: { FormatRenderer<ImageRecord>(format: format) },
                emit: { batch in
                    ProblemList.report(batch.problems)
                    return output.write(batch.rendered)
                })
        }
        try output.finish(summary: summary) { rows in
            FindingList.footer(rows.map { ($0.path?.text ?? "", $0.findings) })
        }
        if !running.work.quiet {
            self.walk.reportNothingMatched(summary.images + summary.problems)
            Diagnostics.line(SummaryLine.check(summary))
        }
        if Interruption.control.isStopped { throw ExitStatus.interrupted }
        try ExitStatus.of(
            refused: summary.rejected > 0 || running.strict && summary.warned > 0,
            failed: summary.problems > 0
        ).end()
    }
}
