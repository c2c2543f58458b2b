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
    /// R407: something has to change before thinking that is bound to it. Found once the images have been
    /// judged: ``Finding/thinkingBound(in:behind:)``.
    static let thinkingBoundToPrefix = RequestRule(
        Rule(
            .thinkingBoundToPrefix, "thinking-bound-to-prefix", .warning,
            what: "An image has to change, and thinking after it is bound to everything before it.",
            why:
                "Some models check that nothing before a thinking block has changed, and refuse the request "
                + "otherwise: always, only for newer accounts, or possibly, depending on the model.",
            example: "An oversized image in the first message, and a thinking block in the answer to it.",
            remedy:
                "Remove the thinking after the change (--thinking strip), or have the service leave it out "
                + "(--thinking drop-block, with the header anthropic-beta: thinking-binding-controls-2026-08-01). "
                + "It is safe to change an image before it is first sent, always in the same way.",
            command: Rule.repairCommand + " --thinking strip",
            serviceTexts: [.thinkingOfOtherConversation, .latestThinkingChanged]))
}

extension Finding {
    /// The finding for thinking after a message that has to change; nil if there is none.
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
