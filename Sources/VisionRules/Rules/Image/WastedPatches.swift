internal import ImageHeaders

/// I305: a side reaches so little into its last row of patches that cutting it costs nearly nothing to
/// see and saves that row's tokens.
///
/// "So little" is less than a quarter of a patch: 1 to 6 px of 28. The guide's own sizes stay below the
/// rule's notice (819 px are 7 px into a patch). Only for images that are seen as they are.
enum WastedPatches: ImageRule {
    static let code = RuleCode.wastedPatches

    static func check(
        _ subject: ImageSubject, facts: ImageFacts, seen: SeenSize, destination: Destination,
        into findings: inout [Finding]
    ) {
        guard !seen.isDownsized else { return }
        let tier = destination.model.tier
        let snapped = PixelSize(
            width: cut(seen.size.width, patchEdge: tier.patchEdge),
            height: cut(seen.size.height, patchEdge: tier.patchEdge))
        guard snapped != seen.size else { return }
        let tokens = VisualTokens.count(snapped, tier: tier)
        findings.append(
            Finding(
                code,
                """
                \(snapped) px instead of \(seen.size) px would save \(seen.tokens - tokens) of \
                \(seen.tokens) tokens
                """,
                measured: seen.tokens, limit: tokens))
    }

    /// The side without the few px that reach into its last patch; a single patch stays.
    private static func cut(_ length: Int, patchEdge: Int) -> Int {
        let rest = length % patchEdge
        return length > patchEdge && rest > 0 && rest < (patchEdge + 3) / 4 ? length - rest : length
    }
}
