internal import ImageHeaders

/// I302: a side so short that the guide warns of worse answers. Not said of a tiny image (I303).
enum SmallEdge: ImageRule {
    static let code = RuleCode.smallEdge

    /// The guide: "may degrade" below this many px.
    static let leastEdge = 200

    static func check(
        _ subject: ImageSubject, facts: ImageFacts, seen: SeenSize, destination: Destination,
        into findings: inout [Finding]
    ) {
        let shortEdge = facts.size.shortEdge
        guard shortEdge < leastEdge, shortEdge >= TinyImage.leastEdge else { return }
        findings.append(
            Finding(
                code, "the shortest side is \(shortEdge) px; below \(leastEdge) px answers may be worse",
                measured: shortEdge, limit: leastEdge))
    }
}
