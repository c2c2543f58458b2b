internal import ImagePreflight

/// Which rows a command writes: `--show`. The others still count.
enum ShownRows: String, CaseIterable, Sendable {
    /// Every row.
    case all
    /// Rows with findings.
    case findings
    /// Rows with an error: what the service would refuse.
    case refused

    /// Whether a row with these findings is written.
    func includes(_ findings: [Finding]) -> Bool {
        switch self {
        case .all: true
        case .findings: !findings.isEmpty
        case .refused: findings.containError
        }
    }

    /// How many rows a table has by default: nobody reads 10,000.
    static let readableCount = 100

    /// What a table shows by default: the most that can be read, and what would be refused in any case.
    static func readable(of rows: [[Finding]]) -> ShownRows {
        if rows.count <= readableCount { return .all }
        return rows.count(where: findings.includes) <= readableCount ? .findings : .refused
    }

    /// The note about rows that a table leaves out by default.
    func note(notShown: Int, of count: Int) -> String {
        let reason =
            switch self {
            case .all, .findings: "nothing was found in them"
            case .refused: "they would not be refused"
            }
        return "\(Amounts.count(notShown)) of \(Amounts.count(count)) rows are not shown: \(reason). "
            + "--show all shows every row.\n"
    }

    /// The end of a summary; empty if every row is shown.
    static func summaryPart(notShown: Int) -> [String] {
        notShown > 0 ? ["\(Amounts.count(notShown, "row")) not shown"] : []
    }
}

/// A record about an image or a request that was judged.
protocol JudgedRecord: TabularRecord {
    /// What the rules found.
    var findings: [Finding] { get }
}
