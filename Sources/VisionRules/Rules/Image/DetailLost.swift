internal import ImageHeaders

extension RuleCode {
    /// I304 `detail-lost`.
    public static let detailLost = RuleCode(rawValue: "I304")
}

extension ImageRule {
    /// I304: the model sees less than half of each side, so small text is lost. Not reported for an image
    /// that the service refuses anyway.
    static let detailLost = ImageRule(
        Rule(
            .detailLost, "detail-lost", .warning,
            what: "The model sees less than half of each side.",
            why: "Text of normal size becomes unreadable, and the model answers without mentioning it.",
            example: "A scanned page of 4961×7016 px on a model of the standard tier.",
            remedy:
                "Cut it into tiles, or use a model of the high-resolution tier. --tile cuts images at least twice as "
                + "long as wide; --tile-ratio 1 cuts pages of any shape.",
            command: Rule.prepareCommand + " --tile", scope: .acceptedImages)
    ) { subject, facts, seen, destination in
        let original = facts.displaySize
        guard original.losesDetail(seenAs: seen.size) else { return nil }
        let percent = Int((Double(seen.size.longEdge) / Double(original.longEdge) * 100).rounded())
        return Observation(
            "the model sees \(percent) % of each side; tiles keep the detail",
            measured: original.longEdge, limit: seen.size.longEdge * 2)
    }
}
