internal import ImageHeaders
public import VisionRules

extension RuleCode {
    /// R202 `unsupported-media-type`.
    public static let unsupportedMediaType = RuleCode(rawValue: "R202")
}

extension ServiceText {
    package static let mediaTypeNotTaken = ServiceText(
        "Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'", at: .mediaType)
}

extension RequestRule {
    /// R202: the declared media type is not one of the four.
    static let unsupportedMediaType = RequestRule(
        Rule(
            .unsupportedMediaType, "unsupported-media-type", .error,
            what: "The declared media type is not one of the four that are accepted.",
            why: "Only image/jpeg, image/png, image/gif and image/webp are accepted, not image/jpg.",
            example: #""media_type": "image/jpg""#,
            remedy: "Declare the format of the bytes, or convert them.",
            command: Rule.repairCommand, serviceTexts: [.mediaTypeNotTaken]),
        block: { block in
            guard block.image.source == .base64 else { return nil }
            let declared: String
            switch block.image.declared {
            case .missing: return nil
            case .notText: declared = "not a string"
            case .text(let type):
                // The service compares case-sensitively: `image/PNG` is not accepted either.
                if let format = ImageFormat(mediaType: type), format.isSendable { return nil }
                declared = "“\(type)”"
            }
            return Observation(
                "the media type is \(declared); only image/jpeg, image/png, image/gif and image/webp are accepted",
                serviceError: ServiceText.mediaTypeNotTaken.filled(at: block.path))
        })
}
