internal import VisionRules

/// R206: an image block whose data are empty.
enum EmptyImage: BlockRule {
    static func check(_ block: BlockContext, into findings: inout [Finding]) {
        guard let base64 = block.image.base64, base64.characterCount == 0, base64.uriPrefixCount == 0
        else { return }
        findings.append(
            Finding(
                .emptyImage, "the image has no data",
                serviceError: ServiceText.imageEmpty.filled(at: block.path)))
    }
}
