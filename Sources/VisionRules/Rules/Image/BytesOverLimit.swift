internal import ImageHeaders

extension RuleCode {
    /// I203 `bytes-over-limit`.
    public static let bytesOverLimit = RuleCode(rawValue: "I203")
}

extension ServiceText {
    package static let imageTooManyBytes = ServiceText(
        "image exceeds {megabytes} MB maximum: {measured} bytes > {limit} bytes", at: .base64)
    package static let imageTooLargeInClaudeCode = ServiceText("Image was too large")
}

extension ImageRule {
    /// I203: the base64 text of the image is too long. The limit is on that text, not on the file: a file of
    /// 4 MB is over a limit of 5 MB.
    static let bytesOverLimit = ImageRule(
        Rule(
            .bytesOverLimit, "bytes-over-limit", .error,
            what: "The base64 text of the image is longer than the platform accepts.",
            why:
                "The limit is on the base64 text, a third longer than the file: a file of 3,932,160 bytes is exactly "
                + "5 MB of base64. Checking the file's size accepts images that the service refuses.",
            example:
                "A PNG screenshot of 4.5 MB with a limit of 5 MB: its base64 text has 6.3 million bytes.",
            remedy: "Re-encode it, usually at the size that the model sees anyway.",
            command: Rule.prepareCommand,
            serviceTexts: [.imageTooManyBytes, .imageTooLargeInClaudeCode])
    ) { subject, facts, seen, destination in
        let measured = subject.base64ByteCount
        let limit = destination.platform.limits.maxBase64Bytes
        guard measured > limit else { return nil }
        return Observation(
            """
            the file of \(subject.byteCount) bytes is \(measured) bytes of base64 text, \
            at most \(limit) are accepted
            """,
            measured: measured, limit: limit,
            serviceError: ServiceText.imageTooManyBytes.filled(
                at: subject.blockPath, dataField: destination.platform.imageDataField,
                [
                    .megabytes: ServiceText.megabytes(limit), .measured: "\(measured)",
                    .limit: "\(limit)",
                ]))
    }
}
