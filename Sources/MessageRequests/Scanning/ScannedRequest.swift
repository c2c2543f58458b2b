internal import ImageHeaders

/// The contents of a request that matter for images, with the places of everything that may have to change.
///
/// Offsets count from the start of the file. If a key is repeated in an object, the last one counts, as in
/// the JSON readers of the service's own libraries.
struct ScannedRequest {
    /// The value of `model`, if it is a string.
    var model: String?
    /// Whether `max_tokens` is present.
    var hasMaxTokens = false
    /// Whether `messages` is present and an array.
    var hasMessages = false
    /// Whether it has a member that only a request for an answer has, such as `stream`: `count_tokens`
    /// accepts none.
    var asksForAnswer = false
    /// The value of `thinking`.
    var thinkingSetting: ThinkingSetting?
    /// The value of `additionalModelRequestFields`, in which Converse has `thinking`.
    var modelFields: ThinkingSetting?
    /// The value of `anthropic_version`: a body for Amazon Bedrock or Google Cloud.
    var anthropicVersion: String?
    /// Whether a block has the shape of Bedrock's Converse API.
    var isConverse = false
    /// Every block in the order of the text.
    var blocks: [ScannedBlock] = []
    /// Every image in the order of the text.
    var images: [ScannedImage] = []
    /// The tools that have a type of their own.
    var tools: [ScannedTool] = []
    /// The UTF-8 bytes of all text that the model reads, as they are written.
    var textBytes = 0
    /// Every message in the order of the text.
    var messages: [ScannedMessage] = []
    /// The messages that hold thinking, in the order of the text.
    var thinking: [ThinkingMessage] = []
    /// The object's bytes.
    var range: Range<Int> = 0..<0
    /// The line it begins in.
    var line = 1

    /// The path of a block as the service writes it, as in `messages.0.content.1`.
    func path(of blockID: Int) -> String {
        var steps: [String] = []
        var id = blockID
        while let parent = blocks[id].parent {
            steps.append(
                ".\(blocks[parent].innerPath).content" + (blocks[id].isSole ? "" : ".\(blocks[id].index)"))
            id = parent
        }
        let root = blocks[id].message.map { "messages.\($0).content." } ?? "system."
        steps.append("\(root)\(blocks[id].index)")
        return steps.reversed().joined()
    }
}

/// The `thinking` of a request, and where its binding of blocks is or can be put.
struct ThinkingSetting: Hashable {
    /// The value.
    var range: Range<Int> = 0..<0
    /// After its `{`; nil if it is not an object.
    var insertion: Int?
    /// Whether it is an object without members.
    var isEmpty = true
    /// The value of a member: `thinking` of Converse's fields, `block_binding` of `thinking`,
    /// `prefix_mismatch_behavior` of that.
    var inner: [ThinkingSetting] = []
}

/// What is known about every message.
struct ScannedMessage: Hashable {
    /// The role.
    enum Role: Hashable { case user, assistant, other }

    var role: Role = .other
    /// A fingerprint of the `id` that the service gave the message; 0 without one. Agents log a message of several
    /// blocks as several lines with the same id.
    var id: UInt64 = 0
    /// Whether a tool is called.
    var hasToolUse = false
    /// A fingerprint of the call that the first tool result answers; 0 without a result.
    var firstResult: UInt64 = 0
}

/// A message with thinking, and where its blocks are.
struct ThinkingMessage: Hashable {
    /// Its place among the messages.
    var message: Int
    /// Its blocks in their order.
    var blocks: [Span]

    /// One block.
    struct Span: Hashable {
        /// Its place among its neighbors: elements that are not objects are not listed.
        var index: Int
        var range: Range<Int>
        /// Whether it is a `thinking` or `redacted_thinking` block.
        var isThinking: Bool
    }
}

/// A tool of the request whose `type` is not `custom`.
struct ScannedTool: Hashable {
    var name: String
    var type: String
}

/// One block of a message's content.
struct ScannedBlock {
    /// The kind of block.
    enum Kind: Hashable { case text, image, document, toolResult, toolUse, thinking, other }

    var kind: Kind = .other
    /// The `type`, if ``kind`` does not give it.
    var typeName = ""
    /// The block that contains it; nil at the top level of a message.
    var parent: Int?
    /// The message that contains it; nil in `system`.
    var message: Int?
    /// The role of its message.
    var role: ScannedMessage.Role = .other
    /// Its place among its neighbors.
    var index: Int
    /// The line it begins in.
    var line: Int
    /// The bytes of the block.
    var range: Range<Int> = 0..<0
    /// The bytes of a text block's text as they are written; nil if there is no text.
    var textBytes: Int?
    /// Whether the text is short and announces what follows (`Image 1:`).
    var isLabel = false
    /// `id` of a tool_use, `tool_use_id` of a tool_result.
    var toolUseID: String?
    /// `name` of a tool_use.
    var toolName: String?
    /// Whether it is the value itself, and not an element of an array.
    var isSole = false
    /// Whether the block was replaced by another key of the same name.
    var isSuperseded = false
    /// The contents of a document block, if its bytes are in the request.
    var document: ScannedDocument?
    /// Where a document block comes from; nil for any other block, and if unknown.
    var documentSource: ScannedImage.Source?

    /// What is between the path of this block and that of one inside.
    var innerPath: String {
        switch kind {
        case .toolResult: "tool_result"
        case .document: "document.source.content"
        case .text: "text"
        case .image: "image"
        case .toolUse: "tool_use"
        case .thinking: "thinking"
        case .other: typeName.isEmpty ? "other" : typeName
        }
    }
}

/// The bytes of a document block.
struct ScannedDocument: Hashable {
    /// The media type.
    var declared: ScannedImage.DeclaredType
    /// What the bytes say.
    var pdf: Result<PDFFacts, HeaderError>
    /// The size of the file in bytes.
    var byteCount = 0
    /// The value of `cache_control`.
    var cacheControlRange: Range<Int>?

    /// The pages; nil if unknown.
    var pages: Int? { (try? pdf.get())?.pages }
}

/// One image block.
struct ScannedImage {
    /// Where the picture comes from.
    enum Source: Hashable {
        case base64, url(String), file
        /// Another type, or none: `source` or its `type` is missing.
        case other(String?)
    }

    /// How a block is written.
    enum Dialect: Hashable {
        /// The Messages API.
        case messages
        /// Bedrock's Converse API: `{"image": {"format": …, "source": {"bytes": …}}}`.
        case converse
        /// The Model Context Protocol: `{"type": "image", "data": …, "mimeType": …}`. Some agents log images
        /// in this form.
        case mcp
        /// Another service's: `{"type": "image_url", "image_url": {"url": …}}` or `input_image`.
        case foreign
    }

    /// The declared media type.
    enum DeclaredType: Hashable {
        case missing
        case text(String)
        /// A value that is not a string.
        case notText
    }

    /// Its place in ``ScannedRequest/blocks``.
    var blockID: Int
    var dialect: Dialect = .messages
    var source: Source = .other(nil)
    /// The media type; `image/png` for Converse's `png`.
    var declared: DeclaredType = .missing
    /// The value of `media_type` (Converse: `format`, MCP: `mimeType`) with its quotation marks.
    var declaredRange: Range<Int>?
    /// Where a missing media type can be inserted: after the `{` of its object.
    var insertionOffset = 0
    /// The text, if there is one.
    var base64: Base64Text?
    /// What the bytes say, if there are any.
    var reading: HeaderReading?
    /// Whether `transformations.oversized_image` is `error`.
    var asksForError = false
    /// The value of `cache_control`.
    var cacheControlRange: Range<Int>?
}
