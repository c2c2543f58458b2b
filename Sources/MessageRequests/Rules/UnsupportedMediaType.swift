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
    /// R202: the declared media type is none of the four.
    static let unsupportedMediaType = RequestRule(
        Rule(
            .unsupportedMediaType, "unsupported-media-type", .error,
            what: "The declared media type is none of the four that are taken.",
            why: "Only image/jpeg, image/png, image/gif and image/webp are taken; image/jpg is none of them.",
            example: #""media_type": "image/jpg""#, remedy: "Declare what the bytes are, or convert them.",
            command: Rule.repairCommand, serviceTexts: [.mediaTypeNotTaken]),
        block: { block in
            guard block.image.source == .base64 else { return nil }
            let declared: String
            switch block.image.declared {
            case .missing: return nil
            case .notText: declared = "no text"
            case .text(let type):
                // The service compares letter by letter: `image/PNG` is not taken either.
                if let format = ImageFormat(mediaType: type), format.isSendable { return nil }
                declared = "“\(type)”"
            }
            return Observation(
                "the media type is \(declared); only image/jpeg, image/png, image/gif and image/webp are taken",
                serviceError: ServiceText.mediaTypeNotTaken.filled(at: block.path))
        })
}
