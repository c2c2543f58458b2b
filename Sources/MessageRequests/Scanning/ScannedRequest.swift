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
    /// How many messages there are.
    var messageCount = 0
    /// The object's bytes.
    var range: Range<Int> = 0..<0
    /// The line it begins in.
    var line = 1

    /// The path of a block as the service writes it, as in `messages.0.content.1`.
    func path(of blockID: Int) -> String {
        var steps: [String] = []
        var id = blockID
        while let parent = blocks[id].parent {
            steps.append(".\(blocks[parent].innerPath).content.\(blocks[id].index)")
            id = parent
        }
        let root = blocks[id].message.map { "messages.\($0).content." } ?? "system."
        steps.append("\(root)\(blocks[id].index)")
        return steps.reversed().joined()
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
    enum Kind: Hashable { case text, image, document, toolResult, toolUse, other }

    var kind: Kind = .other
    /// The `type`, where ``kind`` does not say it.
    var typeName = ""
    /// The block it stands in; nil at the top level of a message.
    var parent: Int?
    /// The message it stands in; nil in `system`.
    var message: Int?
    /// Whether the message is the user's.
    var isFromUser = false
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
    /// Whether another key of the same name replaced what held this block.
    var isSuperseded = false

    /// What stands between the path of this block and that of one inside.
    var innerPath: String {
        switch kind {
        case .toolResult: "tool_result"
        case .document: "document.source.content"
        case .text: "text"
        case .image: "image"
        case .toolUse: "tool_use"
        case .other: typeName.isEmpty ? "other" : typeName
        }
    }
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
    /// The value of `media_type` (Converse: `format`) with its quotation marks.
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
