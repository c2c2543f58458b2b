package import ImageHeaders

/// The sentence of a finding, as it is written in the source: a literal with values in it.
///
/// The literals of `String` cost microseconds for a sentence with numbers in it, as much as reading the
/// file's header. This type is filled in a single pass.
package struct MessageText: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// The sentence.
    package let text: String

    /// A ready-made sentence.
    package init(_ text: String) { self.text = text }

    /// A sentence without values.
    package init(stringLiteral value: String) { text = value }

    /// A sentence with its values filled in.
    package init(stringInterpolation: StringInterpolation) {
        text = String(decoding: stringInterpolation.bytes, as: UTF8.self)
    }

    /// Collects the parts of a sentence.
    package struct StringInterpolation: StringInterpolationProtocol, Sendable {
        fileprivate var bytes: [UInt8] = []

        /// Makes room.
        package init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + 12 * interpolationCount)
        }

        /// Appends the text between two values.
        package mutating func appendLiteral(_ literal: String) {
            var literal = literal
            literal.withUTF8 { bytes.append(contentsOf: $0) }
        }

        /// Appends a text.
        package mutating func appendInterpolation(_ text: String) { appendLiteral(text) }

        /// Appends a number in decimal digits.
        package mutating func appendInterpolation(_ value: Int) {
            if value < 0 { bytes.append(UInt8(ascii: "-")) }
            var rest = value.magnitude
            let first = bytes.count
            repeat {
                bytes.append(UInt8(ascii: "0"))
                rest /= 10
            } while rest > 0
            rest = value.magnitude
            for index in (first..<bytes.count).reversed() {
                bytes[index] += UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
        }

        /// Appends a size, as in `1092x1092`.
        package mutating func appendInterpolation(_ size: PixelSize) {
            appendInterpolation(size.width)
            bytes.append(UInt8(ascii: "x"))
            appendInterpolation(size.height)
        }

        /// Appends anything else as it describes itself.
        package mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            appendLiteral(value.description)
        }
    }
}
