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
    /// R207: the image comes from a source that the platform does not take.
    static let sourceNotOnPlatform = RequestRule(
        Rule(
            .sourceNotOnPlatform, "source-not-on-platform", .error,
            what: "An image or document comes from a source that the platform does not take.",
            why:
                "Amazon Bedrock and Google Cloud take base64 only, Claude models there no s3Location either; urls and "
                + "file ids work on the Claude API.",
            example: #"{"type": "url", "url": "https://…"} sent to Amazon Bedrock."#,
            remedy: "Put the bytes into the request as base64.",
            serviceTexts: [.urlNotTaken, .fileNotTaken, .s3NotTaken]),
        block: { block in
            let kind: SourceKind
            let text: ServiceText
            switch block.image.source {
            case .url: (kind, text) = (.url, .urlNotTaken)
            case .file: (kind, text) = (.file, .fileNotTaken)
            case .base64: (kind, text) = (.base64, .urlNotTaken)
            case .other("s3Location"):
                return Observation(
                    "the image is in Amazon S3 (s3Location), which Claude models do not take",
                    serviceError: ServiceText.s3NotTaken.filled())
            case .other: return nil
            }
            let platform = block.destination.platform
            guard !platform.limits.sources.contains(kind) else { return nil }
            let taken = SourceKind.allCases.filter(platform.limits.sources.contains).map(\.rawValue)
                .joined(separator: ", ")
            return Observation(
                """
                the image has a \(kind.rawValue) source; on \(platform.id) only \(taken) is taken
                """,
                serviceError: kind == .base64 ? nil : text.filled(at: block.path))
        })
}
