/// Writes records as JSON objects into a growing buffer, without Foundation in the way: rendering a row
/// must stay small beside the system calls that read the file.
public struct JSONFieldWriter: FieldWriter, Sendable {
    /// What was written so far, as UTF-8.
    public var bytes: [UInt8]
    private var isFirstField = true

    /// A writer with an empty buffer.
    ///
    /// - Parameter capacity: bytes to reserve.
    public init(capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Appends a record as one line: an object and a line feed.
    public mutating func appendLine(_ record: some Record) {
        appendObject(record)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Appends a text as a JSON string, for what is no record.
    public mutating func appendString(_ text: String) { appendQuoted(text) }

    /// Appends a record as an object.
    public mutating func appendObject(_ record: some Record) {
        let outer = isFirstField
        isFirstField = true
        bytes.append(UInt8(ascii: "{"))
        record.writeJSONFields(to: &self)
        bytes.append(UInt8(ascii: "}"))
        isFirstField = outer
    }

    /// A whole number.
    public mutating func write(_ key: some CodingKey, _ value: Int?) {
        guard let value else { return }
        begin(key)
        append(value)
    }

    /// A yes or no.
    public mutating func write(_ key: some CodingKey, _ value: Bool?) {
        guard let value else { return }
        begin(key)
        append(value ? "true" : "false")
    }

    /// A text, escaped.
    public mutating func write(_ key: some CodingKey, _ value: String?) {
        guard let value else { return }
        begin(key)
        appendQuoted(value)
    }

    /// A number with a fraction; left out when it is not finite, which JSON cannot say.
    public mutating func write(_ key: some CodingKey, _ value: Double?) {
        guard let value, value.isFinite else { return }
        begin(key)
        appendPlain(value.description)
    }

    /// An amount in USD, exact to the micro-dollar.
    public mutating func write(_ key: some CodingKey, _ value: Cost?) {
        guard let value else { return }
        begin(key)
        appendUSD(value)
    }

    /// A path. Where it is not UTF-8, its exact bytes follow as base64 under the same key with `_base64`.
    public mutating func write(_ key: some CodingKey, _ value: PathBytes?) {
        guard let value else { return }
        begin(key)
        if value.bytes.allSatisfy({ $0 < 0x80 }) {
            value.bytes.withUnsafeBufferPointer { appendQuoted(utf8: $0) }
            return
        }
        appendQuoted(value.text)
        if !value.isUTF8 {
            begin(PathBytes.Base64Key(of: key))
            appendQuoted(value.base64)
        }
    }

    /// A record inside this one.
    public mutating func write<Nested: Record>(_ key: some CodingKey, record: Nested?) {
        guard let record else { return }
        begin(key)
        appendObject(record)
    }

    /// Records inside this one; an empty list is written as `[]`.
    public mutating func write<Nested: Record>(_ key: some CodingKey, records: [Nested]) {
        begin(key)
        bytes.append(UInt8(ascii: "["))
        for (index, record) in records.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            appendObject(record)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func begin(_ key: some CodingKey) {
        if isFirstField {
            isFirstField = false
            bytes.append(UInt8(ascii: "\""))
        } else {
            append(",\"")
        }
        appendPlain(key.stringValue)
        append("\":")
    }

    private mutating func append(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func appendPlain(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func append(_ value: Int) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        var divisor: UInt = 1
        while rest / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }

    private mutating func appendUSD(_ cost: Cost) {
        if cost.microdollars < 0 { bytes.append(UInt8(ascii: "-")) }
        var fraction = cost.microdollars.magnitude % 1_000_000
        append(Int(cost.microdollars.magnitude / 1_000_000))
        guard fraction > 0 else { return }
        bytes.append(UInt8(ascii: "."))
        var divisor: UInt = 100_000
        while fraction > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: fraction / divisor))
            fraction %= divisor
            divisor /= 10
        }
    }

    private mutating func appendQuoted(_ text: String) {
        var text = text
        text.withUTF8 { appendQuoted(utf8: $0) }
    }

    private mutating func appendQuoted(utf8: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        if utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            bytes.append(contentsOf: utf8)
        } else {
            for byte in utf8 { appendEscaped(byte) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case UInt8(ascii: "\n"): append("\\n")
        case UInt8(ascii: "\r"): append("\\r")
        case UInt8(ascii: "\t"): append("\\t")
        case 0..<0x20:
            append("\\u00")
            bytes.append(Hexadecimal.digit(byte >> 4))
            bytes.append(Hexadecimal.digit(byte & 0x0F))
        default: bytes.append(byte)
        }
    }
}

/// Digits of base 16.
enum Hexadecimal {
    /// The lower-case digit for a value below 16, as ASCII.
    static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
