internal import ImageHeaders

extension RuleCode {
    /// I103 `unreadable-image`.
    public static let unreadableImage = RuleCode(rawValue: "I103")
}

extension ServiceText {
    package static let notProcessed = ServiceText(
        "Could not process image")
    package static let notProcessedInClaudeCode = ServiceText(
        "An image in the conversation could not be processed and was removed")
}

extension ImageRule {
    /// I103: bytes of which no decoder will make an image.
    package static let unreadableImage = ImageRule(
        Rule(
            .unreadableImage, "unreadable-image", .error,
            what: "The bytes are no image, or the image's header is broken or ends too early.",
            why: "The service refuses the whole request and does not say which image it was.",
            example: "An error page saved as photo.jpg, a PNG of which only the first 20 bytes arrived.",
            remedy: "Get the file again. Nothing can be prepared from it.",
            serviceTexts: [.notProcessed, .notProcessedInClaudeCode],
            scope: .wholeImages))
}

extension Finding {
    static func unreadableImage(_ subject: ImageSubject, error: HeaderError) -> Finding {
        let message: MessageText =
            switch error {
            case .truncated(let format): "the \(format.traits.name) ends within its header"
            case .malformed(let format, let defect):
                "the \(format.traits.name) header is broken: \(defect.sentence)"
            case .noPixelSize(let format): "the \(format.traits.name) holds no size in px"
            case .empty, .unrecognised: "the bytes are no image format that is known here"
            }
        return Finding(
            .unreadableImage, message, serviceError: ServiceText.notProcessed.filled(at: subject.blockPath))
    }
}

extension HeaderDefect {
    /// What is wrong, to go on after a colon.
    var sentence: String {
        switch self {
        case .impossibleSize: "a side of 0 px, or larger than the format can hold"
        case .missingHeader: "it does not begin as the format demands"
        case .badLength: "a length points outside of the file"
        case .badField: "a field holds a value that the format does not define"
        case .noImage: "it holds no image data"
        case .tooManySegments: "it has more segments than any real file"
        case .badChecksum: "its checksum is wrong, so that it was changed or damaged"
        case .endlessDerivation: "its images are made of each other in a circle, or without end"
        case .appleCgBI: "it is Apple's CgBI variant, which only iOS reads"
        }
    }
}
