public import VisionRules

extension RuleCode {
    /// R205 `data-uri-in-data`.
    public static let dataURIInData = RuleCode(rawValue: "R205")
}

extension RequestRule {
    /// R205: the data begin with the head of a data URI.
    static let dataURIInData = RequestRule(
        Rule(
            .dataURIInData, "data-uri-in-data", .error,
            what: "The data begin with `data:image/…;base64,`.",
            why: "That is a data URI, as web pages use it. The field takes the base64 text alone.",
            example: #""data": "data:image/png;base64,iVBORw0KGgo…""#,
            remedy: "Take off everything up to the comma.",
            command: Rule.repairCommand, sharedTexts: [.invalidBase64]),
        block: { block in
            guard let base64 = block.image.base64, base64.uriPrefixCount > 0 else { return nil }
            return Observation(
                """
                the data begin with a data URI of \(base64.uriPrefixCount) letters; \
                only the base64 text behind its comma belongs there
                """,
                serviceError: ServiceText.invalidBase64.filled(at: block.path))
        })
}
