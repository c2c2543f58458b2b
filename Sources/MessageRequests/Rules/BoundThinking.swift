internal import VisionRules

/// Thinking of one request that is bound to something before it.
struct BoundThinking {
    /// The messages with thinking after the place in question.
    let messages: [ThinkingMessage]
    /// Messages that may not change: the assistant's latest, while a tool call has to be answered.
    let fixedMessages: Set<Int>

    /// The thinking of a request after a message; nil if there is none.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - message: the message that changes; nil for the system prompt.
    init?(in request: ScannedRequest, behind message: Int?) {
        messages = request.thinking.filter { $0.message > message ?? -1 }
        guard !messages.isEmpty else { return nil }
        fixedMessages = request.openToolLoop
    }

    /// The consequence, as a sentence.
    func message(count: Int, _ model: ModelCatalog.Model) -> String {
        let blocks = count == 1 ? "a thinking block is" : "\(count) thinking blocks are"
        let answer =
            switch model.thinkingBinding {
            case .everyAccount: "refuses the request"
            case .newerAccounts: "refuses the request for newer accounts"
            case .possible, .none: "may refuse the request"
            }
        return "\(blocks) bound to an earlier image that has to change; \(model.id) \(answer)"
    }
}

extension [ThinkingMessage] {
    /// How many thinking blocks they hold.
    var blockCount: Int { reduce(0) { $0 + $1.blocks.count(where: \.isThinking) } }

    /// The path of the first thinking block; nil if there is none.
    var firstPath: String? {
        guard let first, let block = first.blocks.first(where: \.isThinking) else { return nil }
        return "messages.\(first.message).content.\(block.index)"
    }
}

extension ScannedRequest {
    /// The latest message of the assistant while a tool call has to be answered; empty otherwise. Agents log
    /// one message as several.
    fileprivate var openToolLoop: Set<Int> {
        guard let last = messages.lastIndex(where: { $0.role == .assistant }) else { return [] }
        let id = messages[last].id
        let parts = messages.indices.filter {
            $0 == last || id != 0 && messages[$0].role == .assistant && messages[$0].id == id
        }
        return parts.contains { messages[$0].hasToolUse } ? Set(parts) : []
    }
}
