/// Encodes base64 (RFC 4648, section 4: the standard alphabet, padded, no line breaks).
enum Base64Encoder {
    /// The letters by their value.
    static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Two letters for each 12 bits, as they lie in memory.
    private static let pairs: [UInt16] = (0..<4096).map { value in
        UInt16(littleEndian: UInt16(alphabet[value >> 6]) | UInt16(alphabet[value & 63]) << 8)
    }

    /// Encodes bytes.
    ///
    /// - Parameter bytes: what to encode, at least one byte.
    /// - Returns: the letters.
    static func encoded(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { letters, count in
            count = encode(bytes, into: UnsafeMutableRawBufferPointer(letters))
        }
    }

    /// Encodes bytes.
    ///
    /// - Parameters:
    ///   - bytes: what to encode. Only the last piece of a whole may have a length that is no multiple of 3.
    ///   - output: where the letters go; at least `4 * ceil(bytes.count / 3)` bytes.
    /// - Returns: how many letters were written.
    static func encode(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int {
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
}
