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
        let destination = try destination.destination()
        let once = try walk.walk()
        let walk = try duplicates.isWanted ? once.repeatable() : once
        var check = CheckRun(
            destination: destination, workerCount: running.work.workerCount,
            isDeep: deep)
        check.limits = try decoding.limits()
        check.decoder = decoding.decoder(isForFew: self.walk.isFew)
        let format = running.output.resolvedFormat
        let control = Interruption.control
        Interruption.catchSignals()
        let duplicates = try duplicates.search(over: walk, running: running)
        check.duplicates = duplicates?.search
        // The tree is not walked once more to count what was walked already.
        let count: ProgressLine.Count?
        if let duplicates {
            count = ProgressLine.known(duplicates.fileCount)
        } else {
            count = walk.count
        }

        var output = RecordOutput<ImageRecord>(format: format)
        let summary = ProgressLine.during(running.work.progressMode, control: control, count: count) {
            check.run(
                walker: walk.begin(), control: control,
                makeRenderer: { FormatRenderer<ImageRecord>(format: format) },
                emit: { batch in
                    ProblemList.report(batch.problems)
                    return output.write(batch.rendered)
                })
        }
        try output.finish(summary: summary) { rows in
            FindingList.footer(rows.map { ($0.path?.text ?? "", $0.findings) })
        }
        if !running.work.quiet { Diagnostics.line(SummaryLine.check(summary)) }
        if control.isStopped { throw ExitStatus.interrupted }
        try ExitStatus.of(
            refused: summary.rejected > 0 || running.strict && summary.warned > 0,
            failed: summary.problems > 0
        ).end()
    }
}
