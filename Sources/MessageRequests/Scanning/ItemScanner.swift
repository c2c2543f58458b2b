/// The kind of one JSON value of a file.
enum ScannedItem {
    /// A request by itself.
    case request(ScannedRequest)
    /// A request of a batch with its id; `hasParams` is false if there is an id without a request.
    case batchItem(ScannedRequest, customID: CustomID, hasParams: Bool, dialect: BatchDialect)
    /// One message of a conversation: a line of an agent's log, or an element of an array of messages. Its
    /// range is that of the message alone: other fields of a log's line are never sent.
    case message(ScannedRequest, LogThread, LogLink)
    /// The conversation starts over here: the agent summarized it.
    case boundary(LogThread, LogLink)
    /// The conversation continues after the event with this id: from the log's last such line.
    case leaf(UInt64)
    /// None of these; it may be an event of a log.
    case other(line: Int, range: Range<Int>, LogThread, LogLink)
}

/// How an event of a log is linked to the others: events form a tree, because users go back and start over.
///
/// Ids are kept as fingerprints.
struct LogLink: Hashable {
    /// The event's `uuid`; nil without one.
    var id: UInt64?
    /// The event it follows; nil for the first.
    var parent: UInt64?
    /// Whether the log gives a parent, even if it is null.
    var hasParentKey = false
    /// Whether it was typed while the agent was working, and is sent after the current turn.
    var isQueued = false

    /// Whether the event has a place in the tree. Other events follow each other in the order of the file.
    var isTied: Bool { id != nil && hasParentKey }
}

/// Whose conversation a line of an agent's log belongs to: each subagent has one of its own.
enum LogThread: Hashable {
    case main
    /// A subagent's, by its `agentId` if the log has one; `isFirst`: the line does not follow another.
    case sidechain(agentID: String?, isFirst: Bool)
}

/// The id of a request in a batch.
enum CustomID: Hashable {
    case missing
    case text(String)
    /// A value that is not a string.
    case notText
}

/// The provider of the batch that an item belongs to.
enum BatchDialect: Hashable {
    /// The Message Batches API: `custom_id` and `params`.
    case messages
    /// Amazon Bedrock (`recordId`, `modelInput`), Google Cloud (`custom_id`, `request`), or a gateway
    /// (`custom_id`, `body`); their ids have rules of their own.
    case other
}

/// Scans whole JSON values: documents, elements of an array, lines of JSONL.
struct ItemScanner {
    private var cursor: JSONCursor
    private let baseOffset: Int
    private let baseLine: Int

    /// A scanner of one JSON text.
    ///
    /// - Parameters:
    ///   - text: the text; it must stay in place.
    ///   - baseOffset: the text's place in the file.
    ///   - baseLine: the number of the text's first line.
    init(_ text: UnsafeRawBufferPointer, baseOffset: Int = 0, baseLine: Int = 1) {
        cursor = JSONCursor(text)
        self.baseOffset = baseOffset
        self.baseLine = baseLine
    }

    /// Scans a text that holds exactly one JSON value.
    ///
    /// - Parameter body: receives every item as soon as it is known; those of a batch that is one object
    ///   after its end, because the last of two `requests` counts.
    /// - Throws: if the text is not JSON.
    mutating func scan(_ body: (ScannedItem) -> Void) throws(JSONDefect) {
        if cursor.peek() == UInt8(ascii: "[") {
            var members = try cursor.beginArray()
            while try cursor.nextElement(&members) { try scanElement(body) }
        } else {
            try scanElement(body)
        }
        guard cursor.peek() == nil else { throw cursor.defect("nothing more after the JSON value") }
    }

    private mutating func scanElement(_ body: (ScannedItem) -> Void) throws(JSONDefect) {
        guard cursor.peek() == UInt8(ascii: "{") else {
            let line = baseLine + cursor.newlineCount
            let range = try cursor.skipValueRange()
            body(.other(line: line, range: place(range), .main, LogLink()))
            return
        }
        var object = ObjectScanner(BlockScanner(cursor, baseOffset: baseOffset, baseLine: baseLine))
        do throws(JSONDefect) {
            try object.scan(depth: 0)
        } catch {
            // Items before the error are reported all the same.
            object.emitBatch(body)
            throw error
        }
        cursor = object.scanner.cursor
        object.emit(body)
    }

    private func place(_ range: Range<Int>) -> Range<Int> {
        (range.lowerBound + baseOffset)..<(range.upperBound + baseOffset)
    }
}

/// Scans one object without knowing yet what it is.
private struct ObjectScanner {
    var scanner: BlockScanner
    private var customID = CustomID.missing
    private var wrapped: ScannedRequest?
    private var wrapper: Field?
    private var hasBatch = false
    private var batchItems: [ScannedItem] = []
    private var hasRecordID = false
    private var isSidechain = false
    private var agentID: String?
    private var link = LogLink()
    private var leaf: UInt64?
    private var type: String?
    private var isBoundary = false
    private var isMessage = false
    /// The value of `message`, or what was typed in `attachment`.
    private var messageRange: Range<Int>?
    private var role: ScannedMessage.Role?
    private var contentIsThere = false
    private var hasRequestFields = false

    init(_ scanner: BlockScanner) {
        self.scanner = scanner
        self.scanner.request.line = scanner.line
    }

    /// How deeply requests are looked for in wrappers (`{"body": {"params": {…}}}`).
    private static let maxWrappers = 3

    mutating func scan(depth: Int) throws(JSONDefect) {
        let start = scanner.cursor.offset
        var members = try scanner.cursor.beginObject()
        while let key = try scanner.cursor.nextKey(&members) {
            switch Field(key, in: scanner.cursor) {
            case .model: scanner.request.model = try scanner.text(limit: 200)
            case .maxTokens:
                scanner.request.hasMaxTokens = true
                try scanner.cursor.skipValue()
            case .messages:
                hasRequestFields = true
                try scanner.scanMessages()
            case .stream, .temperature, .topP, .topK, .stopSequences, .serviceTier, .container:
                scanner.request.asksForAnswer = true
                try scanner.cursor.skipValue()
            case .thinking: try scanner.scanThinkingSetting()
            case .modelFields: try scanner.scanModelFields()
            case .system: try scanner.scanSystem()
            case .tools: try scanner.scanTools()
            case .anthropicVersion:
                hasRequestFields = true
                scanner.request.anthropicVersion = try scanner.text(limit: 64)
            case .customID: customID = try scanCustomID()
            case .recordID:
                hasRecordID = true
                try scanner.cursor.skipValue()
            case .role:
                let (value, isText) = try scanner.scanRole()
                role = isText ? value : nil
            case .content:
                contentIsThere = true
                try scanner.scanOwnContent()
            case .isSidechain:
                isSidechain = scanner.cursor.peek() == UInt8(ascii: "t")
                try scanner.cursor.skipValue()
            case .agentID: agentID = try scanner.text(limit: 200)
            case .uuid: link.id = try scanner.scanID()
            case .parentUUID:
                link.parent = try scanner.scanID()
                link.hasParentKey = true
            case .leafUUID: leaf = try scanner.scanID()
            case .type: type = try scanner.text(limit: 64)
            case .attachment where depth == 0 && scanner.cursor.peek() == UInt8(ascii: "{"):
                messageRange = try scanner.scanAttachment()
                link.isQueued = messageRange != nil
                isMessage = isMessage || link.isQueued
            case .subtype: isBoundary = try scanner.text(limit: 64) == "compact_boundary"
            case .message where depth == 0: try scanLoggedMessage()
            case .requests where depth == 0: try scanBatch()
            case let field?
            where Self.isWrapper(field) && scanner.cursor.peek() == UInt8(ascii: "{")
                && depth < Self.maxWrappers:
                try scanWrapped(field, depth: depth)
            default: try scanner.cursor.skipValue()
            }
        }
        scanner.dropSuperseded()
        scanner.request.range = scanner.place(start..<scanner.cursor.offset)
    }

    /// Classifies the object.
    func emit(_ body: (ScannedItem) -> Void) {
        if hasBatch { return emitBatch(body) }
        let own = scanner.request
        if hasRequestFields { return body(.request(own)) }
        let hasID = customID != .missing || hasRecordID
        if wrapper == .params || hasID && wrapper != nil {
            let dialect: BatchDialect = wrapper == .params ? .messages : .other
            return body(
                .batchItem(wrapped ?? own, customID: customID, hasParams: wrapped != nil, dialect: dialect))
        }
        if let wrapped { return body(.request(wrapped)) }
        if isBoundary { return body(.boundary(thread, link)) }
        if isMessage {
            var message = own
            message.range = messageRange ?? own.range
            return body(.message(message, thread, link))
        }
        if let role, contentIsThere {
            var scanner = scanner
            scanner.finishOwnMessage(role)
            return body(.message(scanner.request, thread, link))
        }
        if type == "last-prompt", let leaf { return body(.leaf(leaf)) }
        if customID != .missing {
            return body(.batchItem(own, customID: customID, hasParams: false, dialect: .messages))
        }
        if own.model != nil, own.hasMaxTokens { return body(.request(own)) }
        body(.other(line: own.line, range: own.range, thread, link))
    }

    private var thread: LogThread {
        guard isSidechain else { return .main }
        return .sidechain(agentID: agentID, isFirst: link.hasParentKey && link.parent == nil)
    }

    /// Keys under which gateways, batches and recordings keep the request.
    private static func isWrapper(_ field: Field) -> Bool {
        switch field {
        case .params, .body, .request, .modelInput: true
        default: false
        }
    }

    private mutating func scanWrapped(_ field: Field, depth: Int) throws(JSONDefect) {
        var inner = ObjectScanner(
            BlockScanner(scanner.cursor, baseOffset: scanner.baseOffset, baseLine: scanner.baseLine))
        try inner.scan(depth: depth + 1)
        scanner.cursor = inner.scanner.cursor
        // `params` of a batch is a request by its place; anything else must look like one.
        guard field == .params || inner.hasRequestFields || inner.wrapped != nil else { return }
        wrapped = inner.hasRequestFields ? inner.scanner.request : inner.wrapped ?? inner.scanner.request
        wrapper = field
    }

    private mutating func scanBatch() throws(JSONDefect) {
        batchItems = []
        hasBatch = scanner.cursor.peek() == UInt8(ascii: "[")
        guard hasBatch else { return try scanner.cursor.skipValue() }
        var members = try scanner.cursor.beginArray()
        while try scanner.cursor.nextElement(&members) {
            guard scanner.cursor.peek() == UInt8(ascii: "{") else {
                let line = scanner.line
                let range = scanner.place(try scanner.cursor.skipValueRange())
                batchItems.append(.other(line: line, range: range, .main, LogLink()))
                continue
            }
            var item = ObjectScanner(
                BlockScanner(scanner.cursor, baseOffset: scanner.baseOffset, baseLine: scanner.baseLine))
            try item.scan(depth: 1)
            scanner.cursor = item.scanner.cursor
            batchItems.append(item.batchItem)
        }
    }

    /// Passes on the items of the batch.
    func emitBatch(_ body: (ScannedItem) -> Void) {
        for item in batchItems { body(item) }
    }

    /// An element of `requests` is an item of a batch, whatever is missing.
    private var batchItem: ScannedItem {
        .batchItem(
            wrapped ?? scanner.request, customID: customID, hasParams: wrapped != nil,
            dialect: wrapper == nil || wrapper == .params ? .messages : .other)
    }

    private mutating func scanLoggedMessage() throws(JSONDefect) {
        _ = scanner.cursor.peek()
        let start = scanner.cursor.offset
        isMessage = try scanner.scanLoggedMessage()
        messageRange = scanner.place(start..<scanner.cursor.offset)
    }

    private mutating func scanCustomID() throws(JSONDefect) -> CustomID {
        guard scanner.cursor.peek() == UInt8(ascii: "\"") else {
            try scanner.cursor.skipValue()
            return .notText
        }
        return .text(try scanner.text(limit: 1024) ?? "")
    }
}
