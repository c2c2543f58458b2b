extension RuleCode {
    /// I102 `empty-file`.
    public static let emptyFile = RuleCode(rawValue: "I102")
}

extension ServiceText {
    package static let imageEmpty = ServiceText(
        "image cannot be empty", at: .base64)
}

extension ImageRule {
    /// I102: no bytes.
    static let emptyFile = ImageRule(
        Rule(
            .emptyFile, "empty-file", .error,
            what: "The file has no bytes.",
            why: "The service refuses the whole request, not only this image.",
            example: "A download or an upload that was interrupted before its first byte.",
            remedy: "Get the file again, or leave it out.", sharedTexts: [.imageEmpty], scope: .wholeImages))
}

extension Finding {
    static func emptyFile(_ subject: ImageSubject) -> Finding {
        Finding(
            .emptyFile, "the file is empty",
            serviceError: ServiceText.imageEmpty.filled(at: subject.blockPath))
    }
}
