public import VisionRules

extension RuleCode {
    /// R205 `data-uri-in-data`.
    public static let dataURIInData = RuleCode(rawValue: "R205")
}

extension RequestRule {
    /// R205: the data begins with the head of a data URI.
    static let dataURIInData = RequestRule(
        Rule(
            .dataURIInData, "data-uri-in-data", .error,
            what: "The data begins with `data:image/…;base64,`.",
            why: "That is a data URI, as web pages use it. The field takes only the base64 text.",
            example: #""data": "data:image/png;base64,iVBORw0KGgo…""#,
            remedy: "Remove everything up to the comma.",
            command: Rule.repairCommand, sharedTexts: [.invalidBase64]),
        block: { block in
            guard let base64 = block.image.base64, base64.uriPrefixCount > 0 else { return nil }
            return Observation(
                """
                the data begins with a data URI prefix of \(base64.uriPrefixCount) letters; \
                keep only the base64 text after its comma
                """,
                serviceError: ServiceText.invalidBase64.filled(at: block.path))
        })
}
