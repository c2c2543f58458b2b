internal import PreflightRecords
internal import ImagePreflight

/// The last line of a run on standard error.
enum SummaryLine {
    /// The findings of a check.
    static func check(_ summary: ImageRecord.Totals, notShown: Int) -> String {
        var parts = [
            "\(Amounts.count(summary.images, "image")): \(Amounts.count(summary.accepted)) accepted, "
                + "\(Amounts.count(summary.downsized)) downsized, \(Amounts.count(summary.rejected)) refused",
            "\(Amounts.count(summary.tokens)) tokens (guide: \(Amounts.count(summary.guideTokens)))",
            summary.cost.shortText, Amounts.bytes(summary.bytes),
        ]
        if summary.problems > 0 { parts.append("\(Amounts.count(summary.problems)) could not be read") }
        parts += ShownRows.summaryPart(notShown: notShown)
        return parts.joined(separator: ", ")
    }

    /// The results of a run.
    static func prepare(_ summary: ManifestRow.Totals) -> String {
        let actions = summary.actions.listed.compactMap { action, count in
            count > 0 && action != .failed ? "\(Amounts.count(count)) \(action.rawValue)" : nil
        }
        var parts = [
            "\(Amounts.count(summary.images, "image")): "
                + (actions + ["\(Amounts.count(summary.refused)) refused"]).joined(separator: ", "),
            "\(Amounts.count(summary.tokensBefore)) > \(Amounts.count(summary.tokensAfter)) tokens",
            "\(summary.costBefore.shortText) > \(summary.costAfter.shortText)",
            summary.isPlan
                ? "\(Amounts.bytes(summary.bytesBefore)) now; nothing was written"
                : "\(Amounts.bytes(summary.bytesBefore)) > \(Amounts.bytes(summary.bytesAfter))",
        ]
        if let budget = summary.budget { parts.append(self.budget(budget)) }
        if summary.problems > 0 {
            parts.append("\(Amounts.count(summary.problems)) could not be read or written")
        }
        return parts.joined(separator: "; ")
    }

    /// As in `budget $0.50: $0.499998 of the $1.02 planned given, 123 of 500 images made smaller, capped at
    /// 900 tokens or their minimum`.
    private static func budget(_ budget: ManifestRow.Totals.Budget) -> String {
        func text(_ limit: BudgetLimit) -> String {
            switch limit {
            case .tokens(let tokens): "\(Amounts.count(tokens)) tokens"
            case .cost(let cost): "$\(cost.usdText)"
            }
        }
        let text =
            "budget \(text(budget.limit)): \(text(budget.given)) of the \(text(budget.planned)) planned given, "
            + "\(Amounts.count(budget.reduced)) of \(Amounts.count(budget.images)) images made smaller"
        let cap = budget.ceiling.map { ", capped at \(Amounts.count($0)) tokens or their minimum" }
        return text + (cap ?? "")
    }
}
