internal import PreflightRecords

/// Decodes base64 text from a JSON string, as much of it as is needed.
///
/// It is lenient, because errors have already been reported: white space is skipped, both alphabets are read,
/// and it ends at padding or at the first character that is neither.
enum Base64Decoder {
    /// The bytes at the start of what a text decodes to.
    ///
    /// - Parameters:
    ///   - base64: the text's place.
    ///   - text: the JSON text that contains it.
    ///   - limit: the most bytes to decode.
    /// - Returns: at most `limit` bytes; fewer when the text ends.
    static func decode(_ base64: Base64Text, in text: UnsafeRawBufferPointer, limit: Int) -> [UInt8] {
        let start = base64.range.lowerBound + base64.uriPrefixCount
        let raw = UnsafeRawBufferPointer(rebasing: text[start..<base64.range.upperBound])
        return decode(
            raw, limit: min(limit, base64.decodedByteCount), spacesArePluses: base64.spacesArePluses)
    }

    /// The bytes at the start of what the inside of a JSON string decodes to.
    ///
    /// - Parameters:
    ///   - raw: the bytes between the quotation marks, without the head of a data URI.
    ///   - limit: the most bytes to decode.
    ///   - spacesArePluses: whether spaces after the first letter are read as `+`.
    /// - Returns: at most `limit` bytes.
    static func decode(
        _ raw: UnsafeRawBufferPointer, limit: Int, spacesArePluses: Bool = false
    ) -> [UInt8] {
        guard limit > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: limit) { output, count in
            var offset = 0
            var bits: UInt32 = 0
            var bitCount = 0
            table.withUnsafeBufferPointer { table in
                while count < limit, offset < raw.count {
                    if bitCount == 0 {
                        // Four letters at once, as long as nothing but letters comes.
                        while limit - count >= 3, raw.count - offset >= 4 {
                            let a = table[Int(raw[offset])]
                            let b = table[Int(raw[offset + 1])]
                            let c = table[Int(raw[offset + 2])]
                            let d = table[Int(raw[offset + 3])]
                            guard (a | b | c | d) & 0xC0 == 0 else { break }
                            let group = UInt32(a) << 18 | UInt32(b) << 12 | UInt32(c) << 6 | UInt32(d)
                            output[count] = UInt8(truncatingIfNeeded: group >> 16)
                            output[count + 1] = UInt8(truncatingIfNeeded: group >> 8)
                            output[count + 2] = UInt8(truncatingIfNeeded: group)
                            count += 3
                            offset += 4
                        }
                        guard count < limit, offset < raw.count else { return }
                    }
                    guard let unit = next(raw, &offset) else { return }
                    var value = unit < 0x80 ? table[Int(unit)] : invalid
                    if value == whiteSpace {
                        let isPlus = spacesArePluses && unit == 0x20 && (count > 0 || bitCount > 0)
                        guard isPlus else { continue }
                        value = plus
                    }
                    guard value < 64 else { return }
                    bits = bits << 6 | UInt32(value)
                    bitCount += 6
                    if bitCount >= 8 {
                        bitCount -= 8
                        output[count] = UInt8(truncatingIfNeeded: bits >> UInt32(bitCount))
                        count += 1
                    }
                }
            }
        }
    }

    /// The next letter, unescaped.
    private static func next(_ raw: UnsafeRawBufferPointer, _ offset: inout Int) -> UInt16? {
        let byte = raw[offset]
        guard byte == UInt8(ascii: "\\") else {
            offset += 1
            return UInt16(byte)
        }
        var cursor = JSONCursor(raw, at: offset)
        guard let unit = try? cursor.escape() else { return nil }
        offset = cursor.offset
        return unit
    }

    private static let plus: UInt8 = 62
    private static let whiteSpace: UInt8 = 0x80
    private static let invalid: UInt8 = 0xFF

    /// The value of each letter, of either alphabet.
    private static let table: [UInt8] = {
        var table = [UInt8](repeating: invalid, count: 256)
        for (value, letter) in Base64.alphabet.enumerated() { table[Int(letter)] = UInt8(value) }
        table[Int(UInt8(ascii: "-"))] = 62
        table[Int(UInt8(ascii: "_"))] = 63
        for byte: UInt8 in [0x20, 0x09, 0x0A, 0x0D] { table[Int(byte)] = whiteSpace }
        return table
    }()
}
