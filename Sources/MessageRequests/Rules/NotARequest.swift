public import VisionRules

extension RuleCode {
    /// R102 `not-a-request`.
    public static let notARequest = RuleCode(rawValue: "R102")
}

extension RequestRule {
    /// R102: something that every request must have is missing, or an image block lacks what makes it an image.
    /// A log of a conversation is no request by itself, so it need not have anything.
    static let notARequest = RequestRule(
        Rule(
            .notARequest, "not-a-request", .error,
            what: "The JSON is not a request of the Messages API: something it must have is missing.",
            why:
                "`model`, `max_tokens` and `messages` are required, and a batch line needs `custom_id` and `params`.",
            example: #"{"model": "claude-sonnet-5-5", "messages": []} lacks max_tokens."#,
            remedy: "Add what the finding names."),
        request: { context in
            guard context.kind != .conversation else { return nil }
            let request = context.request
            var missing: [String] = []
            if !request.hasMessages { missing.append("messages") }
            if !request.isConverse {
                // Bedrock and Google Cloud name the model in the url; `anthropic_version` marks their bodies.
                if request.model == nil, request.anthropicVersion == nil { missing.append("model") }
                if !request.hasMaxTokens { missing.append("max_tokens") }
            }
            guard !missing.isEmpty else { return nil }
            return Observation("the request has no \(missing.joined(separator: ", no "))")
        },
        block: { block in
            let image = block.image
            switch image.source {
            case .other(nil):
                return Observation("\(block.path) is an image without a source and its type")
            case .base64 where image.base64 == nil:
                return Observation("\(block.path) has a base64 source without data")
            case .url(""): return Observation("\(block.path) has a url source without a url")
            default: return nil
            }
        })
}
