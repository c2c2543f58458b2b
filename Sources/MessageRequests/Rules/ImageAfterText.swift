public import VisionRules

extension RuleCode {
    /// R401 `image-after-text`.
    public static let imageAfterText = RuleCode(rawValue: "R401")
}

extension RequestRule {
    /// R401: all text of the message comes before its images.
    static let imageAfterText = RequestRule(
        Rule(
            .imageAfterText, "image-after-text", .note,
            what: "An image comes after the text that refers to it.",
            why: "The model works best with images before text.",
            example: "A question, followed by the photo it is about.",
            remedy: "Put the image first."),
        block: { block in
            guard block.context.layout.afterText.contains(block.index) else { return nil }
            return Observation("the image comes after the text of its message; images first work better")
        })
}
