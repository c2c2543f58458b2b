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
