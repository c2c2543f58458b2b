/// Why a text is not JSON.
enum JSONParseError: Error, Hashable {
    /// The byte here is not allowed by RFC 8259.
    case unexpected(offset: Int)
    /// Arrays and objects are nested deeper than ``JSONParser/maxDepth``.
    case tooDeep
}

/// Reads a JSON text (RFC 8259) into values, in one pass.
struct JSONParser {
    /// The deepest nesting of arrays and objects that is read; deeper ones could exhaust the stack.
    static let maxDepth = 512

    private let text: UnsafeRawBufferPointer
    private var offset = 0
    private var depth = 0

    /// Parses a text.
    ///
    /// - Parameter text: UTF-8.
    /// - Returns: the value.
    /// - Throws: ``JSONParseError``.
    static func value(of text: UnsafeRawBufferPointer) throws(JSONParseError) -> JSONValue {
        var parser = JSONParser(text: text)
        let value = try parser.next()
        guard parser.peek() == nil else { throw parser.unexpected }
        return value
    }

    private init(text: UnsafeRawBufferPointer) { self.text = text }

    private var unexpected: JSONParseError { .unexpected(offset: offset) }

    private var byte: UInt8? { offset < text.count ? text[offset] : nil }

    /// The next byte that is not white space; nil at the end.
    private mutating func peek() -> UInt8? {
        while let byte {
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            offset += 1
        }
        return nil
    }

    /// Skips a byte if it is next.
    private mutating func passes(_ wanted: UInt8) -> Bool {
        guard peek() == wanted else { return false }
        offset += 1
        return true
    }

    // MARK: - Values

    private mutating func next() throws(JSONParseError) -> JSONValue {
        switch peek() {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func object() throws(JSONParseError) -> JSONValue {
        try enter()
        var members: [JSONMember] = []
        // Of several members of one name the first counts, as everywhere here.
        var keys: Set<String> = []
        while !passes(UInt8(ascii: "}")) {
            if !keys.isEmpty, !passes(UInt8(ascii: ",")) { throw unexpected }
            guard peek() == UInt8(ascii: "\"") else { throw unexpected }
            let key = try string()
            guard passes(UInt8(ascii: ":")) else { throw unexpected }
            let value = try next()
            if keys.insert(key).inserted { members.append(JSONMember(key: key, value: value)) }
        }
        depth -= 1
        return .object(members)
    }

    private mutating func array() throws(JSONParseError) -> JSONValue {
        try enter()
        var values: [JSONValue] = []
        while !passes(UInt8(ascii: "]")) {
            if !values.isEmpty, !passes(UInt8(ascii: ",")) { throw unexpected }
            values.append(try next())
        }
        depth -= 1
        return .array(values)
    }

    private mutating func enter() throws(JSONParseError) {
        guard depth < Self.maxDepth else { throw .tooDeep }
        depth += 1
        offset += 1
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONParseError)
        -> JSONValue
    {
        for index in 0..<word.utf8CodeUnitCount {
            guard byte == word.utf8Start[index] else { throw unexpected }
            offset += 1
        }
        return value
    }

    // MARK: - Numbers

    private mutating func number() throws(JSONParseError) -> JSONValue {
        let start = offset
        if byte == UInt8(ascii: "-") { offset += 1 }
        if byte == UInt8(ascii: "0") { offset += 1 } else { try digits() }
        let endOfWhole = offset
        if byte == UInt8(ascii: ".") {
            offset += 1
            try digits()
        }
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            offset += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { offset += 1 }
            try digits()
        }
        let word = String(decoding: text[start..<offset], as: UTF8.self)
        if offset == endOfWhole, let number = Int(word) { return .int(number) }
        guard let number = Double(word), number.isFinite else { throw .unexpected(offset: start) }
        // 1e2 and 2.0 are integers in JSON Schema.
        return Int(exactly: number).map { .int($0) } ?? .double(number)
    }

    private mutating func digits() throws(JSONParseError) {
        let start = offset
        while let byte, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { offset += 1 }
        guard offset > start else { throw unexpected }
    }

    // MARK: - Strings

    private mutating func string() throws(JSONParseError) -> String {
        offset += 1
        let start = offset
        // If the text has an escape, the decoded text up to here.
        var unescaped: [UInt8]?
        var runStart = offset
        while let byte {
            switch byte {
            case UInt8(ascii: "\""):
                let run = text[runStart..<offset]
                unescaped?.append(contentsOf: run)
                offset += 1
                if let unescaped { return try Self.text(unescaped, at: start) }
                return try Self.text(run, at: start)
            case UInt8(ascii: "\\"):
                if unescaped == nil { unescaped = [] }
                unescaped?.append(contentsOf: text[runStart..<offset])
                let scalar = try escaped()
                unescaped?.append(contentsOf: String(scalar).utf8)
                runStart = offset
            case 0..<0x20: throw unexpected
            default: offset += 1
            }
        }
        throw unexpected
    }

    private static func text(_ bytes: some Collection<UInt8>, at offset: Int) throws(JSONParseError) -> String
    {
        let text = String(decoding: bytes, as: UTF8.self)
        // Invalid UTF-8 was replaced.
        guard text.utf8.elementsEqual(bytes) else { throw .unexpected(offset: offset) }
        return text
    }

    private mutating func escaped() throws(JSONParseError) -> Unicode.Scalar {
        offset += 1
        guard let letter = byte else { throw unexpected }
        offset += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            var value = try hexadecimal()
            if (0xD800..<0xDC00).contains(value) {
                // The other half of the pair.
                guard byte == UInt8(ascii: "\\") else { throw unexpected }
                offset += 1
                guard byte == UInt8(ascii: "u") else { throw unexpected }
                offset += 1
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw unexpected }
                value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value) else { throw unexpected }
            return scalar
        default: throw unexpected
        }
    }

    private mutating func hexadecimal() throws(JSONParseError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw unexpected
            }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }
}
