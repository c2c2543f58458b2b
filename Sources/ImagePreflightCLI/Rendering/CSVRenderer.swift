internal import PreflightRecords
internal import ImagePreflight

/// Renders records as CSV (RFC 4180): one row per record, the fields of the contract as columns.
///
/// A record inside a record becomes columns with its name before them; a list of findings becomes their
/// codes, as in `I301;I401`.
struct CSVRenderer<Row: Record & Sendable>: RowRenderer {
    private let columns: [String]
    private var bytes: [UInt8] = []

    init(columns: [String]) { self.columns = columns }

    /// The first line.
    static func header(columns: [String]) -> [UInt8] { line(columns) }

    mutating func append(_ row: Row) {
        var fields = FieldCollector()
        row.writeFields(to: &fields)
        bytes += Self.line(columns.map { fields.values[$0] ?? "" })
    }

    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    private static func line(_ values: [String]) -> [UInt8] {
        Array(values.map(quoted).joined(separator: ",").utf8) + Array("\r\n".utf8)
    }

    private static func quoted(_ value: String) -> String {
        guard value.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return value }
        return "\"" + value.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            + "\""
    }
}

/// Collects the fields of a record by name, as text.
struct FieldCollector: FieldWriter {
    private(set) var values: [String: String] = [:]
    private(set) var names: [String] = []
    private var prefix = ""

    private mutating func set(_ key: some CodingKey, _ value: String?) {
        let name = prefix + key.stringValue
        names.append(name)
        values[name] = value
    }

    mutating func write(_ key: some CodingKey, _ value: Int?) { set(key, value.map { String($0) }) }
    mutating func write(_ key: some CodingKey, _ value: Bool?) { set(key, value.map { String($0) }) }
    mutating func write(_ key: some CodingKey, _ value: String?) { set(key, value) }
    mutating func write(_ key: some CodingKey, _ value: Double?) { set(key, value.map { String($0) }) }
    mutating func write(_ key: some CodingKey, _ value: Cost?) { set(key, value?.usdText) }
    mutating func write(_ key: some CodingKey, _ value: PathBytes?) { set(key, value?.text) }

    mutating func write<Nested: Record>(_ key: some CodingKey, record: Nested?) {
        guard let record else { return }
        let outer = prefix
        prefix += key.stringValue + "_"
        record.writeFields(to: &self)
        prefix = outer
    }

    mutating func write<Nested: Record>(_ key: some CodingKey, records: [Nested]) {
        let codes = records.map { record -> String in
            var fields = FieldCollector()
            record.writeFields(to: &fields)
            return fields.values["code"] ?? ""
        }
        set(key, codes.joined(separator: ";"))
    }
}
