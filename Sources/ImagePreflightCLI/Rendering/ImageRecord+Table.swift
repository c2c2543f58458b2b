internal import PreflightRecords
internal import ImagePreflight
internal import MessageRequests

extension ImageRecord: JudgedRecord {
    static let columnNames = CodingKeys.allCases.map(\.stringValue)

    static let headings: [Table.Heading] = [
        .text("VERDICT"), .text("FORMAT"), .number("SIZE"), .number("SEES"), .number("TOKENS"),
        .number("GUIDE"), .number("COST"), .number("BYTES"), .text("FINDINGS"), .path("PATH"),
    ]

    var cells: [String] {
        [
            verdict.rawValue, format?.rawValue ?? "",
            displaySize?.description ?? documentPages.map { Amounts.count($0, "page") } ?? "",
            seenSize?.description ?? "", tokens.map { String($0) } ?? "",
            guideTokens.map { String($0) } ?? "",
            cost?.shortText ?? "", Amounts.bytes(byteCount),
            FindingList.codes(findings), path?.text ?? "",
        ]
    }
}

/// Findings in readable form.
enum FindingList {
    /// How many findings are listed below a table; more would bury it.
    static let detailLimit = 20

    /// The codes, as in `I301 I401`.
    static func codes(_ findings: [Finding]) -> String {
        findings.map(\.code.rawValue).joined(separator: " ")
    }

    /// A row's findings, with the name to show.
    typealias Row = (name: String, findings: [Finding])

    /// The lines below a table: each finding if there are few, and the count of each rule if there are many.
    ///
    /// - Parameters:
    ///   - shown: the rows of the table, whose findings are listed.
    ///   - all: these and the rows that are not shown, whose findings are counted; nil if every row is shown.
    /// - Returns: lines, each terminated by a line feed; empty without findings.
    static func footer(_ shown: [Row], all: [Row]? = nil) -> String {
        let details = shown.flatMap { row in row.findings.map { (row.name, $0) } }
        let counted = (all ?? shown).flatMap(\.findings)
        return (details.count <= detailLimit ? list(details) : "")
            + (counted.count > detailLimit ? counts(of: counted) : "")
    }

    private static func list(_ findings: [(name: String, finding: Finding)]) -> String {
        guard !findings.isEmpty else { return "" }
        let lines = findings.map { name, finding in
            Terminal.printable(
                "\(finding.code.rawValue) \(finding.severity.rawValue): \(name): \(finding.message)")
        }
        return "\n" + lines.joined(separator: "\n") + "\n"
    }

    private static func counts(of findings: [Finding]) -> String {
        var table = Table([.text("CODE"), .number("IMAGES"), .text("SEVERITY"), .text("RULE")])
        for rule in Rule.all {
            let count = findings.count { $0.code == rule.code }
            if count > 0 {
                table.append([rule.code.rawValue, Amounts.count(count), rule.severity.rawValue, rule.name])
            }
        }
        return "\n" + table.text(width: Terminal.outputWidth, isColored: Terminal.wantsColor)
            + "\n`image-preflight rules CODE` explains a rule and what to do.\n"
    }
}
