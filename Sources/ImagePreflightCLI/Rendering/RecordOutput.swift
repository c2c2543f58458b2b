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
enum RenderedRows<Row: Sendable>: Sendable {
    /// Text that is ready to be written.
    case text([UInt8])
    /// Rows of a table, which needs all of them to compute its widths.
    case rows([Row])
}

/// Renders rows in the format that the user chose.
struct FormatRenderer<Row: TabularRecord>: RowRenderer {
    private let format: RecordFormat
    private var json = JSONFieldWriter(capacity: 1 << 15)
    private var csv = CSVRenderer<Row.Line>(columns: Row.columnNames)
    private var rows: [Row] = []

    init(format: RecordFormat) { self.format = format }

    mutating func append(_ row: Row) {
        switch format {
        case .ndjson, .json, .ndjsonWithSummary: json.appendLine(row)
        case .csv: for line in row.lines { csv.append(line) }
        case .table: rows.append(row)
        }
    }

    mutating func append(_ row: Row, line: [UInt8]) {
        switch format {
        case .ndjson, .json, .ndjsonWithSummary: json.append(line: line)
        case .csv, .table: append(row)
        }
    }

    mutating func take() -> RenderedRows<Row> {
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

/// Writes rendered rows to standard output, with the format's text before, between and after them.
struct RecordOutput<Row: TabularRecord>: ~Copyable {
    private let format: RecordFormat
    private var output = StandardOutput()
    private var rows: [Row] = []
    private var isFirst = true

    init(format: RecordFormat) {
        self.format = format
        switch format {
        case .json: output.write("{\"records\": [")
        case .csv: output.write(CSVRenderer<Row>.header(columns: Row.columnNames))
        case .ndjson, .ndjsonWithSummary, .table: break
        }
    }

    /// Writes a batch; false if the output is closed.
    mutating func write(_ rendered: RenderedRows<Row>) -> Bool {
        switch rendered {
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
        var renderer = FormatRenderer<Row>(format: format)
        renderer.append(row)
        _ = write(renderer.take())
    }

    /// Ends the output.
    ///
    /// - Parameters:
    ///   - summary: the object after the records in `json`.
    ///   - footer: the lines below a table.
    /// - Throws: ``ConsoleError`` when the output could not be written.
    mutating func finish(
        summary: (some Record)?, footer: ([Row]) -> String = { _ in "" }
    ) throws(ConsoleError) {
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
            var table = Table(Row.headings)
            for row in rows { table.append(row.cells) }
            output.write(table.text(width: Terminal.outputWidth, isColored: Terminal.wantsColor))
            output.write(footer(rows))
        case .ndjsonWithSummary:
            var writer = JSONFieldWriter()
            writer.appendLine(SummaryRecord(summary: summary))
            output.write(writer.bytes)
        case .ndjson, .csv: break
        }
        try output.finish()
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
