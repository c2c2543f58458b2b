public import VisionRules

extension RuleCode {
    /// R402 `unlabelled-images`.
    public static let unlabelledImages = RuleCode(rawValue: "R402")
}

extension RequestRule {
    /// R402: a message has several images, and not each is preceded by a text that names it.
    static let unlabelledImages = RequestRule(
        Rule(
            .unlabelledImages, "unlabelled-images", .note,
            what: "A message has several images without a label before each.",
            why: "With the labels `Image 1:`, `Image 2:`, question and answer can name them.",
            example: "Two photos and the question: what is different?",
            remedy: "Put a text block `Image 1:` before the first image, and so on."),
        block: { block in
            guard let count = block.context.layout.unlabelled[block.index] else { return nil }
            return Observation(
                "\(count) images of this message have no label such as “Image 1:”, this is the first",
                measured: count)
        })
}
