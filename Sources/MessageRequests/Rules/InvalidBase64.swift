public import VisionRules

extension RuleCode {
    /// R204 `invalid-base64`.
    public static let invalidBase64 = RuleCode(rawValue: "R204")
}

extension ServiceText {
    package static let invalidBase64 = ServiceText(
        "invalid base64 data", at: .base64)
}

extension RequestRule {
    /// R204: the data is not base64 with the standard alphabet, padding and no breaks.
    static let invalidBase64 = RequestRule(
        Rule(
            .invalidBase64, "invalid-base64", .error,
            what: "The data is not base64.",
            why:
                "The service refuses the request. Line breaks, spaces, url-safe letters (- and _) and missing padding "
                + "are the usual reasons.",
            example: #""data": "iVBORw0KGgo…\n…" with line breaks every 76 letters."#,
            remedy: "Encode the bytes with the standard alphabet, with padding, without line breaks.",
            command: Rule.repairCommand, serviceTexts: [.invalidBase64]),
        block: { block in
            guard let base64 = block.image.base64, base64.uriPrefixCount == 0, let defect = base64.defect
            else { return nil }
            return Observation(
                "the data is not base64: \(defect.sentence)",
                serviceError: ServiceText.invalidBase64.filled(at: block.path))
        })
}
