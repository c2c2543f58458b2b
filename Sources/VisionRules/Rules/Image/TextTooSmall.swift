internal import ImageHeaders

extension RuleCode {
    /// I306 `text-too-small`.
    public static let textTooSmall = RuleCode(rawValue: "I306")
}

extension ImageRule {
    /// I306: the smallest text is too small in what the model sees. Only if the text was measured.
    static let textTooSmall = ImageRule(
        Rule(
            .textTooSmall, "text-too-small", .warning,
            what: "The smallest text of the image is too small to be read in what the model sees.",
            why: "Words are lost or guessed, and the model answers without saying so.",
            example:
                "A screenshot of 2560×1440 px with text of 14 px: its x is 8 px high, and 4.5 px in the 1456×819 px that a "
                + "model of the standard tier sees.",
            remedy:
                "Prepare it with --fit legible, which keeps the text readable where the model's tier allows; use a model of "
                + "the high-resolution tier; or cut it into tiles with --tile. Text that is too small in the original "
                + "stays so.",
            command: Rule.prepareCommand + " --fit legible --tile", scope: .acceptedImages)
    ) { subject, facts, seen, destination in
        guard let text = subject.text, let xHeight = subject.seenXHeight(seen.size), xHeight < text.minXHeight
        else { return nil }
        let original = text.measure.smallestXHeight
        let advice =
            original < text.minXHeight
            ? "it is no larger in the original"
            : "a larger size, tiles or a model of the high-resolution tier keep it readable"
        return Observation(
            """
            the smallest text has an x-height of \(pixels(xHeight)) px in what the model sees \
            (\(pixels(original)) px in the original), and \(pixels(text.minXHeight)) px can be read; \(advice)
            """,
            measured: Int(xHeight), limit: Int(text.minXHeight.rounded(.up)))
    }
}

/// A height with at most one decimal, rounded down, so that a height below the limit does not look large enough.
private func pixels(_ height: Double) -> String {
    let tenths = Int((min(height, 1e6) * 10).rounded(.down))
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
}
