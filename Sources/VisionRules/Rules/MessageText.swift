package import ImageHeaders

/// The sentence of a finding, as it is written in the source: a literal with values in it.
///
/// The literals of `String` cost microseconds for a sentence with numbers in it, as much as reading the
/// file's header. This one is filled in a single pass.
package struct MessageText: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// The sentence.
    package let text: String

    /// A sentence that was made elsewhere.
    package init(_ text: String) { self.text = text }

    /// A sentence without values.
    package init(stringLiteral value: String) { text = value }

    /// A sentence with its values filled in.
    package init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
    }

    /// Takes the parts of a sentence in turn.
    package struct StringInterpolation: StringInterpolationProtocol, Sendable {
        fileprivate var text = ""

        /// Makes room.
        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 12 * interpolationCount)
        }

        /// Takes what stands between the values.
        package mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        /// Takes a text.
        package mutating func appendInterpolation(_ text: String) { appendLiteral(text) }

        /// Takes a number.
        package mutating func appendInterpolation(_ value: Int) {
            text += String(value)
        }

        /// Takes a size, as in `1092x1092`.
        package mutating func appendInterpolation(_ size: PixelSize) {
            appendInterpolation(size.width)
            appendLiteral("x")
            appendInterpolation(size.height)
        }

        /// Takes anything else as it describes itself.
        package mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            appendLiteral(value.description)
        }
    }
}
