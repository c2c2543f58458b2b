internal import ImageHeaders

/// I203: the base64 text of the image is too long. The limit is on that text, not on the file: a file of
/// 4 MB is over a limit of 5 MB.
enum BytesOverLimit: ImageRule {
    static let code = RuleCode.bytesOverLimit

    static func check(
        _ subject: ImageSubject, facts: ImageFacts, seen: SeenSize, destination: Destination,
        into findings: inout [Finding]
    ) {
        let measured = subject.base64ByteCount
        let limit = destination.platform.limits.maxBase64Bytes
        guard measured > limit else { return }
        findings.append(
            Finding(
                code,
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
                    ])))
    }
}
