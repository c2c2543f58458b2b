package import VisionRules

/// A value that is shown as one line of data: a JSON object, a row of a table, a row of CSV.
///
/// Each record lists its fields once; every renderer is a ``FieldWriter``.
package protocol Record {
    /// Passes every field to the writer, in the order of the contract. An absent field is nil.
    func writeFields<Writer: FieldWriter>(to writer: inout Writer)
    /// Passes every field to a JSON writer. A record that is written by the hundred thousand implements this
    /// with the body of the default, so that its own module specializes it for this one writer.
    func writeJSONFields(to writer: inout JSONFieldWriter)
}

extension Record {
    /// Passes every field to a JSON writer.
    package func writeJSONFields(to writer: inout JSONFieldWriter) { writeFields(to: &writer) }
}

/// Receives the fields of one record in order. `nil` means unknown: a JSON writer leaves the field out.
package protocol FieldWriter {
    /// An integer.
    mutating func write(_ key: some CodingKey, _ value: Int?)
    /// A Boolean.
    mutating func write(_ key: some CodingKey, _ value: Bool?)
    /// A text.
    mutating func write(_ key: some CodingKey, _ value: String?)
    /// A number with a fraction.
    mutating func write(_ key: some CodingKey, _ value: Double?)
    /// An amount of money, shown in USD.
    mutating func write(_ key: some CodingKey, _ value: Cost?)
    /// A path, which may contain bytes that are not UTF-8.
    mutating func write(_ key: some CodingKey, _ value: PathBytes?)
    /// A record inside this one.
    mutating func write<Nested: Record>(_ key: some CodingKey, record: Nested?)
    /// Records inside this one.
    mutating func write<Nested: Record>(_ key: some CodingKey, records: [Nested])
}

extension Record {
    /// The record as a line of NDJSON, with its line feed.
    package var line: [UInt8] {
        var writer = JSONFieldWriter(capacity: 1024)
        writer.appendLine(self)
        return writer.bytes
    }
}
