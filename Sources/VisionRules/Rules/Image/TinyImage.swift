internal import ImageHeaders

/// I303: an image so small that it can hardly show anything.
enum TinyImage: ImageRule {
    static let code = RuleCode.tinyImage

    /// Below this many px on a side an image is tiny.
    static let leastEdge = 8

    static func check(
        _ subject: ImageSubject, facts: ImageFacts, seen: SeenSize, destination: Destination,
        into findings: inout [Finding]
    ) {
        let shortEdge = facts.size.shortEdge
        guard shortEdge < leastEdge else { return }
        findings.append(
            Finding(
                code,
                """
                the image is \(facts.displaySize) px; with a side below \(leastEdge) px there is hardly \
                anything to see
                """,
                measured: shortEdge, limit: leastEdge))
    }
}
