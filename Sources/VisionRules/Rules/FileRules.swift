internal import ImageHeaders

// The rules that decide whether there is an image at all. They exclude each other, so they are one
// decision instead of a list.

/// I102: no bytes.
enum EmptyFile {
    static func finding(_ subject: ImageSubject) -> Finding {
        Finding(
            .emptyFile, "the file is empty",
            serviceError: ServiceText.imageEmpty.filled(at: subject.blockPath))
    }
}

/// I101: a known format that cannot be sent.
enum UnsupportedFormat {
    static func finding(_ subject: ImageSubject, format: ImageFormat) -> Finding {
        let text: ServiceText = format.isNamedByService ? .formatNotSupported : .notProcessed
        return Finding(
            .unsupportedFormat,
            "the file is \(format.traits.name); only JPEG, PNG, GIF and WebP can be sent",
            serviceError: text.filled(at: subject.blockPath, [.actual: format.mediaType]))
    }

    /// A kind of a sendable format that common decoders do not read.
    static func finding(_ subject: ImageSubject, kind: UnsupportedKind) -> Finding {
        Finding(
            .unsupportedFormat, "the file is a \(kind.name), which common decoders do not read",
            serviceError: ServiceText.notProcessed.filled(at: subject.blockPath))
    }
}

/// I103: bytes of which no decoder will make an image.
enum UnreadableImage {
    static func finding(_ subject: ImageSubject, error: HeaderError) -> Finding {
        let message: MessageText =
            switch error {
            case .truncated(let format): "the \(format.traits.name) ends within its header"
            case .malformed(let format, let defect):
                "the \(format.traits.name) header is broken: \(defect.sentence)"
            case .noPixelSize(let format): "the \(format.traits.name) holds no size in px"
            case .empty, .unrecognised: "the bytes are no image format that is known here"
            }
        return Finding(
            .unreadableImage, message, serviceError: ServiceText.notProcessed.filled(at: subject.blockPath))
    }
}

extension ImageFormat {
    /// Whether the service is taken to name the format when it refuses it (`Image format … not supported`).
    ///
    /// Recorded: HEIC, SVG and web pages are not decoded at all (`Could not process image`). For the other
    /// image formats no answer is recorded; they get the text that names them.
    fileprivate var isNamedByService: Bool {
        switch self {
        case .jpeg, .png, .gif, .webp, .tiff, .bmp, .ico, .jp2, .psd, .jxl: true
        case .heic, .avif, .svg, .pdf, .html, .xml, .zip, .gzip, .video, .text: false
        }
    }
}

extension HeaderDefect {
    /// What is wrong, to go on after a colon.
    var sentence: String {
        switch self {
        case .impossibleSize: "a side of 0 px, or larger than the format can hold"
        case .missingHeader: "it does not begin as the format demands"
        case .badLength: "a length points outside of the file"
        case .badField: "a field holds a value that the format does not define"
        case .noImage: "it holds no image data"
        case .tooManySegments: "it has more segments than any real file"
        case .badChecksum: "its checksum is wrong"
        case .appleCgBI: "it is Apple's CgBI variant, which only iOS reads"
        }
    }
}
