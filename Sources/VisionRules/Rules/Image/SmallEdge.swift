internal import ImageHeaders

extension RuleCode {
    /// I302 `small-edge`.
    public static let smallEdge = RuleCode(rawValue: "I302")
}

extension ImageRule {
    /// I302: a side so short that the guide warns of worse answers. Not reported for a tiny image (I303).
    static let smallEdge = ImageRule(
        Rule(
            .smallEdge, "small-edge", .warning,
            what: "A side is shorter than 200 px.",
            why: "The guide warns that answers may be worse below 200 px.",
            example: "A thumbnail of 160×120 px.",
            remedy: "Send the original instead of its thumbnail. Enlarging it adds no detail.")
    ) { subject, facts, seen, destination in
        let shortEdge = facts.size.shortEdge
        guard shortEdge < leastEdge, shortEdge >= tinyEdge else { return nil }
        return Observation(
            "the shortest side is \(shortEdge) px; below \(leastEdge) px answers may be worse",
            measured: shortEdge, limit: leastEdge)
    }
}

/// The guide: "may degrade" below this many px.
private let leastEdge = 200
