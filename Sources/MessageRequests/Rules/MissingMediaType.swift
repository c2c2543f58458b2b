public import VisionRules

extension RuleCode {
    /// R203 `missing-media-type`.
    public static let missingMediaType = RuleCode(rawValue: "R203")
}

extension ServiceText {
    package static let mediaTypeMissing = ServiceText(
        "Field required", at: .mediaType, recognizedBy: ["media_type: Field required"])
}

extension RequestRule {
    /// R203: a base64 source without a media type.
    static let missingMediaType = RequestRule(
        Rule(
            .missingMediaType, "missing-media-type", .error,
            what: "A base64 source has no `media_type`.",
            why: "It is required; the service does not guess.",
            example: #"{"type": "base64", "data": "…"}"#, remedy: "Declare the format of the bytes.",
            command: Rule.repairCommand, serviceTexts: [.mediaTypeMissing]),
        block: { block in
            guard block.image.source == .base64, block.image.declared == .missing else { return nil }
            let field = block.image.dialect == .converse ? "format" : "media_type"
            return Observation(
                "the image has no \(field)",
                serviceError: ServiceText.mediaTypeMissing.filled(at: block.path))
        })
}
