package import PreflightRecords
internal import VisionRules

/// Turns the rows of a run into what is printed, on the worker's own thread, so that rendering is as
/// parallel as the work. One renderer a format.
package protocol RowRenderer<Row>: Sendable {
    /// The record that is rendered.
    associatedtype Row: Record & Sendable
    /// What a batch of rows becomes.
    associatedtype Output: Sendable

    /// Takes one row.
    mutating func append(_ row: Row)
    /// Takes one row that was rendered as a line of NDJSON already, with its line feed.
    mutating func append(_ row: Row, line: [UInt8])
    /// What the rows since the last call became.
    mutating func take() -> Output
}

extension RowRenderer {
    /// Takes one row, and renders it anew.
    package mutating func append(_ row: Row, line: [UInt8]) { append(row) }
}

/// Renders rows as NDJSON: one JSON object a line.
package struct NDJSONRenderer<Row: Record & Sendable>: RowRenderer {
    private var writer = JSONFieldWriter(capacity: 1 << 15)

    /// A renderer.
    package init() {}

    /// Takes one row.
    package mutating func append(_ row: Row) { writer.appendLine(row) }

    /// Takes one row that was rendered as a line already.
    package mutating func append(_ row: Row, line: [UInt8]) { writer.append(line: line) }

    /// The lines since the last call, as UTF-8.
    package mutating func take() -> [UInt8] {
        defer { writer.removeAll() }
        return writer.bytes
    }
}
