internal import ImageHeaders
internal import VisionRules

/// R202: the declared media type is none of the four.
enum UnsupportedMediaType: BlockRule {
    static func check(_ block: BlockContext, into findings: inout [Finding]) {
        guard block.image.source == .base64 else { return }
        let declared: String
        switch block.image.declared {
        case .missing: return
        case .notText: declared = "no text"
        case .text(let type):
            // The service compares letter by letter: `image/PNG` is not taken either.
            if let format = ImageFormat(mediaType: type), format.isSendable { return }
            declared = "“\(type)”"
        }
        findings.append(
            Finding(
                .unsupportedMediaType,
                "the media type is \(declared); only image/jpeg, image/png, image/gif and image/webp are taken",
                serviceError: ServiceText.mediaTypeNotTaken.filled(at: block.path)))
    }
}
