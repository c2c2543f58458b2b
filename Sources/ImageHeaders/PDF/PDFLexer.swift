/// A value of a PDF, as far as it matters here.
indirect enum PDFValue {
    case integer(Int)
    case name(String)
    case reference(Int)
    case array([PDFValue])
    case dictionary(PDFDictionary)
    /// A text, a truth value, null, a name or an entry that is not needed.
    case other

    var integer: Int? { if case .integer(let value) = self { value } else { nil } }
    var reference: Int? { if case .reference(let number) = self { number } else { nil } }
    var dictionary: PDFDictionary? { if case .dictionary(let entries) = self { entries } else { nil } }
    var array: [PDFValue]? { if case .array(let values) = self { values } else { nil } }
    var name: String? { if case .name(let name) = self { name } else { nil } }
}

typealias PDFDictionary = [PDFKey: PDFValue]

/// The entries of dictionaries that matter here; all others are skipped.
enum PDFKey: String, CaseIterable {
    case type = "Type"
    case kids = "Kids"
    case count = "Count"
    case pages = "Pages"
    case root = "Root"
    case encrypt = "Encrypt"
    case previous = "Prev"
    case hybrid = "XRefStm"
    case size = "Size"
    case widths = "W"
    case index = "Index"
    case length = "Length"
    case filter = "Filter"
    case parameters = "DecodeParms"
    case predictor = "Predictor"
    case colors = "Colors"
    case bitsPerComponent = "BitsPerComponent"
    case columns = "Columns"
    case number = "N"
    case first = "First"
    case version = "Version"
    case linearized = "Linearized"
    case earlyChange = "EarlyChange"
}

/// Why a structure could not be followed.
enum PDFStop: Error {
    /// The bytes are not what they should be.
    case damaged
    /// The available bytes end before the value does.
    case cut
    case encrypted
    case tooComplex
}

/// Reads values from bytes. Source: ISO 32000-1, 7.2 and 7.3.
struct PDFLexer {
    /// The nesting of arrays and dictionaries that is kept; real ones that matter have three levels.
    private static let maxDepth = 16

    let bytes: UnsafeRawBufferPointer
    private(set) var position: Int

    init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// Whether a byte is white space.
    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 || byte == 0x0C || byte == 0
    }

    private static func isDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x28, 0x29, 0x3C, 0x3E, 0x5B, 0x5D, 0x7B, 0x7D, 0x2F, 0x25: true  // ( ) < > [ ] { } / %
        default: false
        }
    }

    private static func isRegular(_ byte: UInt8) -> Bool { !isSpace(byte) && !isDelimiter(byte) }

    /// Skips white space and comments.
    mutating func skipSpace() {
        while position < bytes.count {
            let byte = bytes[position]
            if Self.isSpace(byte) {
                position += 1
            } else if byte == 0x25 {
                while position < bytes.count, bytes[position] != 0x0A, bytes[position] != 0x0D {
                    position += 1
                }
            } else {
                return
            }
        }
    }

    private func peek() throws(PDFStop) -> UInt8 {
        guard position < bytes.count else { throw .cut }
        return bytes[position]
    }

    /// Skips a word that is required, as in `obj`.
    mutating func expect(_ word: StaticString) throws(PDFStop) {
        skipSpace()
        guard position + word.utf8CodeUnitCount <= bytes.count else { throw .cut }
        guard bytes.has(word, at: position) else { throw .damaged }
        position += word.utf8CodeUnitCount
    }

    /// Skips a word if it is next.
    mutating func take(_ word: StaticString) -> Bool {
        skipSpace()
        guard bytes.has(word, at: position) else { return false }
        position += word.utf8CodeUnitCount
        return true
    }

    /// A whole number without a sign, as in offsets and object numbers.
    mutating func natural() throws(PDFStop) -> Int {
        skipSpace()
        guard let value = try digits() else { throw .damaged }
        return value
    }

    /// Skips the end of a line after the word `stream`.
    mutating func skipEndOfLine() {
        if position < bytes.count, bytes[position] == 0x0D { position += 1 }
        if position < bytes.count, bytes[position] == 0x0A { position += 1 }
    }

    private mutating func digits() throws(PDFStop) -> Int? {
        var value = 0
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
            guard position - start < 18 else { throw .damaged }
            value = value * 10 + Int(bytes[position] - 0x30)
            position += 1
        }
        // The digits may continue beyond the available bytes.
        if position >= bytes.count { throw .cut }
        return position > start ? value : nil
    }

    /// The next value.
    mutating func value(depth: Int = 0) throws(PDFStop) -> PDFValue {
        skipSpace()
        switch try peek() {
        case 0x2F:  // /
            position += 1
            return .name(try name())
        case 0x30...0x39, 0x2B, 0x2D, 0x2E: return try number()
        case 0x5B:  // [
            guard depth < Self.maxDepth else { throw .tooComplex }
            position += 1
            var values: [PDFValue] = []
            while true {
                skipSpace()
                if try peek() == 0x5D {
                    position += 1
                    return .array(values)
                }
                values.append(try value(depth: depth + 1))
            }
        case 0x3C:  // <
            if try isDictionary() {
                guard depth < Self.maxDepth else { throw .tooComplex }
                return .dictionary(try dictionary(depth: depth))
            }
            try skipText()
            return .other
        case 0x28:  // (
            try skipText()
            return .other
        case let byte where Self.isRegular(byte):
            while try Self.isRegular(peek()) { position += 1 }
            return .other
        default: throw .damaged
        }
    }

    private func isDictionary() throws(PDFStop) -> Bool {
        guard position + 1 < bytes.count else { throw .cut }
        return bytes[position + 1] == 0x3C
    }

    private mutating func dictionary(depth: Int) throws(PDFStop) -> PDFDictionary {
        position += 2
        var entries: PDFDictionary = [:]
        while true {
            skipSpace()
            let byte = try peek()
            if byte == 0x3E {
                guard position + 1 < bytes.count else { throw .cut }
                guard bytes[position + 1] == 0x3E else { throw .damaged }
                position += 2
                return entries
            }
            // Not a key: readers look for the next one.
            guard byte == 0x2F else {
                try skipValue()
                continue
            }
            position += 1
            if let key = PDFKey(rawValue: try name()) {
                // Of two entries with the same key the last counts, as in most readers.
                entries[key] = try value(depth: depth + 1)
            } else {
                try skipValue()
            }
        }
    }

    private mutating func name() throws(PDFStop) -> String {
        let start = position
        var hasEscape = false
        while try Self.isRegular(peek()) {
            if bytes[position] == 0x23 { hasEscape = true }
            position += 1
        }
        // Names that matter are short.
        guard position - start <= 64 else { return "" }
        let raw = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
        guard hasEscape else { return String(decoding: raw, as: UTF8.self) }
        var plain: [UInt8] = []
        var index = 0
        while index < raw.count {
            if raw[index] == 0x23, index + 2 < raw.count, let high = raw[index + 1].hexadecimal,
                let low = raw[index + 2].hexadecimal
            {
                plain.append(high << 4 | low)
                index += 3
            } else {
                plain.append(raw[index])
                index += 1
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }

    /// A number, or a reference: two whole numbers and an R.
    private mutating func number() throws(PDFStop) -> PDFValue {
        var isNegative = false
        while true {
            let byte = try peek()
            guard byte == 0x2B || byte == 0x2D else { break }
            if byte == 0x2D { isNegative = true }
            position += 1
        }
        let whole = try digits()
        if try peek() == 0x2E {
            position += 1
            _ = try digits()
            // Some writers give counts as `9.0`.
            return .integer((isNegative ? -1 : 1) * (whole ?? 0))
        }
        guard let whole else {
            while try Self.isRegular(peek()) { position += 1 }
            return .other
        }
        if isNegative { return .integer(-whole) }
        // A reference?
        let end = position
        skipSpace()
        let byte = try peek()
        if position > end, (0x30...0x39).contains(byte) {
            _ = try digits()
            skipSpace()
            if try peek() == 0x52 {
                guard position + 1 < bytes.count else { throw .cut }
                if !Self.isRegular(bytes[position + 1]) {
                    position += 1
                    return .reference(whole)
                }
            }
        }
        position = end
        return .integer(whole)
    }

    /// Skips a text in round or angle brackets.
    private mutating func skipText() throws(PDFStop) {
        if bytes[position] == 0x3C {
            while try peek() != 0x3E { position += 1 }
            position += 1
            return
        }
        var depth = 0
        while true {
            switch try peek() {
            case 0x5C: position += 1
            case 0x28: depth += 1
            case 0x29: depth -= 1
            default: break
            }
            position += 1
            if depth == 0 { return }
        }
    }

    /// Skips one value, however deep it goes, without keeping anything.
    private mutating func skipValue() throws(PDFStop) {
        var depth = 0
        repeat {
            skipSpace()
            switch try peek() {
            case 0x2F:
                position += 1
                while try Self.isRegular(peek()) { position += 1 }
            case 0x28: try skipText()
            case 0x3C:
                if try isDictionary() {
                    depth += 1
                    position += 2
                } else {
                    try skipText()
                }
            case 0x5B:
                depth += 1
                position += 1
            case 0x5D:
                // An end without a beginning.
                guard depth > 0 else { throw .damaged }
                depth -= 1
                position += 1
            case 0x3E:
                guard depth > 0 else { throw .damaged }
                guard position + 1 < bytes.count else { throw .cut }
                depth -= 1
                position += bytes[position + 1] == 0x3E ? 2 : 1
            case 0x30...0x39 where depth == 0, 0x2B where depth == 0, 0x2D where depth == 0,
                0x2E where depth == 0:
                _ = try number()
            case let byte where Self.isRegular(byte):
                while try Self.isRegular(peek()) { position += 1 }
            default: throw .damaged
            }
        } while depth > 0
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit.
    var hexadecimal: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}
