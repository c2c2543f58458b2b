public import VisionRules

extension RuleCode {
    /// R403 `empty-text-block`.
    public static let emptyTextBlock = RuleCode(rawValue: "R403")
}

extension ServiceText {
    package static let emptyTextBlock = ServiceText(
        "messages: text content blocks must be non-empty")
}

extension RequestRule {
    /// R403: text blocks without text.
    static let emptyTextBlock = RequestRule(
        Rule(
            .emptyTextBlock, "empty-text-block", .error,
            what: "A text block has no text.",
            why: "The service refuses the whole request.",
            example:
                #"{"type": "text", "text": ""} next to an image, as chat programs write it for a picture "#
                + "without words.",
            remedy: "Leave the block out.", serviceTexts: [.emptyTextBlock]),
        request: { context in
            let request = context.request
            let empty = request.blocks.indices.filter { id in
                let block = request.blocks[id]
                return block.kind == .text && block.textBytes == 0 && !block.isSuperseded
            }
            guard let first = empty.first else { return nil }
            let path = request.path(of: first)
            return Observation(
                empty.count == 1
                    ? "\(path) is a text block without text"
                    : "\(empty.count) text blocks have no text, the first is \(path)",
                measured: empty.count, serviceError: ServiceText.emptyTextBlock.filled(at: ""))
        })
}
