public import VisionRules

extension RuleCode {
    /// R406 `repeated-image`.
    public static let repeatedImage = RuleCode(rawValue: "R406")
}

extension RequestRule {
    /// R406: the same text is in the request earlier.
    static let repeatedImage = RequestRule(
        Rule(
            .repeatedImage, "repeated-image", .note,
            what: "The same image is in the request more than once.",
            why: "Every copy is paid for and counts against the limits.",
            example: "A logo that is sent along with every turn.",
            remedy: "Send it once; on the Claude API upload it and refer to it by its file id."),
        block: { block in
            guard let first = block.context.firstTwins[block.index] else { return nil }
            let request = block.context.request
            let path = request.path(of: request.images[first].blockID)
            return Observation("the same image as \(path), paid for again")
        })
}
