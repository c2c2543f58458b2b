internal import ImagePreflight
internal import MessageRequests

/// Writes what the linter tells, in one format, as soon as it is told.
protocol LintOutput: ~Copyable {
    /// Whether somebody still reads.
    var isOpen: Bool { get }
    /// Writes what was found about an image, a request or, as the last of its rows, a file.
    mutating func write(_ row: LintRow)
    /// Writes that a file could not be read, where the format has a place for that.
    mutating func write(problem: String, with path: String)
    /// Ends the output.
    mutating func finish(_ summary: LintSummary) throws(ConsoleError)
}

/// ``LintRow``s as `table`, `json`, `ndjson` or `csv`.
struct LintRecordOutput: LintOutput, ~Copyable {
    private var output: RecordOutput<LintRow>
    private var renderer: FormatRenderer<LintRow>
    private(set) var isOpen = true

    init(format: RecordFormat) {
        output = RecordOutput(format: format)
        renderer = FormatRenderer(format: format)
    }

    mutating func write(_ row: LintRow) {
        guard row.isRecord, isOpen else { return }
        renderer.append(row)
        isOpen = output.write(renderer.take())
    }

    mutating func write(problem: String, with path: String) {}

    mutating func finish(_ summary: LintSummary) throws(ConsoleError) {
        try output.finish(summary: summary) { rows in
            FindingList.footer(
                rows.map { row in (row.place + (row.subject.map { ": \($0)" } ?? ""), row.findings) })
        }
    }
}
