internal import ArgumentParser
internal import ImagePreflight

/// Options of commands that process many images.
struct RunArguments: ParsableArguments {
    @OptionGroup var output: OutputArguments
    @OptionGroup var work: WorkArguments

    @Flag(name: .long, help: "Let warnings affect the exit status too.")
    var strict = false
}

/// `--jobs`, `--progress`, `--quiet`.
struct WorkArguments: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("Number of threads; by default one for each processor.", valueName: "n"))
    var jobs: Int?

    @Option(
        name: .long,
        help: ArgumentHelp("When to show progress; auto: on a terminal.", valueName: "when"))
    var progress = ProgressMode.auto

    @Flag(name: .shortAndLong, help: "Print no summary and no progress to standard error.")
    var quiet = false

    mutating func validate() throws {
        if let jobs, !(1...1024).contains(jobs) {
            throw ValidationError("--jobs must be between 1 and 1024.")
        }
    }

    var workerCount: Int { jobs ?? WorkerPool.processorCount }

    var progressMode: ProgressMode { quiet ? .never : progress }
}

/// `--format`.
struct OutputArguments: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The format of records; by default table on a terminal, ndjson in a pipe.",
            valueName: "format"))
    var format: RecordFormat?

    var resolvedFormat: RecordFormat { format ?? (Terminal.isOutput ? .table : .ndjson) }
}

/// `--show`.
struct ShowArguments: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Which rows to write: all, those with findings, or those that would be refused; the others still count. "
                + "By default all; a table of more than \(ShownRows.readableCount) rows leaves out those without "
                + "findings, or if it is still longer, all that would not be refused.",
            valueName: "rows"))
    var show: ShownRows?
}

extension ShownRows: ExpressibleByArgument {}

extension RecordFormat: ExpressibleByArgument {
    /// What help offers: the rest is between `mcp` and the command that it runs.
    static var allValueStrings: [String] { allCases.filter { $0 != .ndjsonWithSummary }.map(\.rawValue) }
}
