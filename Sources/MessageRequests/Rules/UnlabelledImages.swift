public import VisionRules

extension RuleCode {
    /// R402 `unlabelled-images`.
    public static let unlabelledImages = RuleCode(rawValue: "R402")
}

extension RequestRule {
    /// R402: several images in a message, and not each has a text in front that names it.
    static let unlabelledImages = RequestRule(
        Rule(
            .unlabelledImages, "unlabelled-images", .note,
            what: "Several images without a text in front of each.",
            why: "With `Image 1:`, `Image 2:` in front, question and answer can name them.",
            example: "Two photos and the question: what is different?",
            remedy: "Put a text block `Image 1:` before the first image, and so on."),
        block: { block in
            guard let count = block.context.layout.unlabelled[block.index] else { return nil }
            return Observation(
                "\(count) images of this message have no text such as “Image 1:” in front, this is the first",
                measured: count)
        })
}
