internal import VisionRules

extension Record {
    /// Encodes the fields of the record under their names, for any encoder.
    ///
    /// - Parameter encoder: where to.
    /// - Throws: what the encoder throws.
    package func encodeFields(to encoder: any Encoder) throws {
        var writer = EncodingFieldWriter(container: encoder.container(keyedBy: FieldKey.self))
        writeFields(to: &writer)
        if let error = writer.error { throw error }
    }
}

/// A key of any record.
private struct FieldKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ key: some CodingKey) { stringValue = key.stringValue }
    /// The key of a path's exact bytes.
    init(base64Of key: some CodingKey) { stringValue = key.stringValue + "_base64" }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

/// Writes the fields of a record into any `Encoder`, so that records need no second list of their fields.
private struct EncodingFieldWriter: FieldWriter {
    var container: KeyedEncodingContainer<FieldKey>
    var error: (any Error)?

    mutating func write(_ key: some CodingKey, _ value: Int?) { encode(key, value) }
    mutating func write(_ key: some CodingKey, _ value: Bool?) { encode(key, value) }
    mutating func write(_ key: some CodingKey, _ value: String?) { encode(key, value) }
    mutating func write(_ key: some CodingKey, _ value: Double?) { encode(key, value) }
    mutating func write(_ key: some CodingKey, _ value: Cost?) {
        encode(key, value.map { Double($0.microdollars) / 1_000_000 })
    }
    mutating func write(_ key: some CodingKey, _ value: PathBytes?) {
        guard let value else { return }
        encode(key, value.text)
        if !value.isUTF8 { encode(FieldKey(base64Of: key), value.base64) }
    }

    mutating func write<Nested: Record>(_ key: some CodingKey, record: Nested?) {
        encode(key, record.map { EncodableRecord(content: $0) })
    }

    mutating func write<Nested: Record>(_ key: some CodingKey, records: [Nested]) {
        encode(key, records.map { EncodableRecord(content: $0) })
    }

    private mutating func encode(_ key: some CodingKey, _ value: (some Encodable)?) {
        guard error == nil, let value else { return }
        do { try container.encode(value, forKey: FieldKey(key)) } catch { self.error = error }
    }
}

private struct EncodableRecord<Content: Record>: Encodable, Record {
    let content: Content

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) { content.writeFields(to: &writer) }

    func encode(to encoder: any Encoder) throws { try encodeFields(to: encoder) }
}

// MARK: - Rows and totals

extension ImageRecord: Encodable {
    /// Writes the fields under their names in records.
    ///
    /// - Parameter encoder: where to.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws { try encodeFields(to: encoder) }
}

extension ManifestRow.Output: Encodable {
    /// Writes the fields under their names in records.
    ///
    /// - Parameter encoder: where to.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws { try encodeFields(to: encoder) }
}

extension ManifestRow.Tile: Encodable {
    /// Writes the fields under their names in records.
    ///
    /// - Parameter encoder: where to.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws { try encodeFields(to: encoder) }
}

extension ManifestRow: Encodable {
    /// Writes the fields under their names in records.
    ///
    /// - Parameter encoder: where to.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws { try encodeFields(to: encoder) }
}

extension ManifestRow.Budget: Encodable {
    /// Writes the fields under their names in records.
    ///
    /// - Parameter encoder: where to.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws { try encodeFields(to: encoder) }
}

extension ImageRecord.Totals: Encodable {
    /// Writes the fields under their names in records.
    ///
    /// - Parameter encoder: where to.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws { try encodeFields(to: encoder) }
}

extension ManifestRow.Totals: Encodable {
    /// Writes the fields under their names in records.
    ///
    /// - Parameter encoder: where to.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws { try encodeFields(to: encoder) }
}

extension ManifestRow.Totals.Budget: Encodable {
    /// Writes the fields under their names in records.
    ///
    /// - Parameter encoder: where to.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws { try encodeFields(to: encoder) }
}
