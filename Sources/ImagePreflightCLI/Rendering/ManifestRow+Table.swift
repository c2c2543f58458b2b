internal import ImagePreflight

extension ManifestRow: TabularRecord {
    static let columnNames: [String] =
        ImageRecord.CodingKeys.allCases.map { "source_" + $0.stringValue }
        + OutputRecord.CodingKeys.allCases.map { "output_" + $0.stringValue }
        + [CodingKeys.action, .sourceSHA256, .findings, .error].map(\.stringValue)

    static let headings: [Table.Heading] = [
        .text("ACTION"), .number("FROM"), .number("TO"), .text("FORMAT"), .number("BYTES"), .number("TOKENS"),
        .number("COST"), .text("FINDINGS"), .path("PATH"),
    ]

    var cells: [String] {
        let before = source?.displaySize?.description ?? ""
        let after = output?.size.description ?? map?.outputSize.description ?? ""
        let bytes = [source.map { Amounts.bytes($0.byteCount) }, output.map { Amounts.bytes($0.byteCount) }]
        return [
            action.rawValue, before, after, output?.format.rawValue ?? source?.format?.rawValue ?? "",
            bytes.compactMap { $0 }.joined(separator: " > "), output.map { String($0.tokens) } ?? "",
            output?.cost.shortText ?? "", FindingList.codes(findings + (source?.findings ?? [])), path.text,
        ]
    }
}

extension SummaryLine {
    /// What a run made.
    static func prepare(_ summary: PrepareSummary) -> String {
        let actions = PrepareAction.allCases.compactMap { action -> String? in
            let count = summary.actions[action, default: 0]
            return count > 0 && action != .failed ? "\(Amounts.count(count)) \(action.rawValue)" : nil
        }
        var parts = [
            "\(Amounts.count(summary.images)) images: "
                + (actions + ["\(Amounts.count(summary.refused)) refused"]).joined(separator: ", "),
            "\(Amounts.count(summary.tokensBefore)) > \(Amounts.count(summary.tokensAfter)) tokens",
            "\(summary.costBefore.shortText) > \(summary.costAfter.shortText)",
            "\(Amounts.bytes(summary.bytesBefore)) > \(Amounts.bytes(summary.bytesAfter))",
        ]
        if summary.problems > 0 {
            parts.append("\(Amounts.count(summary.problems)) could not be read or written")
        }
        return parts.joined(separator: "; ")
    }
}
