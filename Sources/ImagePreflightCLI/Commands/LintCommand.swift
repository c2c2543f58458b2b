internal import PreflightRecords
internal import ImageHeaders
internal import PreflightFiles
internal import ArgumentParser
internal import ImagePreflight
internal import MessageRequests

struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Check requests, batches and logs as the service would, and name the offending block.",
        usage: "image-preflight lint [<options>] <files> ...",
        discussion: """
            Reads requests of the Messages API, arrays of them, batches ({"requests": […]} or JSONL), bodies \
            for Amazon Bedrock (also Converse) and Google Cloud, and logs of agents (JSONL with a message in \
            each line). Writes a record for each image, and one for each request.

            EXAMPLES
              image-preflight lint request.json
              image-preflight lint batch.jsonl --platform claude-api --strict
              image-preflight lint body.json --platform bedrock --model claude-opus-4-5
              image-preflight lint session.jsonl --show refused
              image-preflight lint requests/*.json --format sarif > lint.sarif
              my-program --print-request | image-preflight lint -
            """)

    @Argument(help: "Requests, batches and logs; - is standard input.", completion: .file())
    var files: [PathBytes]

    @OptionGroup var judging: LintArguments

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The format of findings; sarif, junit and github are for CI; by default table on a terminal, "
                + "ndjson in a pipe.", valueName: "format"))
    var format: LintFormat?

    @OptionGroup var rows: ShowArguments

    @Flag(name: .shortAndLong, help: "Print no summary to standard error.")
    var quiet = false

    @Flag(name: .long, help: "Let warnings affect the exit status too.")
    var strict = false

    mutating func validate() throws {
        files = files.unfolded
        if files.count(where: { $0 == "-" }) > 1 {
            throw ValidationError("Standard input can be read only once.")
        }
    }

    func run() throws {
        let linter = try judging.linter(isStrict: strict)
        let show = rows.show
        switch format ?? (Terminal.isOutput ? .table : .ndjson) {
        case .sarif: try run(linter, SARIFOutput(show: show ?? .all))
        case .junit: try run(linter, JUnitOutput(linter: linter, show: show ?? .all))
        case .github: try run(linter, GitHubOutput(show: show ?? .all))
        case .table: try run(linter, LintRecordOutput(format: .table, show: show))
        case .json: try run(linter, LintRecordOutput(format: .json, show: show))
        case .ndjson: try run(linter, LintRecordOutput(format: .ndjson, show: show))
        case .csv: try run(linter, LintRecordOutput(format: .csv, show: show))
        case .ndjsonWithSummary: try run(linter, LintRecordOutput(format: .ndjsonWithSummary, show: show))
        }
    }

    private func run<Output: LintOutput & ~Copyable>(
        _ linter: RequestLinter, _ initial: consuming Output
    ) throws {
        var output = initial
        var summary = LintSummary()
        var isRefused = false
        for path in files where output.isOpen {
            do throws(FileError) {
                try Self.lint(path, with: linter) { event in
                    let row = LintRow(event: event)
                    if linter.isFailure(event.findings) { isRefused = true }
                    summary.count(event)
                    output.write(row)
                    if !quiet { for note in row.notes { Diagnostics.line("\(row.place): \(note)") } }
                }
            } catch {
                summary.problems += 1
                output.write(problem: "\(error)", with: path.text)
                Diagnostics.error("\(path.text): \(error)")
            }
        }
        try output.finish(summary)
        if !quiet { Diagnostics.line(summary.line(notShown: output.notShown)) }
        try ExitStatus.of(refused: isRefused, failed: summary.problems > 0).end()
    }

    private static func lint(
        _ path: PathBytes, with linter: RequestLinter, _ body: (LintEvent) -> Void
    ) throws(FileError) {
        guard path == "-" else { return try linter.lint(path: path, body) }
        try linter.lint(fileDescriptor: STDIN_FILENO, file: path, body)
    }
}
