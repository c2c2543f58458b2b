internal import ImageHeaders

extension RuleCode {
    /// I301 `downsized-by-service`.
    public static let downsizedByService = RuleCode(rawValue: "I301")
}

extension ImageRule {
    /// I301: the service makes the image smaller before the model sees it. Not reported for an image that the
    /// service refuses anyway.
    static let downsizedByService = ImageRule(
        Rule(
            .downsizedByService, "downsized-by-service", .warning,
            what: "The service makes the image smaller before the model sees it.",
            why:
                "Bytes and time to first token are wasted on px that the model never sees, and coordinates that the model "
                + "returns are in px of the smaller image.",
            example: "3840×2160 px: a model of the standard tier sees 1456×819 px.",
            remedy:
                "Send it at the size that is seen; `locate` maps coordinates back to the original. With --tile, "
                + "images that would lose more than half of each side are cut into tiles instead.",
            command: Rule.prepareCommand, scope: .acceptedImages)
    ) { subject, facts, seen, destination in
        guard seen.isDownsized else { return nil }
        return Observation(
            "the model sees \(seen.size) px instead of \(facts.displaySize) px (\(seen.tokens) tokens)",
            measured: facts.size.longEdge, limit: seen.size.longEdge)
    }
}
