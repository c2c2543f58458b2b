internal import ImageHeaders

extension RuleCode {
    /// I303 `tiny-image`.
    public static let tinyImage = RuleCode(rawValue: "I303")
}

extension ImageRule {
    /// I303: an image so small that it can hardly show anything.
    static let tinyImage = ImageRule(
        Rule(
            .tinyImage, "tiny-image", .warning,
            what: "A side is shorter than 8 px.",
            why: "There is hardly anything to see, and images this small have occasionally been refused.",
            example: "A tracking pixel of 1×1 px from a web page.",
            remedy: "Leave it out.")
    ) { subject, facts, seen, destination in
        let shortEdge = facts.size.shortEdge
        guard shortEdge < tinyEdge else { return nil }
        return Observation(
            """
            the image is \(facts.displaySize) px; with a side below \(tinyEdge) px there is hardly \
            anything to see
            """,
            measured: shortEdge, limit: tinyEdge)
    }
}

/// Below this many px on a side an image is tiny.
let tinyEdge = 8
