internal import PreflightRecords

/// The letters after a `\` in JSON.
enum JSONEscape {
    /// The UTF-16 code unit of a one-letter escape, 0 for `u`, nil for anything else.
    static func unit(_ letter: UInt8) -> UInt16? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): UInt16(letter)
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "u"): 0
        default: nil
        }
    }

    /// The value of a hexadecimal digit.
    static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// Checks UTF-8 (RFC 3629).
enum UTF8Check {
    /// The first invalid byte; nil for valid UTF-8.
    static func firstDefect(_ text: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int? {
        var offset = start
        while offset < end {
            let lead = text[offset]
            let length: Int
            var least: UInt8 = 0x80
            var most: UInt8 = 0xBF
            switch lead {
            case 0..<0x80: length = 1
            case 0xC2...0xDF: length = 2
            case 0xE0...0xEF:
                length = 3
                if lead == 0xE0 { least = 0xA0 }
                if lead == 0xED { most = 0x9F }
            case 0xF0...0xF4:
                length = 4
                if lead == 0xF0 { least = 0x90 }
                if lead == 0xF4 { most = 0x8F }
            default: return offset
            }
            guard length <= end - offset else { return offset }
            for index in stride(from: 1, to: length, by: 1) {
                guard text[offset + index] >= least, text[offset + index] <= most else { return offset }
                least = 0x80
                most = 0xBF
            }
            offset += length
        }
        return nil
    }
}

extension JSONCursor {
    /// The text of a skipped string, at most `limit` bytes of it as it is written.
    ///
    /// Unpaired surrogates become U+FFFD. A limit may cut a character; what is left of it becomes U+FFFD.
    package func decoded(_ string: JSONString, limit: Int = 65_536) -> String {
        let end = min(string.range.upperBound, string.range.lowerBound + limit)
        let raw = UnsafeRawBufferPointer(rebasing: text[string.range.lowerBound..<end])
        guard string.hasEscapes else { return String(decoding: raw, as: UTF8.self) }
        var units: [UInt16] = []
        var reader = JSONCursor(raw)
        while reader.offset < raw.count {
            let run = ByteRuns.string(raw, from: reader.offset).count
            units.append(
                contentsOf: String(decoding: raw[reader.offset..<(reader.offset + run)], as: UTF8.self).utf16)
            reader.advance(to: reader.offset + run)
            guard reader.offset < raw.count else { break }
            // Cut by the limit: the rest of an escape is missing.
            guard let unit = try? reader.escape() else { break }
            units.append(unit)
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// Whether a skipped string without escapes equals `literal`.
    func matches(_ string: JSONString, _ literal: StaticString) -> Bool {
        guard string.range.count == literal.utf8CodeUnitCount else { return false }
        for index in 0..<literal.utf8CodeUnitCount
        where text[string.range.lowerBound + index] != literal.utf8Start[index] { return false }
        return true
    }
}
