public import VisionRules

extension RuleCode {
    /// R407 `thinking-bound-to-prefix`.
    public static let thinkingBoundToPrefix = RuleCode(rawValue: "R407")
}

extension ServiceText {
    package static let thinkingOfOtherConversation = ServiceText(
        "Invalid `signature` in `thinking` block. The block is bound to a different conversation.",
        at: .block,
        recognizedBy: [
            "Invalid `signature` in `thinking` block. The block is bound to a different conversation",
            "The block is bound to a different conversation",
        ])
    package static let latestThinkingChanged = ServiceText(
        "`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified.",
        at: .block,
        recognizedBy: [
            "`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified"
        ])
}

extension RequestRule {
    /// R407: something has to change before thinking that is bound to it. Found once the images have been judged:
    /// ``Finding/thinkingBound(in:behind:)``.
    static let thinkingBoundToPrefix = RequestRule(
        Rule(
            .thinkingBoundToPrefix, "thinking-bound-to-prefix", .warning,
            what: "An image has to change, and thinking behind it is bound to everything before it.",
            why:
                "Some models check that nothing before a thinking block has changed, and refuse the request "
                + "otherwise: always, for newer accounts, or perhaps, as the model has it.",
            example: "An oversized image in the first message, and a thinking block in the answer to it.",
            remedy:
                "Take the thinking behind the change out (--thinking strip), or let the service leave it out "
                + "(--thinking drop-block, with the header anthropic-beta: thinking-binding-controls-2026-08-01). "
                + "Changing an image before it is first sent, always in the same way, is safe.",
            command: Rule.repairCommand + " --thinking strip",
            serviceTexts: [.thinkingOfOtherConversation, .latestThinkingChanged]))
}

extension Finding {
    /// What is to be said of thinking behind a message that has to change; nil for nothing.
    static func thinkingBound(in context: RequestContext, behind message: Int?) -> Finding? {
        let model = context.destination.model
        guard model.thinkingBinding != .none, let bound = BoundThinking(in: context.request, behind: message),
            let path = bound.messages.firstPath
        else { return nil }
        return Finding(
            .thinkingBoundToPrefix,
            "\(bound.message(count: bound.messages.blockCount, model)); the first is \(path)",
            measured: bound.messages.blockCount,
            serviceError: ServiceText.thinkingOfOtherConversation.filled(at: path))
    }
}
