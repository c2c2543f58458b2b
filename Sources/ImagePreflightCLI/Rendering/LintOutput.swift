internal import ImagePreflight
internal import MessageRequests

/// Writes the linter's results in one format, as they arrive.
protocol LintOutput: ~Copyable {
    /// Whether there is still a reader.
    var isOpen: Bool { get }
    /// How many records were left out, once the output has ended.
    var notShown: Int { get }
    /// Writes the findings about an image, a request or, as the last of its rows, a file.
    mutating func write(_ row: LintRow)
    /// Reports that a file could not be read, if the format has a place for that.
    mutating func write(problem: String, with path: String)
    /// Ends the output.
    mutating func finish(_ summary: LintSummary) throws(ConsoleError)
}

/// ``LintRow``s as `table`, `json`, `ndjson` or `csv`.
struct LintRecordOutput: LintOutput, ~Copyable {
    private var output: RecordOutput<LintRow>
    private var renderer: FormatRenderer<LintRow>
    private(set) var isOpen = true

    var notShown: Int { output.notShown }

    init(format: RecordFormat, show: ShownRows?) {
        output = RecordOutput(format: format, show: show)
        renderer = FormatRenderer(format: format, show: show)
    }

    mutating func write(_ row: LintRow) {
        guard row.isRecord, isOpen else { return }
        renderer.append(row)
        isOpen = output.write(renderer.take())
    }

    mutating func write(problem: String, with path: String) {}

    mutating func finish(_ summary: LintSummary) throws(ConsoleError) {
        func named(_ row: LintRow) -> FindingList.Row {
            (row.place + (row.subject.map { ": \($0)" } ?? ""), row.findings)
        }
        try output.finish(summary: summary) { FindingList.footer($0.map(named), all: $1.map(named)) }
    }
}

/// Chooses the rows of formats that are not records, and counts what it leaves out.
struct LintFilter {
    private let show: ShownRows
    private(set) var notShown = 0

    init(_ show: ShownRows) { self.show = show }

    /// Whether a row is written.
    mutating func includes(_ row: LintRow) -> Bool {
        if show.includes(row.findings) { return true }
        if row.isRecord { notShown += 1 }
        return false
    }

    /// What is written of a row where each finding is a row of its own.
    mutating func findings(of row: LintRow) -> [Finding] {
        includes(row) ? row.findings.filter { show.includes([$0]) } : []
    }
}
