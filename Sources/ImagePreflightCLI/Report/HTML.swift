/// A piece of HTML. Every value in a literal is escaped, so a file's name cannot become markup; only HTML and what is
/// marked as `raw` goes in as it is.
struct HTML: ExpressibleByStringInterpolation {
    let text: String

    init(stringLiteral text: String) { self.text = text }

    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(2 * literalCapacity) }

        mutating func appendLiteral(_ literal: String) { text += literal }

        /// Appends a text with its special characters escaped. They are compared as code points: a quote with
        /// a combining mark is another `Character`, and a browser still ends the attribute there.
        mutating func appendInterpolation(_ text: String) {
            for scalar in text.unicodeScalars {
                switch scalar {
                case "<": self.text += "&lt;"
                case ">": self.text += "&gt;"
                case "&": self.text += "&amp;"
                case "\"": self.text += "&quot;"
                case "'": self.text += "&#39;"
                default: self.text.unicodeScalars.append(scalar)
                }
            }
        }

        mutating func appendInterpolation(_ number: Int) { text += "\(number)" }

        mutating func appendInterpolation(_ html: HTML) { text += html.text }

        mutating func appendInterpolation(_ parts: [HTML]) { for part in parts { text += part.text } }

        /// Appends style, script or data, which is safe already.
        mutating func appendInterpolation(raw: String) { text += raw }
    }
}
