public import VisionRules

extension RuleCode {
    /// R209 `file-needs-beta-header`.
    public static let fileNeedsBetaHeader = RuleCode(rawValue: "R209")
}

extension ServiceText {
    package static let fileWithoutHeader = ServiceText(
        "Input tag 'file' found using 'type' does not match any of the expected tags: 'base64', 'url'")
}

extension RequestRule {
    /// R209: a file source, which requires a header that is not in the body. Not reported where files are not
    /// accepted (R207).
    static let fileNeedsBetaHeader = RequestRule(
        Rule(
            .fileNeedsBetaHeader, "file-needs-beta-header", .note,
            what: "The source is an uploaded file, which requires a header.",
            why:
                "Without `anthropic-beta: files-api-2025-04-14` the service does not know the source. The header is "
                + "not in the body, so neither it nor the file can be checked.",
            example: #"{"type": "file", "file_id": "file_011CNha8iCJcU1wXNR6q4V8w"}"#,
            remedy: "Send the header with every request that names a file.",
            serviceTexts: [.fileWithoutHeader]),
        request: { context in
            let request = context.request
            guard context.destination.platform.limits.sources.contains(.file),
                let first = request.blocks.indices.first(where: { id in
                    request.blocks[id].documentSource == .file && !request.blocks[id].isSuperseded
                })
            else { return nil }
            return Observation(
                """
                the document at \(request.path(of: first)) is an uploaded file; the request needs the header \
                anthropic-beta: files-api-2025-04-14
                """)
        },
        block: { block in
            guard block.image.source == .file, block.image.dialect == .messages,
                block.destination.platform.limits.sources.contains(.file)
            else { return nil }
            return Observation(
                """
                the image is an uploaded file; the request needs the header \
                anthropic-beta: files-api-2025-04-14
                """,
                serviceError: ServiceText.fileWithoutHeader.filled())
        })
}
