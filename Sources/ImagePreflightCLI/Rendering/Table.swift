internal import Rainbow
internal import TextTable

/// A table for people: aligned, within the width of the terminal, coloured where that is wanted.
struct Table {
    /// One column.
    struct Heading {
        let title: String
        let isNumber: Bool
        /// Whether the column gives way when the terminal is narrow; its text is cut at the front, because
        /// the end of a path says more.
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
    ///   - width: how many characters fit in a line; nil: any number.
    ///   - isColored: whether words such as `rejected` stand out.
    /// - Returns: lines, each ended by a line feed; empty for a table without rows.
    func text(width: Int?, isColored: Bool) -> String {
        let widths = columnWidths(within: width)
        let table = TextTable<[String]> { row in
            headings.indices.map { index in
                Column(
                    title: headings[index].title, value: row[index], width: widths[index],
                    align: headings[index].isNumber ? .right : .left,
                    truncate: headings[index].isFlexible ? .head : .tail)
            }
        }
        let style: any TextTableStyle.Type = isColored ? ColoredListing.self : Listing.self
        return table.string(for: rows, style: style) ?? ""
    }

    private func columnWidths(within width: Int?) -> [Int] {
        var widths = headings.map(\.title.count)
        for row in rows {
            for (index, text) in row.enumerated() { widths[index] = max(widths[index], text.count) }
        }
        guard let width, let flexible = headings.firstIndex(where: \.isFlexible) else { return widths }
        let total = widths.reduce(0, +) + Listing.gap.count * (widths.count - 1)
        if total > width { widths[flexible] = max(widths[flexible] - (total - width), 12) }
        return widths
    }
}

/// Columns with two spaces between them, and nothing drawn.
private enum Listing: TextTableStyle {
    static let gap = "  "

    static func prepare(_ text: String, for column: Column) -> String { Plain.prepare(text, for: column) }
    static func escape(_ table: String) -> String { table }
    static func begin(_ table: inout String, index: Int, columns: [Column]) {}
    static func end(_ table: inout String, index: Int, columns: [Column]) {}

    static func header(_ table: inout String, index: Int, columns: [Column]) {
        table += line(columns.map { $0.headerString(for: self) })
    }

    static func row(_ table: inout String, index: Int, columns: [Column]) {
        table += line(columns.map { $0.string(for: self) })
    }

    static func line(_ cells: [String]) -> String {
        var line = cells.joined(separator: gap)
        while line.last == " " { line.removeLast() }
        return line + "\n"
    }
}

/// ``Listing`` with the words that matter coloured.
private enum ColoredListing: TextTableStyle {
    static func prepare(_ text: String, for column: Column) -> String { Plain.prepare(text, for: column) }
    static func escape(_ table: String) -> String { table }
    static func begin(_ table: inout String, index: Int, columns: [Column]) {}
    static func end(_ table: inout String, index: Int, columns: [Column]) {}

    static func header(_ table: inout String, index: Int, columns: [Column]) {
        table += Listing.line(columns.map { $0.headerString(for: self) }).dim
    }

    static func row(_ table: inout String, index: Int, columns: [Column]) {
        table += Listing.line(columns.map { Palette.painted($0.string(for: self)) })
    }
}

/// The colours of words.
enum Palette {
    /// A padded cell, coloured when it holds a word that matters.
    static func painted(_ cell: String) -> String {
        switch cell.prefix(while: { $0 != " " }) {
        case "rejected", "failed", "error": cell.red
        case "downsized", "warning": cell.yellow
        case "accepted", "copied", "resized", "converted", "tiled": cell.green
        default: cell
        }
    }
}
