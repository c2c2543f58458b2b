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
    /// I103: bytes that no decoder will make an image of.
    package static let unreadableImage = ImageRule(
        Rule(
            .unreadableImage, "unreadable-image", .error,
            what: "The bytes are not an image, or the image's header is broken or ends too early.",
            why: "The service refuses the whole request and does not say which image it was.",
            example: "An error page saved as photo.jpg, a PNG with only its first 20 bytes.",
            remedy: "Get the file again. Nothing can be prepared from it.",
            serviceTexts: [.notProcessed, .notProcessedInClaudeCode],
            scope: .wholeImages))
}

extension Finding {
    static func unreadableImage(_ subject: ImageSubject, error: HeaderError) -> Finding {
        Finding(
            .unreadableImage, "\(error.description)",
            serviceError: ServiceText.notProcessed.filled(at: subject.blockPath))
    }
}
