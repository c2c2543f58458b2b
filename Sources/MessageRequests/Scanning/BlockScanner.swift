internal import PreflightRecords
internal import ImageHeaders

/// Scans the parts of a request that hold blocks.
///
/// The order of keys is arbitrary: `type` may come after the content that it describes. So a block is read
/// without knowing its type, and judged when it ends.
struct BlockScanner {
    var cursor: JSONCursor
    var request = ScannedRequest()
    /// The text's place in the file.
    let baseOffset: Int
    let baseLine: Int
    /// The contents of `messages`, `system`, and `content` and `message` of a logged message.
    private var messagesBlocks: Range<Int>?
    private var systemBlocks: Range<Int>?
    private var contentBlocks: Range<Int>?
    private var loggedBlocks: Range<Int>?
    private var hasSuperseded = false

    init(_ cursor: JSONCursor, baseOffset: Int, baseLine: Int) {
        self.cursor = cursor
        self.baseOffset = baseOffset
        self.baseLine = baseLine
    }

    /// The line of the cursor in the file.
    var line: Int { baseLine + cursor.newlineCount }

    /// A place in the file.
    func place(_ range: Range<Int>) -> Range<Int> {
        (range.lowerBound + baseOffset)..<(range.upperBound + baseOffset)
    }

    // MARK: - Messages

    /// Scans the value of `messages`.
    mutating func scanMessages() throws(JSONDefect) {
        supersede(messagesBlocks)
        let first = request.blocks.count
        defer { messagesBlocks = first..<request.blocks.count }
        request.messages = []
        request.thinking = []
        request.hasMessages = false
        guard cursor.peek() == UInt8(ascii: "[") else { return try cursor.skipValue() }
        request.hasMessages = true
        var members = try cursor.beginArray()
        while try cursor.nextElement(&members) {
            if cursor.peek() == UInt8(ascii: "{") {
                _ = try scanMessage()
            } else {
                try cursor.skipValue()
                request.messages.append(ScannedMessage())
            }
        }
    }

    /// Scans one message and counts it.
    ///
    /// - Returns: whether it has a role and content, as a message must.
    mutating func scanMessage() throws(JSONDefect) -> Bool {
        let first = request.blocks.count
        let number = request.messages.count
        var message = ScannedMessage()
        var hasRole = false
        var hasContent = false
        var members = try cursor.beginObject()
        while let key = try cursor.nextKey(&members) {
            switch Field(key, in: cursor) {
            case .role: (message.role, hasRole) = try scanRole()
            case .id: message.id = try scanID() ?? 0
            case .model:
                // Agents log messages of their own under a model such as `<synthetic>`.
                let model = try text(limit: 200)
                if let model, !model.hasPrefix("<") { request.model = model }
            case .content:
                supersede(first..<request.blocks.count)
                hasContent = true
                try scanContent(parent: nil, message: number)
            default: try cursor.skipValue()
            }
        }
        finish(message, first..<request.blocks.count)
        return hasRole && hasContent
    }

    /// Counts a message once it is read.
    private mutating func finish(_ message: ScannedMessage, _ blocks: Range<Int>) {
        var message = message
        var hasThinking = false
        for id in blocks {
            request.blocks[id].role = message.role
            guard request.blocks[id].parent == nil, !request.blocks[id].isSuperseded else { continue }
            switch request.blocks[id].kind {
            case .thinking: hasThinking = true
            case .toolUse: message.hasToolUse = true
            case .toolResult where message.firstResult == 0:
                message.firstResult = TextFingerprint.of((request.blocks[id].toolUseID ?? "").utf8)
            default: break
            }
        }
        if hasThinking {
            let spans = blocks.compactMap { id -> ThinkingMessage.Span? in
                let block = request.blocks[id]
                guard block.parent == nil, !block.isSuperseded else { return nil }
                return ThinkingMessage.Span(
                    index: block.index, range: block.range, isThinking: block.kind == .thinking)
            }
            request.thinking.append(ThinkingMessage(message: request.messages.count, blocks: spans))
        }
        request.messages.append(message)
    }

    /// The role of a message, and whether the text gives one.
    mutating func scanRole() throws(JSONDefect) -> (ScannedMessage.Role, isText: Bool) {
        switch try text(limit: 32) {
        case "user"?: (.user, true)
        case "assistant"?: (.assistant, true)
        case let role: (.other, role != nil)
        }
    }

    /// A fingerprint of an id; nil for `null` and anything that is not a string.
    mutating func scanID() throws(JSONDefect) -> UInt64? {
        guard cursor.peek() == UInt8(ascii: "\"") else {
            try cursor.skipValue()
            return nil
        }
        return TextFingerprint.of(cursor.text[try cursor.string().range])
    }

    /// Scans the value of `message` in a line of a log.
    ///
    /// - Returns: whether it is a message.
    mutating func scanLoggedMessage() throws(JSONDefect) -> Bool {
        if let loggedBlocks {
            supersede(loggedBlocks)
            _ = request.messages.popLast()
            request.thinking.removeAll { $0.message >= request.messages.count }
        }
        loggedBlocks = nil
        guard cursor.peek() == UInt8(ascii: "{") else {
            try cursor.skipValue()
            return false
        }
        let first = request.blocks.count
        let isMessage = try scanMessage()
        loggedBlocks = first..<request.blocks.count
        return isMessage
    }

    /// Scans the `content` of an object that is itself a message.
    mutating func scanOwnContent() throws(JSONDefect) {
        supersede(contentBlocks)
        let first = request.blocks.count
        try scanContent(parent: nil, message: 0)
        contentBlocks = first..<request.blocks.count
    }

    /// Turns an object into a message when only its content has been scanned.
    mutating func finishOwnMessage(_ role: ScannedMessage.Role) {
        request.messages = []
        finish(ScannedMessage(role: role), contentBlocks ?? 0..<0)
    }

    /// Scans the value of `attachment` in a line of a log.
    ///
    /// - Returns: the bytes of what the user typed while the agent was working; nil for any other attachment.
    mutating func scanAttachment() throws(JSONDefect) -> Range<Int>? {
        let textBytes = request.textBytes
        let first = request.blocks.count
        var prompt: Range<Int>?
        var isQueued = false
        var members = try cursor.beginObject()
        while let key = try cursor.nextKey(&members) {
            switch Field(key, in: cursor) {
            case .type: isQueued = try text(limit: 64) == "queued_command"
            case .prompt:
                supersede(first..<request.blocks.count)
                _ = cursor.peek()
                let start = cursor.offset
                try scanContent(parent: nil, message: request.messages.count)
                prompt = place(start..<cursor.offset)
            default: try cursor.skipValue()
            }
        }
        guard isQueued, let prompt else {
            supersede(first..<request.blocks.count)
            request.textBytes = textBytes
            return nil
        }
        finish(ScannedMessage(role: .user), first..<request.blocks.count)
        return prompt
    }

    /// Scans the value of `system`.
    mutating func scanSystem() throws(JSONDefect) {
        supersede(systemBlocks)
        let first = request.blocks.count
        try scanContent(parent: nil, message: nil)
        systemBlocks = first..<request.blocks.count
    }

    /// Scans the value of a request's `thinking`.
    mutating func scanThinkingSetting() throws(JSONDefect) {
        request.thinkingSetting = try scanSetting([.blockBinding, .prefixMismatch])
    }

    /// Scans the value of `additionalModelRequestFields`.
    mutating func scanModelFields() throws(JSONDefect) {
        request.modelFields = try scanSetting([.thinking, .blockBinding, .prefixMismatch])
    }

    /// Scans a value with the members that lead to what is needed.
    private mutating func scanSetting(_ path: ArraySlice<Field>) throws(JSONDefect) -> ThinkingSetting {
        var setting = ThinkingSetting()
        let isObject = cursor.peek() == UInt8(ascii: "{")
        let start = cursor.offset
        if isObject {
            setting.insertion = start + 1 + baseOffset
            var members = try cursor.beginObject()
            while let key = try cursor.nextKey(&members) {
                setting.isEmpty = false
                if let wanted = path.first, Field(key, in: cursor) == wanted {
                    setting.inner = [try scanSetting(path.dropFirst())]
                } else {
                    try cursor.skipValue()
                }
            }
        } else {
            try cursor.skipValue()
        }
        setting.range = place(start..<cursor.offset)
        return setting
    }

    /// Scans the value of `tools`.
    mutating func scanTools() throws(JSONDefect) {
        request.tools = []
        guard cursor.peek() == UInt8(ascii: "[") else { return try cursor.skipValue() }
        var members = try cursor.beginArray()
        while try cursor.nextElement(&members) {
            guard cursor.peek() == UInt8(ascii: "{") else {
                try cursor.skipValue()
                continue
            }
            var name: String?
            var type: String?
            var inner = try cursor.beginObject()
            while let key = try cursor.nextKey(&inner) {
                switch Field(key, in: cursor) {
                case .name: name = try text(limit: 200)
                case .type: type = try text(limit: 200)
                default: try cursor.skipValue()
                }
            }
            if let name, let type, type != "custom" {
                request.tools.append(ScannedTool(name: name, type: type))
            }
        }
    }

    // MARK: - Blocks

    /// Scans content: a text, or an array of blocks.
    mutating func scanContent(parent: Int?, message: Int?) throws(JSONDefect) {
        switch cursor.peek() {
        case UInt8(ascii: "\""): request.textBytes += try cursor.string().range.count
        case UInt8(ascii: "["):
            var members = try cursor.beginArray()
            var index = 0
            while try cursor.nextElement(&members) {
                if cursor.peek() == UInt8(ascii: "{") {
                    try scanBlock(parent: parent, message: message, index: index)
                } else {
                    try cursor.skipValue()
                }
                index += 1
            }
        case UInt8(ascii: "{") where parent != nil:
            // The contents of a fetched web page: one object with a document.
            let id = request.blocks.count
            try scanBlock(parent: parent, message: message, index: 0)
            if id < request.blocks.count { request.blocks[id].isSole = true }
        default: try cursor.skipValue()
        }
    }

    private mutating func scanBlock(parent: Int?, message: Int?, index: Int) throws(JSONDefect) {
        let id = request.blocks.count
        let start = cursor.offset
        request.blocks.append(ScannedBlock(parent: parent, message: message, index: index, line: line))
        var draft = BlockDraft()
        var members = try cursor.beginObject()
        while let key = try cursor.nextKey(&members) {
            try scanMember(Field(key, in: cursor), of: id, into: &draft)
        }
        request.blocks[id].range = place(start..<cursor.offset)
        finish(draft, id)
    }

    private mutating func scanMember(
        _ field: Field?, of id: Int, into draft: inout BlockDraft
    ) throws(JSONDefect) {
        switch field {
        case .type: draft.type = try text(limit: 100)
        case .text: try scanText(of: id)
        case .id, .toolUseID: request.blocks[id].toolUseID = try text(limit: 200)
        case .name: request.blocks[id].toolName = try text(limit: 200)
        case .content:
            try scanInnerContent(of: id, &draft.contentBlocks)
        case .source:
            supersede(draft.sourceBlocks)
            let first = request.blocks.count
            draft.image = try scanSource(blockID: id, dialect: .messages)
            draft.sourceBlocks = first..<request.blocks.count
        case .transformations: draft.asksForError = try scanTransformations()
        case .cacheControl:
            let isNull = cursor.peek() == UInt8(ascii: "n")
            let range = place(try cursor.skipValueRange())
            draft.cacheControlRange = isNull ? nil : range
        case .data where cursor.peek() == UInt8(ascii: "\""): draft.data = try cursor.base64String()
        case .imageURL:
            draft.foreignImage = try scanForeignImage(blockID: id)
        case .mimeType: (draft.mimeType, draft.mimeTypeRange) = try scanDeclaredType()
        case .input: request.textBytes += try cursor.skipValueRange().count
        case .image where cursor.peek() == UInt8(ascii: "{"):
            draft.converse = .image
            draft.image = try scanConverseImage(blockID: id)
        case .document where cursor.peek() == UInt8(ascii: "{"):
            draft.converse = .document
            draft.image = try scanConverseImage(blockID: id)
        case .reasoning where cursor.peek() == UInt8(ascii: "{"):
            draft.converse = .thinking
            try cursor.skipValue()
        case .toolResult where cursor.peek() == UInt8(ascii: "{"):
            draft.converse = .toolResult
            try scanConverseTool(of: id, into: &draft)
        case .toolUse where cursor.peek() == UInt8(ascii: "{"):
            draft.converse = .toolUse
            try scanConverseTool(of: id, into: &draft)
        default: try cursor.skipValue()
        }
    }

    /// Classifies a block once it is read.
    private mutating func finish(_ draft: BlockDraft, _ id: Int) {
        let kind: ScannedBlock.Kind
        switch draft.type {
        case "text": kind = .text
        case "image": kind = .image
        case "document": kind = .document
        case "tool_result": kind = .toolResult
        case "tool_use": kind = .toolUse
        case "thinking", "redacted_thinking": kind = .thinking
        case "image_url", "input_image":
            kind = .image
            request.blocks[id].typeName = draft.type ?? ""
        case let type?:
            kind = .other
            request.blocks[id].typeName = type
        case nil:
            kind = draft.converse ?? (request.blocks[id].textBytes != nil ? .text : .other)
            if kind != .other { request.isConverse = true }
        }
        request.blocks[id].kind = kind
        if kind == .document, let source = draft.image {
            request.blocks[id].documentSource = source.source
            request.blocks[id].document = readDocument(source)
            request.blocks[id].document?.cacheControlRange = draft.cacheControlRange
        }
        guard kind == .image else { return }
        // An image has no blocks: anything in it that looks like one is not an image of the request.
        supersede((id + 1)..<request.blocks.count)
        var image =
            draft.type == "image" || draft.type == nil
            ? draft.image ?? mcpImage(draft, id) ?? ScannedImage(blockID: id)
            : draft.foreignImage ?? ScannedImage(blockID: id, dialect: .foreign)
        image.asksForError = draft.asksForError
        image.cacheControlRange = draft.cacheControlRange
        readHeader(&image)
        request.images.append(image)
    }

    /// The image of a block that has its data itself.
    private func mcpImage(_ draft: BlockDraft, _ id: Int) -> ScannedImage? {
        guard let data = draft.data else { return nil }
        return ScannedImage(
            blockID: id, dialect: .mcp, source: .base64, declared: draft.mimeType,
            declaredRange: draft.mimeTypeRange, insertionOffset: request.blocks[id].range.lowerBound + 1,
            base64: data)
    }

    /// The image of another service's block: a URL, by itself or in an object.
    private mutating func scanForeignImage(blockID: Int) throws(JSONDefect) -> ScannedImage {
        var image = ScannedImage(blockID: blockID, dialect: .foreign)
        if cursor.peek() == UInt8(ascii: "{") {
            var members = try cursor.beginObject()
            while let key = try cursor.nextKey(&members) {
                if Field(key, in: cursor) == .url {
                    try scanForeignURL(into: &image)
                } else {
                    try cursor.skipValue()
                }
            }
        } else {
            try scanForeignURL(into: &image)
        }
        return image
    }

    private mutating func scanForeignURL(into image: inout ScannedImage) throws(JSONDefect) {
        guard cursor.peek() == UInt8(ascii: "\"") else { return try cursor.skipValue() }
        let start = cursor
        let base64 = try cursor.base64String()
        if base64.uriPrefixCount > 0 {
            image.base64 = base64
            image.source = .base64
        } else {
            cursor = start
            image.base64 = nil
            image.source = .url(try text(limit: 2048) ?? "")
        }
    }

    private mutating func scanText(of id: Int) throws(JSONDefect) {
        guard cursor.peek() == UInt8(ascii: "\"") else { return try cursor.skipValue() }
        let string = try cursor.string()
        request.textBytes += string.range.count
        request.blocks[id].textBytes = string.range.count
        request.blocks[id].isLabel = string.range.count <= 100 && isLabel(string)
    }

    /// Whether a short text ends with a colon, or is a tag: it announces the next block.
    private func isLabel(_ string: JSONString) -> Bool {
        let text = cursor.decoded(string)
        guard let last = text.last(where: { !$0.isWhitespace }) else { return false }
        return last == ":" || last == ">"
    }

    private mutating func scanTransformations() throws(JSONDefect) -> Bool {
        guard cursor.peek() == UInt8(ascii: "{") else {
            try cursor.skipValue()
            return false
        }
        var asksForError = false
        var members = try cursor.beginObject()
        while let key = try cursor.nextKey(&members) {
            if Field(key, in: cursor) == .oversizedImage {
                asksForError = try text(limit: 32) == "error"
            } else {
                try cursor.skipValue()
            }
        }
        return asksForError
    }

    // MARK: - Bedrock's Converse

    /// Scans the value of `image`, or of `document`, which has the same members.
    private mutating func scanConverseImage(blockID: Int) throws(JSONDefect) -> ScannedImage {
        var image = ScannedImage(blockID: blockID, dialect: .converse)
        var declared = ScannedImage.DeclaredType.missing
        var declaredRange: Range<Int>?
        let insertion = cursor.offset + 1
        var members = try cursor.beginObject()
        while let key = try cursor.nextKey(&members) {
            switch Field(key, in: cursor) {
            case .format:
                (declared, declaredRange) = try scanDeclaredType()
                if case .text(let format) = declared {
                    declared = .text((format == "pdf" ? "application/" : "image/") + format)
                }
            case .source where cursor.peek() == UInt8(ascii: "{"):
                image = try scanSource(blockID: blockID, dialect: .converse) ?? image
            default: try cursor.skipValue()
            }
        }
        image.declared = declared
        image.declaredRange = declaredRange
        image.insertionOffset = insertion + baseOffset
        return image
    }

    private mutating func scanConverseTool(
        of id: Int, into draft: inout BlockDraft
    ) throws(JSONDefect) {
        var members = try cursor.beginObject()
        while let key = try cursor.nextKey(&members) {
            switch Field(key, in: cursor) {
            case .toolUseIDInConverse: request.blocks[id].toolUseID = try text(limit: 200)
            case .name: request.blocks[id].toolName = try text(limit: 200)
            case .content:
                try scanInnerContent(of: id, &draft.contentBlocks)
            case .input: request.textBytes += try cursor.skipValueRange().count
            default: try cursor.skipValue()
            }
        }
    }

    // MARK: - Helpers

    /// The text of a string value; nil for a value of another kind, which is skipped.
    mutating func text(limit: Int) throws(JSONDefect) -> String? {
        guard cursor.peek() == UInt8(ascii: "\"") else {
            try cursor.skipValue()
            return nil
        }
        return cursor.decoded(try cursor.string(), limit: limit)
    }

    /// The text of a media type, and the place of its value.
    mutating func scanDeclaredType() throws(JSONDefect) -> (ScannedImage.DeclaredType, Range<Int>) {
        let next = cursor.peek()
        let start = cursor.offset
        if next == UInt8(ascii: "\"") {
            let type = cursor.decoded(try cursor.string(), limit: 200)
            return (.text(type), place(start..<cursor.offset))
        }
        try cursor.skipValue()
        return (next == UInt8(ascii: "n") ? .missing : .notText, place(start..<cursor.offset))
    }

    /// Scans the content of a block, replacing what the same key held before.
    private mutating func scanInnerContent(of id: Int, _ blocks: inout Range<Int>?) throws(JSONDefect) {
        supersede(blocks)
        let first = request.blocks.count
        try scanContent(parent: id, message: request.blocks[id].message)
        blocks = first..<request.blocks.count
    }

    /// Removes the blocks of a key that is repeated, or of one where no block can be.
    ///
    /// In one step if they are the last, so that a hostile text cannot make it costly.
    private mutating func supersede(_ ids: Range<Int>?) {
        guard let ids, !ids.isEmpty else { return }
        if ids.upperBound == request.blocks.count {
            request.blocks.removeSubrange(ids)
            while let last = request.images.last, last.blockID >= ids.lowerBound {
                request.images.removeLast()
            }
        } else {
            for id in ids { request.blocks[id].isSuperseded = true }
            hasSuperseded = true
        }
    }

    /// Drops the images of removed blocks once the request has ended.
    mutating func dropSuperseded() {
        guard hasSuperseded else { return }
        let blocks = request.blocks
        request.images.removeAll { blocks[$0.blockID].isSuperseded }
    }
}

/// A block that has not ended yet.
private struct BlockDraft {
    var type: String?
    var image: ScannedImage?
    var converse: ScannedBlock.Kind?
    var asksForError = false
    var cacheControlRange: Range<Int>?
    /// The Model Context Protocol's equivalent of a source.
    var data: Base64Text?
    var mimeType = ScannedImage.DeclaredType.missing
    var mimeTypeRange: Range<Int>?
    var foreignImage: ScannedImage?
    /// The contents of `content`.
    var contentBlocks: Range<Int>?
    /// The contents of `source`.
    var sourceBlocks: Range<Int>?
}
