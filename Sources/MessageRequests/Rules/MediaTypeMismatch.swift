internal import ImageHeaders
public import VisionRules

extension RuleCode {
    /// R201 `media-type-mismatch`.
    public static let mediaTypeMismatch = RuleCode(rawValue: "R201")
}

extension ServiceText {
    package static let otherFormatThanDeclaredUntil2025 = ServiceText(
        "Image does not match the provided media type {declared}", at: .data)
}

extension RequestRule {
    /// R201: the declared media type is one of the four, but not that of the bytes.
    static let mediaTypeMismatch = RequestRule(
        Rule(
            .mediaTypeMismatch, "media-type-mismatch", .error,
            what: "The declared media type is not that of the bytes.",
            why:
                "The service refuses the request. In a conversation every later turn fails too, because the block is "
                + "sent again.",
            example: #""media_type": "image/png" with the bytes of a JPEG."#,
            remedy: "Declare the format of the bytes.", command: Rule.repairCommand,
            serviceTexts: [.otherFormatThanDeclared, .otherFormatThanDeclaredUntil2025]),
        block: { block in
            guard case .text(let declared) = block.image.declared, let actual = block.actualFormat,
                let promised = ImageFormat(mediaType: declared), promised.isSendable, actual.isSendable,
                promised != actual
            else { return nil }
            return Observation(
                "the media type is \(declared), but the bytes are \(actual.traits.name) (\(actual.mediaType))",
                serviceError: ServiceText.otherFormatThanDeclared.filled(
                    at: block.path, [.declared: declared, .actual: actual.mediaType]))
        })
}
