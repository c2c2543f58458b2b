/// A table for people: aligned, within the width of the terminal, colored if requested.
struct Table {
    /// One column.
    struct Heading {
        let title: String
        let isNumber: Bool
        /// Whether the column shrinks on a narrow terminal; its text is cut at the front, because the end of
        /// a path is more informative.
        let isFlexible: Bool

        static func text(_ title: String) -> Heading {
            Heading(title: title, isNumber: false, isFlexible: false)
        }
        static func number(_ title: String) -> Heading {
            Heading(title: title, isNumber: true, isFlexible: false)
        }
        static func path(_ title: String) -> Heading {
            Heading(title: title, isNumber: false, isFlexible: true)
        }
    }

    let headings: [Heading]
    var rows: [[String]] = []

    init(_ headings: [Heading]) { self.headings = headings }

    /// Adds a row; one text for each heading.
    mutating func append(_ row: [String]) {
        precondition(row.count == headings.count, "a table row needs a text for each heading")
        rows.append(row.map { Terminal.printable($0) })
    }

    /// The table as text.
    ///
    /// - Parameters:
    ///   - width: how many characters fit in a line; nil for no limit.
    ///   - isColored: whether words such as `rejected` stand out.
    /// - Returns: lines, each terminated by a line feed; empty for a table without rows.
    func text(width: Int?, isColored: Bool) -> String {
        guard !rows.isEmpty else { return "" }
        let widths = columnWidths(within: width)
        func line(_ cells: [String], _ paint: (String) -> String = { $0 }) -> String {
            let padded = zip(cells, zip(headings, widths)).map { cell, column in
                paint(Self.padded(cell, to: column.1, column.0))
            }
            var line = padded.joined(separator: Self.gap)
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }
        let header = line(headings.map(\.title))
        return (isColored ? header.styled(.dim) : header)
            + rows.map { line($0, isColored ? Palette.painted : { $0 }) }.joined()
    }

    /// The separator of columns.
    private static let gap = "  "

    /// A cell padded to the width of its column.
    private static func padded(_ cell: String, to width: Int, _ heading: Heading) -> String {
        guard cell.count <= width else {
            return heading.isFlexible ? "…" + cell.suffix(width - 1) : cell.prefix(width - 1) + "…"
        }
        let padding = String(repeating: " ", count: width - cell.count)
        return heading.isNumber ? padding + cell : cell + padding
    }

    private func columnWidths(within width: Int?) -> [Int] {
        var widths = headings.map(\.title.count)
        for row in rows {
            for (index, text) in row.enumerated() { widths[index] = max(widths[index], text.count) }
        }
        guard let width, let flexible = headings.firstIndex(where: \.isFlexible) else { return widths }
        let total = widths.reduce(0, +) + Self.gap.count * (widths.count - 1)
        if total > width { widths[flexible] = max(widths[flexible] - (total - width), 12) }
        return widths
    }
}

/// The colors of words.
enum Palette {
    /// A padded cell, colored if its word has a color.
    static func painted(_ cell: String) -> String {
        switch cell.prefix(while: { $0 != " " }) {
        case "rejected", "failed", "error": cell.styled(.red)
        case "downsized", "warning": cell.styled(.yellow)
        case "accepted", "copied", "resized", "converted", "tiled": cell.styled(.green)
        default: cell
        }
    }
}

/// How a terminal shows a text (ECMA-48, SGR).
enum TextStyle: Int {
    case bold = 1
    case dim = 2
    case underline = 4
    case red = 31
    case green = 32
    case yellow = 33
}

extension String {
    /// The text in a style, for a terminal.
    func styled(_ style: TextStyle) -> String { "\u{1B}[\(style.rawValue)m\(self)\u{1B}[0m" }
}
