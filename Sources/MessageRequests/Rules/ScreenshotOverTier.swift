internal import PreflightRecords
internal import ImageHeaders
public import VisionRules

extension RuleCode {
    /// R405 `screenshot-over-tier`.
    public static let screenshotOverTier = RuleCode(rawValue: "R405")
}

extension RequestRule {
    /// R405: a screenshot in the result of the computer or browser tool is larger than the model's tier.
    static let screenshotOverTier = RequestRule(
        Rule(
            .screenshotOverTier, "screenshot-over-tier", .error,
            what:
                "A screenshot in the result of the computer or browser tool is larger than the model's tier.",
            why: "Such a screenshot is refused, not downsized, because clicks would miss.",
            example: "A screenshot of 3840×2160 px for a model of the standard tier.",
            remedy: "Scale the screenshot before sending it, and scale the clicks back.",
            command: Rule.repairCommand),
        block: { block in
            guard block.context.screenshots.contains(block.index), let seen = block.seen, seen.isDownsized,
                let size = block.image.reading?.facts?.displaySize
            else { return nil }
            return Observation(
                """
                the screenshot is \(size) px; results of this tool are not downsized, \
                at most \(seen.size) px are accepted
                """,
                measured: size.longEdge, limit: seen.size.longEdge)
        })
}
