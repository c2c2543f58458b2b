internal import VisionRules

/// R204: the data are not base64 of the standard alphabet, padded and without breaks.
enum InvalidBase64: BlockRule {
    static func check(_ block: BlockContext, into findings: inout [Finding]) {
        guard let base64 = block.image.base64, base64.uriPrefixCount == 0, let defect = base64.defect
        else { return }
        findings.append(
            Finding(
                .invalidBase64, "the data are not base64: \(defect.sentence)",
                serviceError: ServiceText.invalidBase64.filled(at: block.path)))
    }
}
