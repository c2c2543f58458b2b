internal import ImageHeaders

/// I301: the service makes the image smaller before the model sees it. Not said of an image that the
/// service refuses anyway.
enum DownsizedByService: ImageRule {
    static let code = RuleCode.downsizedByService

    static func check(
        _ subject: ImageSubject, facts: ImageFacts, seen: SeenSize, destination: Destination,
        into findings: inout [Finding]
    ) {
        guard seen.isDownsized, !findings.containError else { return }
        findings.append(
            Finding(
                code,
                "the model sees \(seen.size) px instead of \(facts.displaySize) px (\(seen.tokens) tokens)",
                measured: facts.size.longEdge, limit: seen.size.longEdge))
    }
}
