internal import ImagePreflight
internal import MessageRequests

/// Writes the linter's results in one format, as they arrive.
protocol LintOutput: ~Copyable {
    /// Whether there is still a reader.
    var isOpen: Bool { get }
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
