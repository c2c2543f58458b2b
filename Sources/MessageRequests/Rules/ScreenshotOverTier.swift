internal import ImageHeaders
internal import VisionRules

/// R405: a screenshot in the result of the computer or browser tool is larger than the model's tier.
enum ScreenshotOverTier: BlockRule {
    static func check(_ block: BlockContext, into findings: inout [Finding]) {
        guard block.context.screenshots.contains(block.index), let seen = block.seen, seen.isDownsized,
            let size = block.image.reading?.facts?.displaySize
        else { return }
        findings.append(
            Finding(
                .screenshotOverTier,
                """
                the screenshot is \(size) px; results of this tool are not downsized, \
                at most \(seen.size) px are accepted
                """,
                measured: size.longEdge, limit: seen.size.longEdge))
    }
}
