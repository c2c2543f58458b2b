internal import PreflightRecords
internal import ImagePreflight
internal import MessageRequests

extension ImageRecord: TabularRecord {
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

    /// The lines below a table: each finding of a few images, or the count of each rule for many.
    ///
    /// - Parameter rows: the findings of each image with the name to show.
    /// - Returns: lines, each terminated by a line feed; empty without findings.
    static func footer(_ rows: [(name: String, findings: [Finding])]) -> String {
        let all = rows.flatMap { row in row.findings.map { (row.name, $0) } }
        guard !all.isEmpty else { return "" }
        if all.count <= detailLimit {
            let lines = all.map { name, finding in
                Terminal.printable(
                    "\(finding.code.rawValue) \(finding.severity.rawValue): \(name): \(finding.message)")
            }
            return "\n" + lines.joined(separator: "\n") + "\n"
        }
        var table = Table([.text("CODE"), .number("IMAGES"), .text("SEVERITY"), .text("RULE")])
        for rule in Rule.all {
            let count = all.count { $0.1.code == rule.code }
            if count > 0 {
                table.append([rule.code.rawValue, Amounts.count(count), rule.severity.rawValue, rule.name])
            }
        }
        return "\n" + table.text(width: Terminal.outputWidth, isColored: Terminal.wantsColor)
            + "\n`image-preflight rules CODE` explains a rule and what to do.\n"
    }
}
