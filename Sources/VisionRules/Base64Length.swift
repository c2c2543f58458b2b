internal import ImageHeaders

/// The length of base64 text.
package enum Base64Length {
    /// The bytes of base64 text for `byteCount` bytes, padding included; saturates instead of overflowing.
    package static func encoded(_ byteCount: Int) -> Int {
        let groups = byteCount / 3 + (byteCount % 3 == 0 ? 0 : 1)
        return groups.saturatingTimes(4)
    }

    /// The most bytes whose base64 text is at most `length` bytes long.
    package static func largestDecoded(within length: Int) -> Int { length / 4 * 3 }
}
