public import VisionRules

extension RuleCode {
    /// R206 `empty-image`.
    public static let emptyImage = RuleCode(rawValue: "R206")
}

extension RequestRule {
    /// R206: an image block whose data is empty.
    static let emptyImage = RequestRule(
        Rule(
            .emptyImage, "empty-image", .error,
            what: "An image block has no data.",
            why: "The service refuses the whole request.",
            example: #"{"type": "base64", "media_type": "image/png", "data": ""}"#,
            remedy: "Leave the block out, or add the data.", serviceTexts: [.imageEmpty]),
        block: { block in
            guard let base64 = block.image.base64, base64.characterCount == 0, base64.uriPrefixCount == 0
            else { return nil }
            return Observation(
                "the image has no data",
                serviceError: ServiceText.imageEmpty.filled(at: block.path))
        })
}
