internal import PreflightRecords
internal import ImagePreflight

/// A record with a fixed list of columns and a readable form.
protocol TabularRecord: Record, Sendable {
    /// The columns of CSV, in the order of the contract.
    static var columnNames: [String] { get }
    /// The columns of a table.
    static var headings: [Table.Heading] { get }
    /// The cells of a table, one for each heading.
    var cells: [String] { get }
    /// The lines of CSV: usually one, the record itself.
    associatedtype Line: Record & Sendable = Self
    /// The lines of CSV.
    var lines: [Line] { get }
}

extension TabularRecord where Line == Self {
    var lines: [Self] { [self] }
}

/// Rows of one batch in the chosen format.
struct RenderedRows<Row: Sendable>: Sendable {
    /// The rows.
    enum Content: Sendable {
        /// Text that is ready to be written.
        case text([UInt8])
        /// Rows of a table, which needs all of them to compute its widths.
        case rows([Row])
    }

    let content: Content
    /// How many rows were left out.
    let notShown: Int
}

/// Renders rows in the format that the user chose.
struct FormatRenderer<Row: TabularRecord>: RowRenderer {
    private let format: RecordFormat
    private var json = JSONFieldWriter(capacity: 1 << 15)
    private var csv = CSVRenderer<Row.Line>(columns: Row.columnNames)
    private var rows: [Row] = []
    /// Which rows are rendered; nil for all.
    private let isShown: (@Sendable (Row) -> Bool)?
    private var notShown = 0

    init(format: RecordFormat) { self.init(format: format, show: .all) { _ in [] } }

    /// A renderer of some rows. A table gets all of them: its ``RecordOutput`` chooses.
    fileprivate init(
        format: RecordFormat, show: ShownRows?, findings: @escaping @Sendable (Row) -> [Finding]
    ) {
        self.format = format
        if let show, show != .all, format != .table {
            isShown = { show.includes(findings($0)) }
        } else {
            isShown = nil
        }
    }

    /// Whether a row is rendered; one that is not is counted.
    private mutating func includes(_ row: Row) -> Bool {
        guard let isShown, !isShown(row) else { return true }
        notShown += 1
        return false
    }

    mutating func append(_ row: Row) {
        guard includes(row) else { return }
        switch format {
        case .ndjson, .json, .ndjsonWithSummary: json.appendLine(row)
        case .csv: for line in row.lines { csv.append(line) }
        case .table: rows.append(row)
        }
    }

    mutating func append(_ row: Row, line: [UInt8]) {
        switch format {
        case .ndjson, .json, .ndjsonWithSummary:
            if includes(row) { json.append(line: line) }
        case .csv, .table: append(row)
        }
    }

    mutating func take() -> RenderedRows<Row> {
        defer { notShown = 0 }
        return RenderedRows(content: takeContent(), notShown: notShown)
    }

    private mutating func takeContent() -> RenderedRows<Row>.Content {
        switch format {
        case .ndjson, .json, .ndjsonWithSummary:
            defer { json.removeAll() }
            return .text(json.bytes)
        case .csv: return .text(csv.take())
        case .table:
            defer { rows = [] }
            return .rows(rows)
        }
    }
}

extension FormatRenderer where Row: JudgedRecord {
    /// A renderer of some rows.
    ///
    /// - Parameters:
    ///   - format: the format.
    ///   - show: which rows; nil for the default of the format.
    init(format: RecordFormat, show: ShownRows?) {
        self.init(format: format, show: show) { $0.findings }
    }
}

/// Writes rendered rows to standard output, with the format's text before, between and after them.
struct RecordOutput<Row: TabularRecord>: ~Copyable {
    private let format: RecordFormat
    private var output = StandardOutput()
    private var rows: [Row] = []
    private var isFirst = true
    /// Which rows are written; nil for all, or in a table as many as can be read.
    private let show: ShownRows?
    private let findings: @Sendable (Row) -> [Finding]
    /// How many rows were left out; that of a table is known when it is finished.
    private(set) var notShown = 0

    init(format: RecordFormat) { self.init(format: format, show: .all) { _ in [] } }

    private init(
        format: RecordFormat, show: ShownRows?, findings: @escaping @Sendable (Row) -> [Finding]
    ) {
        self.format = format
        self.show = show
        self.findings = findings
        switch format {
        case .json: output.write("{\"records\": [")
        case .csv: output.write(CSVRenderer<Row>.header(columns: Row.columnNames))
        case .ndjson, .ndjsonWithSummary, .table: break
        }
    }

    /// Writes a batch; false if the output is closed.
    mutating func write(_ rendered: RenderedRows<Row>) -> Bool {
        notShown += rendered.notShown
        switch rendered.content {
        case .rows(let batch):
            rows += batch
            return true
        case .text(let text):
            guard format == .json else { return output.write(text) }
            for line in text.split(separator: UInt8(ascii: "\n")) {
                output.write(isFirst ? "\n" : ",\n")
                output.write(line)
                isFirst = false
            }
            return !output.isClosed && output.failure == nil
        }
    }

    /// Writes one row.
    mutating func write(_ row: Row) {
        var renderer = FormatRenderer<Row>(format: format, show: show, findings: findings)
        renderer.append(row)
        _ = write(renderer.take())
    }

    /// Ends the output.
    ///
    /// - Parameters:
    ///   - summary: the object after the records in `json`.
    ///   - footer: the lines below a table, from the rows that it shows and from all of them.
    /// - Throws: ``ConsoleError`` when the output could not be written.
    mutating func finish(
        summary: (some Record)?, footer: (_ shown: [Row], _ all: [Row]) -> String = { _, _ in "" }
    ) throws(ConsoleError) {
        let summary = summary.map { FilteredSummary(summary: $0, notShown: notShown) }
        switch format {
        case .json:
            output.write("\n]")
            if let summary {
                var writer = JSONFieldWriter()
                writer.appendObject(summary)
                output.write(", \"summary\": ")
                output.write(writer.bytes)
            }
            output.write("}\n")
        case .table:
            let show = show ?? .readable(of: rows.map(findings))
            let shown = show == .all ? rows : rows.filter { show.includes(findings($0)) }
            notShown = rows.count - shown.count
            var table = Table(Row.headings)
            for row in shown { table.append(row.cells) }
            output.write(table.text(width: Terminal.outputWidth, isColored: Terminal.wantsColor))
            if self.show == nil, notShown > 0 {
                output.write((shown.isEmpty ? "" : "\n") + show.note(notShown: notShown, of: rows.count))
            }
            output.write(footer(shown, rows))
        case .ndjsonWithSummary:
            var writer = JSONFieldWriter()
            writer.appendLine(SummaryRecord(summary: summary))
            output.write(writer.bytes)
        case .ndjson, .csv: break
        }
        try output.finish()
    }
}

extension RecordOutput where Row: JudgedRecord {
    /// An output of some rows.
    ///
    /// - Parameters:
    ///   - format: the format.
    ///   - show: which rows; nil for the default of the format.
    init(format: RecordFormat, show: ShownRows?) {
        self.init(format: format, show: show) { $0.findings }
    }
}

/// How records are written.
enum RecordFormat: String, CaseIterable {
    case table, json, ndjson, csv
    /// NDJSON whose last line is an object with the summary alone: what `mcp` reads.
    case ndjsonWithSummary = "ndjson-summary"
}

/// A summary as a record of its own.
private struct SummaryRecord<Summary: Record>: Record {
    let summary: Summary?

    private enum CodingKeys: String, CodingKey { case summary }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.summary, record: summary)
    }
}

/// A summary with the number of rows that `--show` left out.
private struct FilteredSummary<Summary: Record>: Record {
    let summary: Summary
    let notShown: Int

    private enum CodingKeys: String, CodingKey { case notShown = "not_shown" }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        summary.writeFields(to: &writer)
        writer.write(CodingKeys.notShown, notShown > 0 ? notShown : nil)
    }
}
