/// The messages of an agent's log, put together to the request that the agent would send next.
struct Conversation {
    private(set) var request = ScannedRequest()
    /// The bytes of all messages, without what a log keeps beside them.
    private(set) var bodyBytes = 0

    /// Whether nothing was logged.
    var isEmpty: Bool { request.messageCount == 0 }

    /// Adds a logged message behind the others.
    mutating func append(_ message: ScannedRequest) {
        if isEmpty { request.line = message.line }
        let firstBlock = request.blocks.count
        for var block in message.blocks {
            block.parent = block.parent.map { $0 + firstBlock }
            block.message = block.message.map { $0 + request.messageCount }
            request.blocks.append(block)
        }
        for var image in message.images {
            image.blockID += firstBlock
            request.images.append(image)
        }
        request.messageCount += message.messageCount
        request.textBytes += message.textBytes
        if let model = message.model { request.model = model }
        bodyBytes += message.range.count
    }
}

/// The conversations of a log: the main one, and one for each subagent.
///
/// Subagents run side by side, so their lines lie between one another's. Logs of 2025 do not name them; there
/// a new one begins where a line follows no other.
struct Conversations {
    private var main = Conversation()
    private var sidechains: [Conversation] = []
    private var indexOfAgent: [String: Int] = [:]
    private var indexOfUnnamed: Int?

    /// Adds a logged message to its conversation.
    mutating func append(_ message: ScannedRequest, to thread: LogThread) {
        guard case .sidechain(let agentID, let isFirst) = thread else { return main.append(message) }
        if agentID == nil, isFirst { indexOfUnnamed = nil }
        if let index = index(of: agentID) { return sidechains[index].append(message) }
        if let agentID {
            indexOfAgent[agentID] = sidechains.count
        } else {
            indexOfUnnamed = sidechains.count
        }
        sidechains.append(Conversation())
        sidechains[sidechains.count - 1].append(message)
    }

    /// Ends the conversation of a thread, which begins anew with the next message.
    ///
    /// - Returns: what was said until here; nil for nothing.
    mutating func end(_ thread: LogThread) -> Conversation? {
        var ended = Conversation()
        if case .sidechain(let agentID, _) = thread {
            guard let index = index(of: agentID) else { return nil }
            swap(&ended, &sidechains[index])
        } else {
            swap(&ended, &main)
        }
        return ended.isEmpty ? nil : ended
    }

    /// Ends all of them: the main one first, the others in the order in which they began.
    mutating func endAll() -> [Conversation] {
        let all = [main] + sidechains
        self = Conversations()
        return all.filter { !$0.isEmpty }
    }

    private func index(of agentID: String?) -> Int? {
        if let agentID { indexOfAgent[agentID] } else { indexOfUnnamed }
    }
}
