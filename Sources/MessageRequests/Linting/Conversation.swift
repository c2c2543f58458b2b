/// The messages of an agent's log, combined into the request that the agent would send next.
struct Conversation {
    private(set) var request = ScannedRequest()
    /// The bytes of all messages, without a log's other fields.
    private(set) var bodyBytes = 0
    /// Messages on abandoned branches: they are not sent again.
    var abandonedMessages = 0

    /// Whether nothing was logged.
    var isEmpty: Bool { request.messages.isEmpty }

    /// Appends a logged message.
    mutating func append(_ event: LogEvent, _ kept: KeptMessage?, model: String?) {
        if isEmpty { request.line = event.line }
        let firstMessage = request.messages.count
        if let kept {
            let firstBlock = request.blocks.count
            for var block in kept.blocks {
                block.parent = block.parent.map { $0 + firstBlock }
                block.message = block.message.map { $0 + firstMessage }
                request.blocks.append(block)
            }
            for var image in kept.images {
                image.blockID += firstBlock
                request.images.append(image)
            }
            for var thinking in kept.thinking {
                thinking.message += firstMessage
                request.thinking.append(thinking)
            }
            request.messages += kept.messages ?? [event.message]
        } else {
            request.messages.append(event.message)
        }
        request.textBytes += event.textBytes
        if let model { request.model = model }
        bodyBytes += event.bodyBytes
    }
}

/// What is kept of a log's event until it is known whether it is sent again: about fifty bytes, and the
/// blocks of messages with images, documents or thinking.
struct LogEvent {
    // Fingerprints; 0 for none.
    private(set) var id: UInt64
    var parent: UInt64
    private let messageID: UInt64
    private let firstResult: UInt64
    private let textByteCount: UInt32
    private let bodyByteCount: UInt32
    private let lineNumber: UInt32
    private var keptPlace: Int32 = -1
    var modelIndex: Int16 = -1
    private let role: ScannedMessage.Role
    private let flags: Flags

    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let isTied = Flags(rawValue: 1)
        static let isQueued = Flags(rawValue: 2)
        static let isMessage = Flags(rawValue: 4)
        static let hasToolUse = Flags(rawValue: 8)
    }

    /// The contents of a line of a log; nil for an event that is not a message.
    init(_ link: LogLink, _ request: ScannedRequest? = nil) {
        let message = request?.messages.first ?? ScannedMessage()
        id = link.id ?? 0
        parent = link.parent ?? 0
        messageID = message.id
        firstResult = message.firstResult
        textByteCount = UInt32(clamping: request?.textBytes ?? 0)
        bodyByteCount = UInt32(clamping: request?.range.count ?? 0)
        lineNumber = UInt32(clamping: request?.line ?? 0)
        role = message.role
        var flags: Flags = []
        if link.isTied { flags.insert(.isTied) }
        if link.isQueued { flags.insert(.isQueued) }
        if request != nil { flags.insert(.isMessage) }
        if message.hasToolUse { flags.insert(.hasToolUse) }
        self.flags = flags
    }

    var isTied: Bool { flags.contains(.isTied) }
    var isQueued: Bool { flags.contains(.isQueued) }
    /// Whether it contains a message.
    var isMessage: Bool { flags.contains(.isMessage) }
    var message: ScannedMessage {
        ScannedMessage(
            role: role, id: messageID, hasToolUse: flags.contains(.hasToolUse), firstResult: firstResult)
    }
    var textBytes: Int { Int(textByteCount) }
    var bodyBytes: Int { Int(bodyByteCount) }
    var line: Int { Int(lineNumber) }
    /// The place of its blocks among all that are kept; nil if none matters.
    var keptIndex: Int? {
        get { keptPlace < 0 ? nil : Int(keptPlace) }
        set { keptPlace = newValue.map { Int32(clamping: $0) } ?? -1 }
    }
}

/// The conversations of a log: the main one, and one for each subagent.
///
/// Events form a tree. When the user goes back, only the branch of the last event is sent again. Subagents
/// run concurrently, so their lines are interleaved. Logs from 2025 do not name them; there a new one begins
/// with a line that does not follow another.
struct Conversations {
    /// Whether abandoned branches count too, in the order of their lines.
    private let takesAllBranches: Bool
    private var threads: [ThreadEvents] = [ThreadEvents()]
    private var indexOfAgent: [String: Int] = [:]
    private var indexOfUnnamed: Int?
    /// The threads of subagents without a name, by the ids of their events.
    private var indexOfUnnamedEvent: [UInt64: Int] = [:]

    init(takesAllBranches: Bool) { self.takesAllBranches = takesAllBranches }

    /// Adds a logged message.
    mutating func append(_ message: ScannedRequest, to thread: LogThread, _ link: LogLink) {
        threads[index(of: thread, link)].append(message, link)
    }

    /// Adds an event without a message, which others may follow.
    mutating func append(eventOf thread: LogThread, _ link: LogLink) {
        guard link.isTied else { return }
        threads[index(of: thread, link)].events.append(LogEvent(link))
    }

    /// Notes the event after which the main conversation continues.
    mutating func setLeaf(_ id: UInt64) {
        threads[0].leaf = id
        threads[0].leafPlace = threads[0].events.count
    }

    /// Ends what is sent of a thread: the agent summarized it, and started over.
    ///
    /// - Returns: the conversation up to here, where it is judged; nil if it is empty.
    mutating func end(_ thread: LogThread, _ link: LogLink) -> Conversation? {
        let index = index(of: thread, link)
        var link = link
        if link.isTied, !takesAllBranches {
            // Nothing before it is sent again.
            link.parent = nil
            threads[index].events.append(LogEvent(link))
            return nil
        }
        var ended = ThreadEvents()
        swap(&ended, &threads[index])
        let conversation = ended.conversation(takesAllBranches: takesAllBranches)
        return conversation.isEmpty ? nil : conversation
    }

    /// Ends all of them: the main one first, the others in the order in which they began.
    mutating func endAll() -> [Conversation] {
        var all: [Conversation] = []
        for index in threads.indices {
            var ended = ThreadEvents()
            swap(&ended, &threads[index])
            let conversation = ended.conversation(takesAllBranches: takesAllBranches)
            if !conversation.isEmpty { all.append(conversation) }
        }
        self = Conversations(takesAllBranches: takesAllBranches)
        return all
    }

    private mutating func index(of thread: LogThread, _ link: LogLink) -> Int {
        guard case .sidechain(let agentID, let isFirst) = thread else { return 0 }
        if let agentID {
            if let index = indexOfAgent[agentID] { return index }
            indexOfAgent[agentID] = threads.count
        } else if link.isTied {
            if let parent = link.parent, let index = indexOfUnnamedEvent[parent] {
                if let id = link.id { indexOfUnnamedEvent[id] = index }
                return index
            }
            if let id = link.id { indexOfUnnamedEvent[id] = threads.count }
        } else {
            if !isFirst, let indexOfUnnamed { return indexOfUnnamed }
            indexOfUnnamed = threads.count
        }
        threads.append(ThreadEvents())
        return threads.count - 1
    }
}

/// The events of one thread of a log in the order of their lines.
private struct ThreadEvents {
    var events: [LogEvent] = []
    /// The event after which the conversation continues, and how many events there were when the log said so.
    var leaf: UInt64?
    var leafPlace = 0
    private var kept: [KeptMessage] = []
    private var models: [String] = []
    private var indexOfModel: [String: Int16] = [:]

    mutating func append(_ message: ScannedRequest, _ link: LogLink) {
        var event = LogEvent(link, message)
        if let model = message.model {
            if let index = indexOfModel[model] {
                event.modelIndex = index
            } else if models.count < Int16.max {
                event.modelIndex = Int16(models.count)
                indexOfModel[model] = event.modelIndex
                models.append(model)
            }
        }
        if message.mattersToRules || message.messages.count != 1 {
            event.keptIndex = kept.count
            kept.append(KeptMessage(message))
        }
        events.append(event)
    }

    /// The conversation of the events that are sent again.
    func conversation(takesAllBranches: Bool) -> Conversation {
        let isSent = takesAllBranches ? nil : sentEvents()
        var conversation = Conversation()
        for (index, event) in events.enumerated() where event.isMessage {
            guard isSent?[index] ?? true else {
                conversation.abandonedMessages += 1
                continue
            }
            let model = event.modelIndex < 0 ? nil : models[Int(event.modelIndex)]
            conversation.append(event, event.keptIndex.map { kept[$0] }, model: model)
        }
        return conversation
    }

    /// Which events are sent again: those that lead to the last one, those requested in parallel with them,
    /// those typed in the meantime, and those that have no place in the tree.
    private func sentEvents() -> [Bool] {
        var isSent = events.map { !$0.isTied }
        var places: [UInt64: Int32] = [:]
        for (index, event) in events.enumerated() where event.isTied {
            places[event.id] = Int32(clamping: index)
        }
        func parent(_ index: Int) -> Int? { place(of: events[index].parent, places) }
        // Typed messages may not follow an event; they are not branches of their own.
        func isBranch(_ index: Int) -> Bool {
            events[index].isTied && !(events[index].isQueued && parent(index) == nil)
        }

        var next = lastEvent(places) ?? events.indices.last(where: isBranch)
        while let index = next, !isSent[index] {
            isSent[index] = true
            next = parent(index)
        }
        // A message of several blocks is logged as several events. Tools that were called in parallel answer
        // to different ones of them, so that all but one answer are outside the branch.
        var messageIDs: Set<UInt64> = []
        var results: Set<UInt64> = []
        for index in events.indices where isSent[index] {
            messageIDs.insert(events[index].message.id)
            results.insert(events[index].message.firstResult)
        }
        messageIDs.remove(0)
        results.remove(0)
        for index in events.indices where !isSent[index] {
            let message = events[index].message
            let parent = parent(index)
            let followsSent = parent.map { isSent[$0] } ?? false
            if events[index].isQueued {
                isSent[index] = parent == nil || followsSent
            } else if message.role == .assistant {
                isSent[index] = messageIDs.contains(message.id)
            } else if message.firstResult != 0, let parent, followsSent,
                events[parent].message.role == .assistant, results.insert(message.firstResult).inserted
            {
                isSent[index] = true
            }
        }
        return isSent
    }

    /// The last event after the one that the log names, among those written since.
    private func lastEvent(_ places: [UInt64: Int32]) -> Int? {
        guard let leaf, let start = place(of: leaf, places) else { return nil }
        var follows = [Bool](repeating: false, count: events.count)
        follows[start] = true
        var last = start
        for index in events.indices.dropFirst(leafPlace) {
            guard let parent = place(of: events[index].parent, places), follows[parent] else { continue }
            follows[index] = true
            last = index
        }
        return last
    }

    private func place(of id: UInt64, _ places: [UInt64: Int32]) -> Int? {
        id == 0 ? nil : places[id].map { Int($0) }
    }
}

extension ScannedRequest {
    /// Whether a rule may need a block of it.
    fileprivate var hasBlocksForRules: Bool {
        !images.isEmpty || blocks.contains { $0.kind == .document || $0.kind == .text && $0.textBytes == 0 }
    }

    /// Whether a rule may need more of it than its length.
    fileprivate var mattersToRules: Bool { hasBlocksForRules || !thinking.isEmpty }
}

/// The part of a message that a rule may need: a long log has many messages.
struct KeptMessage {
    let blocks: [ScannedBlock]
    let images: [ScannedImage]
    let thinking: [ThinkingMessage]
    /// Its messages; nil for one that the event describes completely.
    let messages: [ScannedMessage]?

    init(_ request: ScannedRequest) {
        // Blocks matter to a rule only next to an image or a document.
        blocks = request.hasBlocksForRules ? request.blocks : []
        images = request.images
        thinking = request.thinking
        messages = request.messages.count == 1 ? nil : request.messages
    }
}
