internal import ImageHeaders
internal import VisionRules

/// R201: the declared media type is one of the four, but another one than the bytes have.
enum MediaTypeMismatch: BlockRule {
    static func check(_ block: BlockContext, into findings: inout [Finding]) {
        guard case .text(let declared) = block.image.declared, let actual = block.actualFormat,
            let promised = ImageFormat(mediaType: declared), promised.isSendable, actual.isSendable,
            promised != actual
        else { return }
        findings.append(
            Finding(
                .mediaTypeMismatch,
                "the media type is \(declared), but the bytes are \(actual.traits.name) (\(actual.mediaType))",
                serviceError: ServiceText.otherFormatThanDeclared.filled(
                    at: block.path, [.declared: declared, .actual: actual.mediaType])))
    }
}
