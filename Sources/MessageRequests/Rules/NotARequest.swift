internal import VisionRules

/// R102: something that every request must have is missing. A log of a conversation is no request by
/// itself, so it need not have anything.
enum NotARequest: RequestRule {
    static func check(_ context: RequestContext, into findings: inout [Finding]) {
        guard context.kind != .conversation else { return }
        let request = context.request
        var missing: [String] = []
        if !request.hasMessages { missing.append("messages") }
        if !request.isConverse {
            // Bedrock and Google Cloud name the model in the url; `anthropic_version` marks their bodies.
            if request.model == nil, request.anthropicVersion == nil { missing.append("model") }
            if !request.hasMaxTokens { missing.append("max_tokens") }
        }
        guard !missing.isEmpty else { return }
        findings.append(finding("the request has no \(missing.joined(separator: ", no "))"))
    }

    static func finding(_ message: MessageText) -> Finding { Finding(.notARequest, message) }
}

/// R102 of an image block: it lacks what makes it an image.
enum IncompleteBlock: BlockRule {
    static func check(_ block: BlockContext, into findings: inout [Finding]) {
        let image = block.image
        switch image.source {
        case .other(nil):
            findings.append(NotARequest.finding("\(block.path) is an image without a source and its type"))
        case .base64 where image.base64 == nil:
            findings.append(NotARequest.finding("\(block.path) has a base64 source without data"))
        case .url(""): findings.append(NotARequest.finding("\(block.path) has a url source without a url"))
        default: break
        }
    }
}
