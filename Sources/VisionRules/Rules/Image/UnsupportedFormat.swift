internal import ImageHeaders

extension RuleCode {
    /// I101 `unsupported-format`.
    public static let unsupportedFormat = RuleCode(rawValue: "I101")
}

extension ServiceText {
    package static let formatNotSupported = ServiceText(
        "Image format {actual} not supported", at: .data)
}

extension ImageRule {
    /// I101: a known format, or a variant of one, that cannot be sent.
    package static let unsupportedFormat = ImageRule(
        Rule(
            .unsupportedFormat, "unsupported-format", .error,
            what:
                """
                The bytes are of a known format, but not one of the four that can be sent, or of a variant that common \
                decoders do not read: a JPEG with 12 bits per sample, a lossless or hierarchical one, one with \
                arithmetic coding.
                """,
            why:
                "The service reads JPEG, PNG, GIF and WebP only. It goes by the bytes, so renaming the file does not help.",
            example: "A HEIC photo from a phone, a TIFF scan, an SVG drawing, a saved web page.",
            remedy:
                "Convert the file. HEIC, AVIF, TIFF and BMP are converted if the installed libvips supports them. A PDF "
                + "is not an image: send it in a document block, where its pages count as images.",
            command: Rule.prepareCommand, serviceTexts: [.formatNotSupported], sharedTexts: [.notProcessed],
            scope: .wholeImages))
}

extension Finding {
    static func unsupportedFormat(_ subject: ImageSubject, format: ImageFormat) -> Finding {
        let text: ServiceText = format.isNamedByService ? .formatNotSupported : .notProcessed
        // For a PDF in an image block, only its first bytes were read.
        let hint = format == .pdf ? " as images; a PDF goes into a document block" : ""
        return Finding(
            .unsupportedFormat,
            "the file is \(format.traits.name); only JPEG, PNG, GIF and WebP can be sent\(hint)",
            serviceError: text.filled(at: subject.blockPath, [.actual: format.mediaType]))
    }

    /// A variant of a sendable format that common decoders do not read.
    static func unsupportedFormat(_ subject: ImageSubject, kind: ImageFacts.UnsupportedKind) -> Finding {
        Finding(
            .unsupportedFormat, "the file is \(kind.name), which common decoders do not read",
            serviceError: ServiceText.notProcessed.filled(at: subject.blockPath))
    }
}

extension ImageFormat {
    /// Whether the service presumably names the format when it refuses it (`Image format … not supported`).
    ///
    /// Recorded: HEIC, SVG and web pages are not decoded at all (`Could not process image`). For the other
    /// image formats no answer is recorded; they get the text that names them.
    fileprivate var isNamedByService: Bool {
        switch self {
        case .jpeg, .png, .gif, .webp, .tiff, .bmp, .ico, .jp2, .psd, .jxl: true
        default: false
        }
    }
}
