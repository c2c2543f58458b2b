internal import ImageHeaders

extension RuleCode {
    /// I305 `wasted-patches`.
    public static let wastedPatches = RuleCode(rawValue: "I305")
}

extension ImageRule {
    /// I305: a side reaches so little into its last row of patches that cutting it loses almost nothing
    /// visible and saves that row's tokens.
    ///
    /// "So little" is less than a quarter of a patch: 1 to 6 px of 28. The guide's own sizes stay just below
    /// that (819 px are 7 px into a patch). Only for images that are seen as they are.
    static let wastedPatches = ImageRule(
        Rule(
            .wastedPatches, "wasted-patches", .note,
            what: "A side ends less than a quarter of a patch (1 to 6 of 28 px) into a new row of patches.",
            why: "A partial patch costs as much as a full one.",
            example: "200×200 px cost 64 tokens, 196×196 px cost 49.",
            remedy: "Snap the sides to multiples of 28 px.", command: Rule.prepareCommand + " --snap")
    ) { subject, facts, seen, destination in
        guard !seen.isDownsized else { return nil }
        let tier = destination.model.tier
        let snapped = PixelSize(
            width: cut(seen.size.width, patchEdge: tier.patchEdge),
            height: cut(seen.size.height, patchEdge: tier.patchEdge))
        guard snapped != seen.size else { return nil }
        let tokens = VisualTokens.count(snapped, tier: tier)
        return Observation(
            """
            \(snapped) px instead of \(seen.size) px would save \(seen.tokens - tokens) of \
            \(seen.tokens) tokens
            """,
            measured: seen.tokens, limit: tokens)
    }
}

/// The side without the few px that reach into its last patch; a single patch stays.
private func cut(_ length: Int, patchEdge: Int) -> Int {
    let rest = length % patchEdge
    return length > patchEdge && rest > 0 && rest < (patchEdge + 3) / 4 ? length - rest : length
}
