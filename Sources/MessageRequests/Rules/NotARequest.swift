public import VisionRules

extension RuleCode {
    /// R102 `not-a-request`.
    public static let notARequest = RuleCode(rawValue: "R102")
}

extension ServiceText {
    package static let sourceMissing = ServiceText(
        "image.source: Field required", at: .member, recognizedBy: ["image.source: Field required"])
    package static let documentWithoutText = ServiceText(
        "A text block must be included when using documents")
}

extension RequestRule {
    /// R102: something that every request must have is missing, or an image block lacks an essential part. A
    /// log of a conversation is not a request by itself, so it need not have anything.
    static let notARequest = RequestRule(
        Rule(
            .notARequest, "not-a-request", .error,
            what: "The JSON is not a request of the Messages API: something it must have is missing.",
            why:
                "`model`, `max_tokens` and `messages` are required, an image needs a source, and a batch line needs "
                + "`custom_id` and `params`. Only bodies of count_tokens have no `max_tokens`.",
            example: #"{"model": "claude-sonnet-5-5", "messages": [], "stream": true} lacks max_tokens."#,
            remedy: "Add what the finding names.", serviceTexts: [.sourceMissing, .documentWithoutText]),
        request: { context in
            guard context.kind != .conversation else { return nil }
            let request = context.request
            var missing: [String] = []
            if !request.hasMessages { missing.append("messages") }
            if !request.isConverse {
                // Bedrock and Google Cloud name the model in the URL; `anthropic_version` marks their bodies.
                if request.model == nil, request.anthropicVersion == nil { missing.append("model") }
                if !request.hasMaxTokens, !context.mayBeCountTokens { missing.append("max_tokens") }
            } else if let message = request.documentWithoutText {
                return Observation(
                    "messages.\(message) has a document but no text block",
                    serviceError: ServiceText.documentWithoutText.filled())
            }
            guard !missing.isEmpty else { return nil }
            return Observation("the request has no \(missing.joined(separator: ", no "))")
        },
        block: { block in
            let image = block.image
            switch image.source {
            case .other(nil):
                return Observation(
                    "\(block.path) is an image without a source and its type",
                    serviceError: ServiceText.sourceMissing.filled(at: block.path))
            case .base64 where image.base64 == nil:
                return Observation("\(block.path) has a base64 source without data")
            case .url(""): return Observation("\(block.path) has a url source without a URL")
            default: return nil
            }
        })
}

extension RequestContext {
    /// Whether it is a body of `count_tokens`: a request without `max_tokens` and without anything else that
    /// only a request for an answer has.
    var mayBeCountTokens: Bool {
        kind == .single && !request.hasMaxTokens && !request.asksForAnswer && request.hasMessages
            && request.model != nil
    }
}

extension ScannedRequest {
    /// The first message with a document and without text, which Converse does not accept.
    fileprivate var documentWithoutText: Int? {
        var withText: Set<Int> = []
        var withDocument: [Int] = []
        for block in blocks where block.parent == nil && !block.isSuperseded {
            guard let message = block.message else { continue }
            if block.kind == .text { withText.insert(message) }
            if block.kind == .document { withDocument.append(message) }
        }
        return withDocument.first { !withText.contains($0) }
    }
}
