package import PreflightRecords
internal import VisionRules

/// Renders the rows of a run for output, on the worker's own thread, so that rendering is as parallel as the
/// work. One renderer for each format.
package protocol RowRenderer<Row>: Sendable {
    /// The record that is rendered.
    associatedtype Row: Record & Sendable
    /// The rendered form of a batch of rows.
    associatedtype Output: Sendable

    /// Adds one row.
    mutating func append(_ row: Row)
    /// Adds one row that is already rendered as a line of NDJSON, with its line feed.
    mutating func append(_ row: Row, line: [UInt8])
    /// The rendered rows since the last call.
    mutating func take() -> Output
}

extension RowRenderer {
    /// Adds one row, and renders it.
    package mutating func append(_ row: Row, line: [UInt8]) { append(row) }
}

/// Renders rows as NDJSON: one JSON object per line.
package struct NDJSONRenderer<Row: Record & Sendable>: RowRenderer {
    private var writer = JSONFieldWriter(capacity: 1 << 15)

    /// A renderer.
    package init() {}

    /// Adds one row.
    package mutating func append(_ row: Row) { writer.appendLine(row) }

    /// Adds one row that is already rendered as a line.
    package mutating func append(_ row: Row, line: [UInt8]) { writer.append(line: line) }

    /// The lines since the last call, as UTF-8.
    package mutating func take() -> [UInt8] {
        defer { writer.removeAll() }
        return writer.bytes
    }
}
