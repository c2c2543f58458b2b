internal import VisionRules

/// R203: a base64 source without a media type.
enum MissingMediaType: BlockRule {
    static func check(_ block: BlockContext, into findings: inout [Finding]) {
        guard block.image.source == .base64, block.image.declared == .missing else { return }
        let field = block.image.dialect == .converse ? "format" : "media_type"
        findings.append(
            Finding(
                .missingMediaType, "the image has no \(field)",
                serviceError: ServiceText.mediaTypeMissing.filled(at: block.path)))
    }
}
