internal import VisionRules

/// R205: the data begin with the head of a data URI.
enum DataURIInData: BlockRule {
    static func check(_ block: BlockContext, into findings: inout [Finding]) {
        guard let base64 = block.image.base64, base64.uriPrefixCount > 0 else { return }
        findings.append(
            Finding(
                .dataURIInData,
                """
                the data begin with a data URI of \(base64.uriPrefixCount) letters; \
                only the base64 text behind its comma belongs there
                """,
                serviceError: ServiceText.invalidBase64.filled(at: block.path)))
    }
}
