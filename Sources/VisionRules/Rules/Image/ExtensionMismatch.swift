internal import ImageHeaders

/// I104: the name promises another format than the bytes hold.
///
/// A file is not a request: the service never sees the name. But who builds the request often takes the
/// media type from the name, and that is refused.
enum ExtensionMismatch: ImageRule {
    static let code = RuleCode.extensionMismatch

    static func check(
        _ subject: ImageSubject, facts: ImageFacts, seen: SeenSize, destination: Destination,
        into findings: inout [Finding]
    ) {
        check(subject, actual: facts.format, into: &findings)
    }

    /// The same for a file whose format is known although its header says nothing more.
    static func check(_ subject: ImageSubject, actual: ImageFormat, into findings: inout [Finding]) {
        guard let promised = subject.promisedFormat, promised != actual else { return }
        let isRefusedForThis = promised.isSendable && actual.isSendable
        findings.append(
            Finding(
                code,
                """
                the name promises \(promised.traits.name), but the bytes are \(actual.traits.name); \
                its media type is \(actual.mediaType)
                """,
                serviceError: isRefusedForThis
                    ? ServiceText.otherFormatThanDeclared.filled(
                        at: subject.blockPath, [.declared: promised.mediaType, .actual: actual.mediaType])
                    : nil))
    }
}
