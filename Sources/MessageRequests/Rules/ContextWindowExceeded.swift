public import VisionRules

extension RuleCode {
    /// R304 `context-window-exceeded`.
    public static let contextWindowExceeded = RuleCode(rawValue: "R304")
}

extension ServiceText {
    package static let promptTooLong = ServiceText(
        "prompt is too long: {measured} tokens > {limit} maximum")
}

extension RequestRule {
    /// R304: the images alone need more tokens than the context window has.
    static let contextWindowExceeded = RequestRule(
        Rule(
            .contextWindowExceeded, "context-window-exceeded", .error,
            what: "The images alone need more tokens than the model's context window has.",
            why: "The text is not even included. The service refuses the request.",
            example: "130 images of 1,560 tokens for a context window of 200,000 tokens.",
            remedy: "Send fewer or smaller images, or use a model with a larger context window.",
            command: Rule.packCommand, serviceTexts: [.promptTooLong]),
        request: { context in
            let limit = context.destination.model.contextWindow
            let tokens = context.imageTokens
            guard tokens > limit else { return nil }
            return Observation(
                """
                the images alone are \(tokens) tokens, the context window of \
                \(context.destination.model.id) has \(limit)
                """,
                measured: tokens, limit: limit,
                serviceError: ServiceText.promptTooLong.filled(
                    at: "", [.measured: "\(tokens)", .limit: "\(limit)"]))
        })
}
