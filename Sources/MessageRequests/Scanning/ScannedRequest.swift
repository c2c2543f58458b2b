internal import ImageHeaders

/// What a request holds that matters for images, with the places of everything that may have to change.
///
/// Offsets count from the start of the file. Where a key stands twice in an object, the last one counts,
/// as in the JSON readers of the service's own libraries.
struct ScannedRequest {
    /// The value of `model`, when it is a text.
    var model: String?
    /// Whether `max_tokens` is there.
    var hasMaxTokens = false
    /// Whether `messages` is there and is an array.
    var hasMessages = false
    /// Whether a member is there that only a request for an answer has, as `stream`: `count_tokens` takes none.
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
    /// Behind its `{`; nil where it is not an object.
    var insertion: Int?
    /// Whether it is an object without members.
    var isEmpty = true
    /// The value of a member: `thinking` of Converse's fields, `block_binding` of `thinking`,
    /// `prefix_mismatch_behavior` of that.
    var inner: [ThinkingSetting] = []
}

/// What is known of every message.
struct ScannedMessage: Hashable {
    /// Who speaks.
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
        /// Its place among its neighbors: elements that are not objects are not here.
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
    /// What a block is.
    enum Kind: Hashable { case text, image, document, toolResult, toolUse, thinking, other }

    var kind: Kind = .other
    /// The `type`, where ``kind`` does not say it.
    var typeName = ""
    /// The block it stands in; nil at the top level of a message.
    var parent: Int?
    /// The message it stands in; nil in `system`.
    var message: Int?
    /// Whose message it is.
    var role: ScannedMessage.Role = .other
    /// Its place among its neighbours.
    var index: Int
    /// The line it begins in.
    var line: Int
    /// The bytes of the block.
    var range: Range<Int> = 0..<0
    /// The bytes of a text block's text as they are written; nil where there is no text.
    var textBytes: Int?
    /// Whether the text is short and announces what follows (`Image 1:`).
    var isLabel = false
    /// `id` of a tool_use, `tool_use_id` of a tool_result.
    var toolUseID: String?
    /// `name` of a tool_use.
    var toolName: String?
    /// Whether it is the value itself, and not an element of an array.
    var isSole = false
    /// Whether another key of the same name replaced what held this block.
    var isSuperseded = false
    /// What a document block holds, where its bytes are in the request.
    var document: ScannedDocument?
    /// Where a document block comes from; nil for any other block, and where nothing says it.
    var documentSource: ScannedImage.Source?

    /// What stands between the path of this block and that of one inside.
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

    /// The pages; nil where they cannot be known.
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
        /// The Model Context Protocol: `{"type": "image", "data": …, "mimeType": …}`. Some agents log images so.
        case mcp
        /// Another service's: `{"type": "image_url", "image_url": {"url": …}}` or `input_image`.
        case foreign
    }

    /// What is declared.
    enum DeclaredType: Hashable {
        case missing
        case text(String)
        /// A value that is no text.
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
    /// Where a missing media type can be put in: behind the `{` of its object.
    var insertionOffset = 0
    /// The text, when there is one.
    var base64: Base64Text?
    /// What the bytes say, when there are any.
    var reading: HeaderReading?
    /// Whether `transformations.oversized_image` is `error`.
    var asksForError = false
    /// The value of `cache_control`.
    var cacheControlRange: Range<Int>?
}
