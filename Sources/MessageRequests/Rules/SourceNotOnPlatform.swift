public import VisionRules

extension RuleCode {
    /// R207 `source-not-on-platform`.
    public static let sourceNotOnPlatform = RuleCode(rawValue: "R207")
}

extension ServiceText {
    package static let urlNotTaken = ServiceText(
        "URL sources are not supported", at: .data)

    package static let fileNotTaken = ServiceText(
        "Input tag 'file' found using 'type' does not match any of the expected tags: "
            + "'base64', 'content', 'text', 'url'",
        recognizedBy: ["Input tag 'file' found using 'type' does not match any of the expected tags"])

    package static let s3NotTaken = ServiceText(
        "This model doesn't support the s3Uri field. Remove s3Uri and try again.",
        recognizedBy: ["This model doesn't support the s3Uri field"])
}

extension RequestRule {
    /// R207: the image comes from a source that the platform does not accept.
    static let sourceNotOnPlatform = RequestRule(
        Rule(
            .sourceNotOnPlatform, "source-not-on-platform", .error,
            what: "An image or document comes from a source that the platform does not accept.",
            why:
                "Amazon Bedrock and Google Cloud accept only base64, and Claude models there not even s3Location; URLs and "
                + "file ids work on the Claude API.",
            example: #"{"type": "url", "url": "https://…"} sent to Amazon Bedrock."#,
            remedy: "Put the bytes into the request as base64.",
            serviceTexts: [.urlNotTaken, .fileNotTaken, .s3NotTaken]),
        request: { context in
            let request = context.request
            let platform = context.destination.platform
            let refused = request.blocks.indices.filter { id in
                let block = request.blocks[id]
                return block.kind == .document && !block.isSuperseded
                    && block.documentSource?.isRefused(by: platform) == true
            }
            guard let first = refused.first, let source = request.blocks[first].documentSource else {
                return nil
            }
            let path = request.path(of: first)
            let others = refused.count > 1 ? " (and \(refused.count - 1) more like it)" : ""
            let text =
                switch source {
                case .url: ServiceText.urlNotTaken
                case .file: ServiceText.fileNotTaken
                default: ServiceText.s3NotTaken
                }
            guard source.name != "s3Location" else {
                return Observation(
                    """
                    the document at \(path) is in Amazon S3 (s3Location), which Claude models do not accept\(others)
                    """, measured: refused.count, serviceError: text.filled())
            }
            return Observation(
                """
                the document at \(path) has a \(source.name ?? "") source; on \(platform.id) only \
                \(platform.takenSources) is accepted\(others)
                """, measured: refused.count, serviceError: text.filled())
        },
        block: { block in
            let kind: SourceKind
            let text: ServiceText
            switch block.image.source {
            case .url: (kind, text) = (.url, .urlNotTaken)
            case .file: (kind, text) = (.file, .fileNotTaken)
            case .base64: (kind, text) = (.base64, .urlNotTaken)
            case .other("s3Location"):
                return Observation(
                    "the image is in Amazon S3 (s3Location), which Claude models do not accept",
                    serviceError: ServiceText.s3NotTaken.filled())
            case .other: return nil
            }
            let platform = block.destination.platform
            guard !platform.limits.sources.contains(kind) else { return nil }
            return Observation(
                """
                the image has a \(kind.rawValue) source; on \(platform.id) only \(platform.takenSources) is accepted
                """,
                serviceError: kind == .base64 ? nil : text.filled(at: block.path))
        })
}

extension ModelCatalog.Platform {
    /// The kinds of source that are accepted, for messages.
    fileprivate var takenSources: String {
        SourceKind.allCases.filter(limits.sources.contains).map(\.rawValue).joined(separator: ", ")
    }
}

extension ScannedImage.Source {
    /// Whether a document from this source is refused. Text and blocks are accepted everywhere.
    fileprivate func isRefused(by platform: ModelCatalog.Platform) -> Bool {
        switch self {
        case .url: !platform.limits.sources.contains(.url)
        case .file: !platform.limits.sources.contains(.file)
        case .other("s3Location"): true
        case .base64, .other: false
        }
    }
}
