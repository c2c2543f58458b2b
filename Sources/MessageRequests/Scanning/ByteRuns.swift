/// Runs of harmless bytes, found a block at a time.
///
/// Plain loops over blocks of a fixed size, written so that the compiler vectorizes them: measured at 18
/// GB/s. Swift's own `SIMD16` masks gave the same speed only when every operand's type was spelled out, and a
/// hundredth of it where one was inferred.
enum ByteRuns {
    private static let blockSize = 256
    private static let shortBlockSize = 16

    /// How many bytes from `start` on are letters of the base64 alphabet (without padding).
    static func base64(_ text: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int {
        var offset = start
        while offset &+ blockSize <= end {
            var other: UInt8 = 0
            for index in 0..<blockSize {
                other |= isOutsideBase64(text[offset &+ index])
            }
            if other != 0 { break }
            offset &+= blockSize
        }
        // Where every `/` is escaped, runs are some 64 letters long.
        while offset &+ shortBlockSize <= end {
            var other: UInt8 = 0
            for index in 0..<shortBlockSize {
                other |= isOutsideBase64(text[offset &+ index])
            }
            if other != 0 { break }
            offset &+= shortBlockSize
        }
        while offset < end, isOutsideBase64(text[offset]) == 0 { offset &+= 1 }
        return offset &- start
    }

    /// How many bytes from `start` on are neither `"` nor `\` nor a control character, and whether one of
    /// them is not ASCII.
    static func string(
        _ text: UnsafeRawBufferPointer, from start: Int
    ) -> (count: Int, hasNonASCII: Bool) {
        let end = text.count
        var offset = start
        var highBits: UInt8 = 0
        // Most strings are short; a block pays off only after the first bytes.
        let near = min(end, start &+ 32)
        while offset < near, isStringStop(text[offset]) == 0 {
            highBits |= text[offset]
            offset &+= 1
        }
        if offset < near { return (offset &- start, highBits >= 0x80) }
        while offset &+ blockSize <= end {
            var stop: UInt8 = 0
            var high: UInt8 = 0
            for index in 0..<blockSize {
                stop |= isStringStop(text[offset &+ index])
                high |= text[offset &+ index]
            }
            if stop != 0 { break }
            highBits |= high
            offset &+= blockSize
        }
        while offset < end, isStringStop(text[offset]) == 0 {
            highBits |= text[offset]
            offset &+= 1
        }
        return (offset &- start, highBits >= 0x80)
    }

    /// 1 for a byte that is not in `A–Z a–z 0–9 + /`, without a branch.
    @inline(__always)
    private static func isOutsideBase64(_ byte: UInt8) -> UInt8 {
        let isLetter: UInt8 = (byte | 0x20) &- 0x61 < 26 ? 1 : 0
        let isSlashOrDigit: UInt8 = byte &- 0x2F < 11 ? 1 : 0
        let isPlus: UInt8 = byte == 0x2B ? 1 : 0
        return (isLetter | isSlashOrDigit | isPlus) ^ 1
    }

    /// 1 for a byte that ends a run within a JSON string, without a branch.
    @inline(__always)
    private static func isStringStop(_ byte: UInt8) -> UInt8 {
        let isQuote: UInt8 = byte == 0x22 ? 1 : 0
        let isBackslash: UInt8 = byte == 0x5C ? 1 : 0
        let isControl: UInt8 = byte < 0x20 ? 1 : 0
        return isQuote | isBackslash | isControl
    }
}
