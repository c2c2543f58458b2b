/// Reads CSV (RFC 4180).
enum CSVTable {
    /// The first two columns of a table: the second by the first.
    static func firstColumns(of text: String) -> [String: String] {
        var rows: [[String]] = [[""]]
        var isQuoted = false
        var wasQuote = false
        // CR and LF together are one Character, so scalars are compared.
        for scalar in text.unicodeScalars {
            let isQuote = scalar == "\""
            if isQuote {
                // Two quotation marks within quoted text stand for one.
                if wasQuote { rows[rows.count - 1][rows[rows.count - 1].count - 1].append("\"") }
                wasQuote = isQuoted
                isQuoted.toggle()
                continue
            }
            wasQuote = false
            switch scalar {
            case "," where !isQuoted: rows[rows.count - 1].append("")
            case "\n" where !isQuoted: rows.append([""])
            case "\r" where !isQuoted: break
            default:
                let row = rows.count - 1
                rows[row][rows[row].count - 1].unicodeScalars.append(scalar)
            }
        }
        var table: [String: String] = [:]
        for row in rows where row.count >= 2 { table[row[0]] = row[1] }
        return table
    }
}
