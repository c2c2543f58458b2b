internal import ImageHeaders

extension RuleCode {
    /// I104 `extension-mismatch`.
    public static let extensionMismatch = RuleCode(rawValue: "I104")
}

extension ServiceText {
    package static let otherFormatThanDeclared = ServiceText(
        "The image was specified using the {declared} media type, "
            + "but the image appears to be a {actual} image", at: .base64)
}

extension ImageRule {
    /// I104: the extension suggests a different format than the bytes.
    ///
    /// A file is not a request: the service never sees the name. But programs that build the request often
    /// take the media type from the name, and a wrong one is refused.
    static let extensionMismatch = ImageRule(
        Rule(
            .extensionMismatch, "extension-mismatch", .warning,
            what: "The file's extension does not match the format of its bytes.",
            why:
                "The service never sees the name, but programs take the media type from it, and a media type that "
                + "does not match the bytes is refused.",
            example: "A WebP image that a browser saved as picture.jpg.",
            remedy: "Declare the media type that the finding names, or correct the file's extension.",
            sharedTexts: [.otherFormatThanDeclared])
    ) { subject, facts, seen, destination in
        observeMismatch(subject, actual: facts.format)
    }
}

/// The same for a file whose format is known although its header gives nothing more.
func observeMismatch(_ subject: ImageSubject, actual: ImageFormat) -> Observation? {
    guard let promised = subject.promisedFormat, promised != actual else { return nil }
    let isRefusedForThis = promised.isSendable && actual.isSendable
    return Observation(
        """
        the name promises \(promised.traits.name), but the bytes are \(actual.traits.name); \
        its media type is \(actual.mediaType)
        """,
        serviceError: isRefusedForThis
            ? ServiceText.otherFormatThanDeclared.filled(
                at: subject.blockPath, [.declared: promised.mediaType, .actual: actual.mediaType])
            : nil)
}
