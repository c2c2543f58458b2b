internal import VisionRules

/// R304: the images alone need more tokens than the context window has.
enum ContextWindowExceeded: RequestRule {
    static func check(_ context: RequestContext, into findings: inout [Finding]) {
        let limit = context.destination.model.contextWindow
        let tokens = context.imageTokens
        guard tokens > limit else { return }
        findings.append(
            Finding(
                .contextWindowExceeded,
                """
                the images alone are \(tokens) tokens, the context window of \
                \(context.destination.model.id) has \(limit)
                """,
                measured: tokens, limit: limit,
                serviceError: ServiceText.promptTooLong.filled(
                    at: "", [.measured: "\(tokens)", .limit: "\(limit)"])))
    }
}
