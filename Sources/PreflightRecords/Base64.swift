/// Base64 (RFC 4648, section 4: the standard alphabet, padded, no line breaks).
package enum Base64 {
    /// The characters by their value.
    package static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Two characters for each 12 bits, in memory order.
    private static let pairs: [UInt16] = (0..<4096).map { value in
        UInt16(littleEndian: UInt16(alphabet[value >> 6]) | UInt16(alphabet[value & 63]) << 8)
    }

    /// Encodes bytes.
    ///
    /// - Parameter bytes: what to encode, at least one byte.
    /// - Returns: the text.
    package static func encoded(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { letters, count in
            count = encode(bytes, into: UnsafeMutableRawBufferPointer(letters))
        }
    }

    /// Encodes bytes.
    ///
    /// - Parameters:
    ///   - bytes: what to encode. Only the last piece may have a length that is not a multiple of 3.
    ///   - output: where the text goes; at least `4 * ceil(bytes.count / 3)` bytes.
    /// - Returns: how many characters were written.
    package static func encode(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
        -> Int
    {
        var read = 0
        var written = 0
        pairs.withUnsafeBufferPointer { pairs in
            // Six bytes are four pairs; the load takes eight.
            while bytes.count - read >= 8 {
                let word = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: read, as: UInt64.self))
                output.storeBytes(of: pairs[Int(word >> 52)], toByteOffset: written, as: UInt16.self)
                output.storeBytes(
                    of: pairs[Int(word >> 40 & 0xFFF)], toByteOffset: written + 2, as: UInt16.self)
                output.storeBytes(
                    of: pairs[Int(word >> 28 & 0xFFF)], toByteOffset: written + 4, as: UInt16.self)
                output.storeBytes(
                    of: pairs[Int(word >> 16 & 0xFFF)], toByteOffset: written + 6, as: UInt16.self)
                read += 6
                written += 8
            }
        }
        while read < bytes.count {
            let left = bytes.count - read
            let group =
                UInt32(bytes[read]) << 16 | (left > 1 ? UInt32(bytes[read + 1]) << 8 : 0)
                | (left > 2 ? UInt32(bytes[read + 2]) : 0)
            output[written] = alphabet[Int(group >> 18)]
            output[written + 1] = alphabet[Int(group >> 12 & 63)]
            output[written + 2] = left > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "=")
            output[written + 3] = left > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "=")
            read += 3
            written += 4
        }
        return written
    }

    /// Encodes bytes as text.
    ///
    /// - Parameter bytes: what to encode.
    /// - Returns: the text.
    package static func text(_ bytes: some Collection<UInt8>) -> String {
        Array(bytes).withUnsafeBytes { String(decoding: encoded($0), as: UTF8.self) }
    }

    /// Decodes text.
    ///
    /// - Parameter text: the text; the padding may be missing.
    /// - Returns: the bytes; nil when it is not base64.
    package static func decoded(_ text: String) -> [UInt8]? {
        var letters = Array(text.utf8)[...]
        while letters.last == UInt8(ascii: "=") { letters.removeLast() }
        guard letters.count % 4 != 1 else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(letters.count / 4 * 3 + 2)
        var bits: UInt32 = 0
        var bitCount = 0
        for letter in letters {
            let value = values[Int(letter)]
            guard value < 64 else { return nil }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            }
        }
        return result
    }

    /// The value of each character; 255 if it has none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
        return values
    }()
}
