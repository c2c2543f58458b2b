internal import PreflightRecords
internal import ImageHeaders
internal import ImagePreflight

/// The sums of a manifest, before and after.
struct ReportTotals: Sendable {
    /// Something measured before and after.
    struct Pair: Sendable {
        var before = 0
        var after = 0
    }

    var images = 0
    var refused = Pair()
    /// Images with an output.
    var prepared = 0
    /// Bytes of those, since refused images have no size after.
    var bytes = Pair()
    /// Images that count before and after: accepted as they are, and prepared. Only these can be compared.
    var compared = 0
    /// Tokens of those.
    var tokens = Pair()
    /// Micro-dollars of those.
    var cost = Pair()
    /// Images whose text was measured.
    var withText = 0
    /// Those of them whose text is too small in what the model sees.
    var smallText = Pair()
    /// Tokens of all that was prepared.
    var tokensOfAll = 0
    /// Micro-dollars of all that was prepared.
    var costOfAll = 0
    /// How many images have findings of each rule.
    var rules: [RuleCode: (finding: Finding, images: Int)] = [:]

    mutating func count(_ row: ReportRow) {
        images += 1
        if row.verdict == .rejected { refused.before += 1 }
        if row.action == .failed { refused.after += 1 }
        let findings = Dictionary(row.findings.map { ($0.finding.code, $0.finding) }) { first, _ in first }
        for (code, finding) in findings { rules[code, default: (finding, 0)].images += 1 }
        guard !row.outputs.isEmpty else { return }
        prepared += 1
        if let text = row.text {
            withText += 1
            if text.isTooSmallBefore { smallText.before += 1 }
            if text.isTooSmallAfter { smallText.after += 1 }
        }
        bytes.before = bytes.before.saturatingAdd(row.record?.byteCount ?? 0)
        bytes.after = bytes.after.saturatingAdd(row.outputBytes)
        tokensOfAll = tokensOfAll.saturatingAdd(row.outputTokens)
        costOfAll = costOfAll.saturatingAdd(row.outputCost.microdollars)
        guard row.isCompared else { return }
        compared += 1
        tokens.before = tokens.before.saturatingAdd(row.record?.tokens ?? 0)
        tokens.after = tokens.after.saturatingAdd(row.outputTokens)
        cost.before = cost.before.saturatingAdd(row.record?.cost?.microdollars ?? 0)
        cost.after = cost.after.saturatingAdd(row.outputCost.microdollars)
    }
}

/// The cost of the set with every available model.
struct ModelCosts: Sendable {
    struct Line: Sendable {
        let destination: Destination
        /// For the images that count before and after.
        var before = Cost.zero
        /// For the images that count before and after.
        var after = Cost.zero
        /// For all that was prepared.
        var all = Cost.zero
        /// For all that was prepared.
        var tokens = 0

        mutating func count(before original: PixelSize?, after prepared: [PixelSize]) {
            var (tokensAfter, costAfter) = (0, Cost.zero)
            for size in prepared {
                let seen = SeenSize(of: size, tier: destination.model.tier).tokens
                tokensAfter += seen
                costAfter += destination.cost(imageTokens: seen)
            }
            tokens += tokensAfter
            all += costAfter
            guard let original else { return }
            after += costAfter
            before += destination.cost(
                imageTokens: SeenSize(of: original, tier: destination.model.tier).tokens)
        }
    }

    private(set) var lines: [Line]

    init(_ catalog: ModelCatalog, platform: ModelCatalog.Platform) {
        lines = catalog.models.filter { !$0.isRetired }.map { model in
            Line(destination: Destination(model: model, platform: platform))
        }
    }

    mutating func count(_ row: ReportRow) {
        let prepared = row.outputs.map(\.size).filter { $0.shortEdge > 0 }
        guard !prepared.isEmpty else { return }
        let original = row.isCompared ? row.record?.displaySize : nil
        for index in lines.indices { lines[index].count(before: original, after: prepared) }
    }
}
