package import VisionRules

/// Writes records as JSON objects into a growing buffer, without Foundation: rendering a row must stay cheap
/// compared with the system calls that read the file.
package struct JSONFieldWriter: FieldWriter, Sendable {
    private var buffer: ByteBuffer
    private var isFirstField = true

    /// A writer with an empty buffer.
    ///
    /// - Parameter capacity: bytes to reserve.
    package init(capacity: Int = 0) { buffer = ByteBuffer(capacity: capacity) }

    /// What was written so far, as UTF-8.
    package var bytes: [UInt8] { buffer.bytes }

    /// Discards the contents and keeps the room.
    package mutating func removeAll() { buffer.removeAll() }

    /// Appends a record as one line: an object and a line feed.
    package mutating func appendLine(_ record: some Record) {
        appendObject(record)
        append("\n")
    }

    /// Appends a line that was written before, with its line feed.
    ///
    /// - Parameter line: the bytes of the line.
    package mutating func append(line: [UInt8]) {
        line.withUnsafeBufferPointer { line in buffer.append(atMost: line.count) { $0.put(line) } }
    }

    /// Appends a text as a JSON string, outside of a record.
    package mutating func appendString(_ text: String) {
        var text = text
        text.withUTF8 { text in
            let string = EscapedText(text)
            buffer.append(atMost: string.maxLength) { $0.put(string) }
        }
    }

    /// Appends a record as an object.
    package mutating func appendObject(_ record: some Record) {
        let outer = isFirstField
        isFirstField = true
        append("{")
        record.writeJSONFields(to: &self)
        append("}")
        isFirstField = outer
    }

    /// An integer.
    package mutating func write(_ key: some CodingKey, _ value: Int?) {
        guard let value else { return }
        append(key, atMost: ByteBuffer.maxDecimalLength) { $0.put(value) }
    }

    /// A Boolean.
    package mutating func write(_ key: some CodingKey, _ value: Bool?) {
        guard let value else { return }
        append(key, atMost: 5) { $0.put(value ? "true" as StaticString : "false") }
    }

    /// A text, escaped.
    package mutating func write(_ key: some CodingKey, _ value: String?) {
        guard var value else { return }
        value.withUTF8 { append(key, text: $0) }
    }

    /// A number with a fraction; left out if it is not finite, which JSON cannot represent.
    package mutating func write(_ key: some CodingKey, _ value: Double?) {
        guard let value, value.isFinite else { return }
        let text = value.description
        append(key, atMost: text.utf8.count) { $0.put(text) }
    }

    /// An amount in USD, exact to the micro-dollar.
    package mutating func write(_ key: some CodingKey, _ value: Cost?) {
        guard let value else { return }
        append(key, atMost: ByteBuffer.maxDecimalLength + 1) { $0.put(usd: value) }
    }

    /// A path. If it is not UTF-8, its exact bytes follow as base64 under the same key with `_base64`.
    package mutating func write(_ key: some CodingKey, _ value: PathBytes?) {
        guard let value else { return }
        let isASCII = value.bytes.withUnsafeBufferPointer { bytes in
            guard EscapedText.isASCII(bytes) else { return false }
            append(key, text: bytes)
            return true
        }
        if isASCII { return }
        write(key, value.text)
        if !value.isUTF8 { write(PathBytes.Base64Key(of: key), value.base64) }
    }

    /// A record inside this one.
    package mutating func write<Nested: Record>(_ key: some CodingKey, record: Nested?) {
        guard let record else { return }
        append(key, atMost: 0) { _ in }
        appendObject(record)
    }

    /// Records inside this one; an empty list is written as `[]`.
    package mutating func write<Nested: Record>(_ key: some CodingKey, records: [Nested]) {
        append(key, atMost: 1) { $0.put(UInt8(ascii: "[")) }
        var isFirst = true
        for record in records {
            if !isFirst { append(",") }
            isFirst = false
            appendObject(record)
        }
        append("]")
    }

    private mutating func append(_ character: Unicode.Scalar) {
        buffer.append(atMost: 1) { $0.put(UInt8(ascii: character)) }
    }

    /// Appends a key and the value that the body writes, of at most so many bytes.
    @inline(__always)
    private mutating func append(
        _ key: some CodingKey, atMost most: Int, _ write: (inout ByteBuffer.Cursor) -> Void
    ) {
        var name = key.stringValue
        let isFirst = isFirstField
        isFirstField = false
        name.withUTF8 { name in
            buffer.append(atMost: name.count + 4 + most) { cursor in
                if !isFirst { cursor.put(UInt8(ascii: ",")) }
                cursor.put(UInt8(ascii: "\""))
                cursor.put(name)
                cursor.put(UInt8(ascii: "\""))
                cursor.put(UInt8(ascii: ":"))
                write(&cursor)
            }
        }
    }

    private mutating func append(_ key: some CodingKey, text: UnsafeBufferPointer<UInt8>) {
        let string = EscapedText(text)
        append(key, atMost: string.maxLength) { $0.put(string) }
    }
}

/// A text to write as JSON.
private struct EscapedText {
    /// The text as UTF-8.
    let text: UnsafeBufferPointer<UInt8>
    /// Whether nothing in it has to be escaped.
    let isPlain: Bool

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        isPlain = Self.isPlain(text)
    }

    /// The most bytes that it takes with its quotes; the longest escape is `\u001f`.
    var maxLength: Int { (isPlain ? text.count : text.count * 6) + 2 }

    /// Whether nothing in the text has to be escaped.
    private static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        allWords(of: text) { word in
            let isControl = (word &- 0x20 * ones) & ~word
            let quote = word ^ UInt64(UInt8(ascii: "\"")) * ones
            let backslash = word ^ UInt64(UInt8(ascii: "\\")) * ones
            return (isControl | (quote &- ones) & ~quote | (backslash &- ones) & ~backslash) & tops == 0
        }
    }

    /// Whether all bytes are below 0x80.
    static func isASCII(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        allWords(of: text) { $0 & tops == 0 }
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// Whether something holds for every eight bytes. Past the end there are spaces.
    @inline(__always)
    private static func allWords(
        of text: UnsafeBufferPointer<UInt8>, _ holds: (UInt64) -> Bool
    ) -> Bool {
        let bytes = UnsafeRawBufferPointer(text)
        var index = 0
        while bytes.count - index >= 8 {
            guard holds(bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) else { return false }
            index += 8
        }
        guard index < bytes.count else { return true }
        // Reading the last eight bytes again, in part, is cheaper than reading the rest one by one.
        if index > 0 { return holds(bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)) }
        var last = UInt64(UInt8(ascii: " ")) * ones
        while index < bytes.count {
            last = last << 8 | UInt64(bytes[index])
            index += 1
        }
        return holds(last)
    }
}

extension ByteBuffer.Cursor {
    /// Writes an amount in USD, exact to the micro-dollar and without trailing zeros.
    fileprivate mutating func put(usd cost: Cost) {
        if cost.microdollars < 0 { put(UInt8(ascii: "-")) }
        let (dollars, rest) = cost.microdollars.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        put(decimal: UInt(dollars), minimumDigits: 1)
        guard rest > 0 else { return }
        var fraction = UInt(rest)
        var digits = 6
        while fraction % 10 == 0 {
            fraction /= 10
            digits -= 1
        }
        put(UInt8(ascii: "."))
        put(decimal: fraction, minimumDigits: digits)
    }

    /// Writes a text with its quotes.
    @inline(__always)
    fileprivate mutating func put(_ string: EscapedText) {
        put(UInt8(ascii: "\""))
        if string.isPlain {
            put(string.text)
        } else {
            for byte in string.text { put(escaped: byte) }
        }
        put(UInt8(ascii: "\""))
    }

    /// Writes one byte of a JSON text.
    fileprivate mutating func put(escaped byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): put("\\\"")
        case UInt8(ascii: "\\"): put("\\\\")
        case UInt8(ascii: "\n"): put("\\n")
        case UInt8(ascii: "\r"): put("\\r")
        case UInt8(ascii: "\t"): put("\\t")
        case 0..<0x20:
            put("\\u00")
            put(Hex.digit(byte >> 4))
            put(Hex.digit(byte & 0x0F))
        default: put(byte)
        }
    }
}
