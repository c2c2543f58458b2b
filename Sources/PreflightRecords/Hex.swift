/// Digits of base 16.
package enum Hex {
    /// A number in lower-case digits, with leading zeros.
    ///
    /// - Parameters:
    ///   - value: the number.
    ///   - digits: the least number of digits.
    ///   - uppercase: whether letters are capitals.
    /// - Returns: the digits.
    package static func text(
        _ value: some FixedWidthInteger & UnsignedInteger, digits: Int, uppercase: Bool = false
    ) -> String {
        String(value, radix: 16, uppercase: uppercase).zeroPadded(to: digits)
    }

    /// Bytes in lower-case digits, two each.
    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.flatMap { [digit($0 >> 4), digit($0 & 0x0F)] }, as: UTF8.self)
    }

    /// The lower-case digit for a value below 16, as ASCII.
    package static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}

extension String {
    /// The digits of a number with leading zeros.
    ///
    /// - Parameter count: the least number of digits.
    /// - Returns: the text.
    package func zeroPadded(to count: Int) -> String {
        String(repeating: "0", count: max(count - utf8.count, 0)) + self
    }
}
