public import VisionRules

extension RuleCode {
    /// R103 `not-a-block`.
    public static let notABlock = RuleCode(rawValue: "R103")
}

extension ServiceText {
    package static let unknownTag = ServiceText(
        "Input tag '{tag}' found using 'type' does not match any of the expected tags: …", at: .block,
        recognizedBy: ["Input tag '{tag}' found using 'type' does not match any of the expected tags"])
}

extension RequestRule {
    /// R103: a block has a shape that the Messages API does not know: another service's, or the Model Context
    /// Protocol's. Logs of agents hold what the agent turns into blocks, so they are not checked.
    static let notABlock = RequestRule(
        Rule(
            .notABlock, "not-a-block", .error,
            what: "A block, or its source, has a type that the Messages API does not know.",
            why:
                "Other services write images as `image_url` or `input_image`, tools of the Model Context Protocol as "
                + "`data` and `mimeType`. The service refuses the whole request.",
            example: #"{"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo…"}}"#,
            remedy:
                "Write an image block with a source. `repair` does so if the bytes are in the request.",
            command: Rule.repairCommand, serviceTexts: [.unknownTag]),
        request: { context in
            guard context.kind != .conversation else { return nil }
            let request = context.request
            let unknown = request.blocks.indices.filter { request.isUnknown($0) }
            guard let first = unknown.first else {
                for id in request.blocks.indices {
                    guard let type = request.unknownDocumentSource(id) else { continue }
                    let path = request.path(of: id)
                    return Observation(
                        "the document at \(path) has a source of the unknown type \(type)",
                        serviceError: ServiceText.unknownTag.filled(
                            at: path + ".document.source", [.tag: type]))
                }
                return nil
            }
            let path = request.path(of: first)
            let name = request.blocks[first].typeName
            return Observation(
                unknown.count == 1
                    ? "\(path) is a block of the unknown type \(name)"
                    : "\(unknown.count) blocks are of unknown types, the first is \(path) (\(name))",
                measured: unknown.count,
                serviceError: ServiceText.unknownTag.filled(at: path, [.tag: name]))
        },
        block: { block in
            guard block.context.kind != .conversation else { return nil }
            let name = block.context.request.blocks[block.image.blockID].typeName
            switch (block.image.dialect, block.image.source) {
            case (.foreign, _):
                return Observation(
                    "\(block.path) is a block of another service, of the type \(name)",
                    serviceError: ServiceText.unknownTag.filled(at: block.path, [.tag: name]))
            case (.mcp, _):
                return Observation(
                    "\(block.path) is an image as the Model Context Protocol writes it: it has no source",
                    serviceError: ServiceText.sourceMissing.filled(at: block.path))
            case (_, .other(let type?)) where type != "s3Location":
                return Observation(
                    "\(block.path) has a source of the unknown type \(type)",
                    serviceError: ServiceText.unknownTag.filled(
                        at: block.path + ".image.source", [.tag: type]))
            default: return nil
            }
        })
}

extension BlockContext {
    /// Whether the block is an image in a shape that the service does not know, with bytes that can be put
    /// into one that it does.
    var isReshaped: Bool {
        context.kind != .conversation && (image.dialect == .mcp || image.dialect == .foreign)
    }
}

extension ScannedRequest {
    /// Types of blocks in addition to those with the suffixes in ``isUnknown(_:)``.
    private static let knownTypes: Set<String> = [
        "search_result", "tool_reference", "container_upload", "compaction", "fallback", "web_search_result",
        "web_fetch_result", "redacted_thinking", "thinking",
    ]

    /// The type of a document's source if the service does not know it; nil for any other block.
    fileprivate func unknownDocumentSource(_ id: Int) -> String? {
        let block = blocks[id]
        guard block.kind == .document, !block.isSuperseded, case .other(let type?) = block.documentSource,
            !["text", "content", "s3Location"].contains(type)
        else { return nil }
        return type
    }

    /// Whether a block is of a type that no request may hold. Only messages, the system prompt and results of
    /// the user's tools are checked; results of the service's own tools have types of their own.
    fileprivate func isUnknown(_ id: Int) -> Bool {
        let block = blocks[id]
        guard block.kind == .other, !block.typeName.isEmpty, !block.isSuperseded else { return false }
        if let parent = block.parent, blocks[parent].kind != .toolResult { return false }
        return !Self.knownTypes.contains(block.typeName) && !block.typeName.hasSuffix("tool_use")
            && !block.typeName.hasSuffix("tool_result")
    }
}
