internal import PreflightRecords

/// A string of a JSON text, by its place: nothing is copied until the text is needed.
package struct JSONString: Hashable {
    /// The bytes between the quotation marks.
    package var range: Range<Int>
    /// Whether it contains a `\`.
    var hasEscapes: Bool
}

/// Walks once through a JSON text (RFC 8259) and validates all of it.
///
/// The caller asks for what it expects (`beginObject`, `nextKey`, `string` …) and skips the rest. Numbers,
/// literals, escapes and UTF-8 are validated; nesting is bounded by ``maxDepth``, so that a hostile text
/// cannot exhaust the stack.
package struct JSONCursor {
    /// The deepest nesting of arrays and objects that is read. Real requests stay below 30, schemas of tools
    /// included.
    static let maxDepth = 200

    /// The text, which must stay in place as long as the cursor is used.
    let text: UnsafeRawBufferPointer
    /// The next byte.
    package private(set) var offset: Int
    /// How many line feeds have been passed. A string cannot contain any.
    private(set) var newlineCount = 0
    private var depth = 0

    /// A cursor at a byte of a text.
    package init(_ text: UnsafeRawBufferPointer, at offset: Int = 0) {
        self.text = text
        self.offset = offset
    }

    /// The next byte that is not white space; nil at the end.
    package mutating func peek() -> UInt8? {
        while offset < text.count {
            let byte = text[offset]
            if byte > 0x20 { return byte }
            switch byte {
            case UInt8(ascii: "\n"): newlineCount += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
            default: return byte
            }
            offset += 1
        }
        return nil
    }

    /// The error at the next byte.
    package func defect(_ expected: String) -> JSONDefect { JSONDefect(offset: offset, expected: expected) }

    // MARK: - Containers

    /// Whether the next member is the first of its container.
    package struct Members { var isFirst = true }

    /// Enters an object.
    package mutating func beginObject() throws(JSONDefect) -> Members {
        try begin(UInt8(ascii: "{"), "an object")
    }

    /// Enters an array.
    package mutating func beginArray() throws(JSONDefect) -> Members {
        try begin(UInt8(ascii: "["), "an array")
    }

    /// The next key of an object, with the cursor before its value; nil at the end of the object.
    package mutating func nextKey(_ members: inout Members) throws(JSONDefect) -> JSONString? {
        let next = peek()
        if next == UInt8(ascii: "}") {
            leave()
            return nil
        }
        if !members.isFirst {
            guard next == UInt8(ascii: ",") else { throw defect("“,” or “}”") }
            offset += 1
            guard peek() == UInt8(ascii: "\"") else { throw defect("a key in quotation marks") }
        }
        guard peek() == UInt8(ascii: "\"") else { throw defect("a key in quotation marks or “}”") }
        members.isFirst = false
        let key = try string()
        guard peek() == UInt8(ascii: ":") else { throw defect("“:”") }
        offset += 1
        return key
    }

    /// Whether another element follows; false at the end of the array.
    package mutating func nextElement(_ members: inout Members) throws(JSONDefect) -> Bool {
        let next = peek()
        if next == UInt8(ascii: "]") {
            leave()
            return false
        }
        if members.isFirst {
            members.isFirst = false
            return true
        }
        guard next == UInt8(ascii: ",") else { throw defect("“,” or “]”") }
        offset += 1
        if peek() == UInt8(ascii: "]") { throw defect("a value") }
        return true
    }

    private mutating func begin(_ bracket: UInt8, _ name: String) throws(JSONDefect) -> Members {
        guard peek() == bracket else { throw defect(name) }
        guard depth < Self.maxDepth else {
            throw defect("at most \(Self.maxDepth) arrays and objects within each other")
        }
        depth += 1
        offset += 1
        return Members()
    }

    private mutating func leave() {
        depth -= 1
        offset += 1
    }

    // MARK: - Values

    /// Skips a value of any kind.
    mutating func skipValue() throws(JSONDefect) {
        switch peek() {
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "{"):
            var members = try beginObject()
            while try nextKey(&members) != nil { try skipValue() }
        case UInt8(ascii: "["):
            var members = try beginArray()
            while try nextElement(&members) { try skipValue() }
        case UInt8(ascii: "t"): try skipLiteral("true")
        case UInt8(ascii: "f"): try skipLiteral("false")
        case UInt8(ascii: "n"): try skipLiteral("null")
        case let byte? where byte == UInt8(ascii: "-") || byte &- UInt8(ascii: "0") < 10: try skipNumber()
        default: throw defect("a value")
        }
    }

    /// Skips a value and returns its range.
    package mutating func skipValueRange() throws(JSONDefect) -> Range<Int> {
        _ = peek()
        let start = offset
        try skipValue()
        return start..<offset
    }

    /// Skips a string.
    mutating func string() throws(JSONDefect) -> JSONString {
        guard peek() == UInt8(ascii: "\"") else { throw defect("a string") }
        let start = offset + 1
        offset = start
        var hasEscapes = false
        var hasNonASCII = false
        while true {
            let run = ByteRuns.string(text, from: offset)
            hasNonASCII = hasNonASCII || run.hasNonASCII
            offset += run.count
            guard offset < text.count else { throw defect("the closing “\"” of a string") }
            switch text[offset] {
            case UInt8(ascii: "\""):
                if hasNonASCII, let broken = UTF8Check.firstDefect(text, from: start, to: offset) {
                    throw JSONDefect(offset: broken, expected: "UTF-8")
                }
                offset += 1
                return JSONString(range: start..<(offset - 1), hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                _ = try escape()
            default: throw defect("an escape instead of a control character")
            }
        }
    }

    /// Skips an escape, at its `\`.
    ///
    /// - Returns: the UTF-16 code unit it encodes.
    mutating func escape() throws(JSONDefect) -> UInt16 {
        offset += 1
        guard offset < text.count else { throw defect("an escape") }
        let letter = text[offset]
        guard let unit = JSONEscape.unit(letter) else { throw defect("an escape") }
        offset += 1
        guard letter == UInt8(ascii: "u") else { return unit }
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard offset < text.count, let digit = JSONEscape.hexadecimal(text[offset]) else {
                throw defect("four hexadecimal digits")
            }
            value = value << 4 | UInt16(digit)
            offset += 1
        }
        return value
    }

    /// Moves within a string whose bytes a caller reads itself.
    mutating func advance(to offset: Int) { self.offset = offset }

    private mutating func skipLiteral(_ literal: StaticString) throws(JSONDefect) {
        for index in 0..<literal.utf8CodeUnitCount {
            guard offset < text.count, text[offset] == literal.utf8Start[index] else {
                throw defect("\(literal)")
            }
            offset += 1
        }
    }

    private mutating func skipNumber() throws(JSONDefect) {
        if text[offset] == UInt8(ascii: "-") { offset += 1 }
        if offset < text.count, text[offset] == UInt8(ascii: "0") {
            offset += 1
        } else {
            try skipDigits()
        }
        if offset < text.count, text[offset] == UInt8(ascii: ".") {
            offset += 1
            try skipDigits()
        }
        if offset < text.count, text[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if offset < text.count, text[offset] == UInt8(ascii: "+") || text[offset] == UInt8(ascii: "-") {
                offset += 1
            }
            try skipDigits()
        }
    }

    private mutating func skipDigits() throws(JSONDefect) {
        let start = offset
        while offset < text.count, text[offset] &- UInt8(ascii: "0") < 10 { offset += 1 }
        if offset == start { throw defect("a digit") }
    }
}
