internal import ImagePreflight

extension ManifestRow: TabularRecord {
    static let columnNames: [String] =
        ImageRecord.CodingKeys.allCases.map { "source_" + $0.stringValue }
        + OutputRecord.CodingKeys.allCases.map { "output_" + $0.stringValue }
        + [CodingKeys.action, .sourceSHA256, .perceptualHash, .findings, .error].map(\.stringValue)
        + ["budget_tokens", "budget_cost_usd", "budget_planned_tokens", "budget_reduced"]

    static let headings: [Table.Heading] = [
        .text("ACTION"), .number("FROM"), .number("TO"), .text("FORMAT"), .number("BYTES"), .number("TOKENS"),
        .number("COST"), .text("FINDINGS"), .path("PATH"),
    ]

    /// The tokens, and what they would be without a budget where that made the image smaller: `900 of 1521`.
    private var tokens: String {
        guard let count = output?.tokens ?? budget?.tokens else { return "" }
        return budget.flatMap { $0.isReduced ? "\(count) of \($0.plannedTokens)" : nil } ?? String(count)
    }

    var cells: [String] {
        let before = source?.displaySize?.description ?? ""
        let after = output?.size.description ?? map?.outputSize.description ?? ""
        let bytes = [source.map { Amounts.bytes($0.byteCount) }, output.map { Amounts.bytes($0.byteCount) }]
        return [
            action.rawValue, before, after, output?.format.rawValue ?? source?.format?.rawValue ?? "",
            bytes.compactMap { $0 }.joined(separator: " > "), tokens,
            (output?.cost ?? budget?.cost)?.shortText ?? "",
            FindingList.codes(findings + (source?.findings ?? [])), path.text,
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
        if let budget = summary.budget { parts.append(self.budget(budget)) }
        if summary.problems > 0 {
            parts.append("\(Amounts.count(summary.problems)) could not be read or written")
        }
        return parts.joined(separator: "; ")
    }

    /// As in `budget $0.50: $0.499998 of the $1.02 planned given, 123 of 500 images made smaller, to at most 900
    /// tokens`.
    private static func budget(_ budget: BudgetSummary) -> String {
        func text(_ limit: BudgetLimit) -> String {
            switch limit {
            case .tokens(let tokens): "\(Amounts.count(tokens)) tokens"
            case .cost(let cost): "$\(cost.usdText)"
            }
        }
        let text =
            "budget \(text(budget.limit)): \(text(budget.given)) of the \(text(budget.planned)) planned given, "
            + "\(Amounts.count(budget.reduced)) of \(Amounts.count(budget.images)) images made smaller"
        return text + (budget.ceiling.map { ", to at most \(Amounts.count($0)) tokens" } ?? "")
    }
}
