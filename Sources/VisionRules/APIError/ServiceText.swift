/// The texts with which the service refuses a request, each written once: rules fill them in, and
/// ``ServiceErrorExplainer`` recognises them.
///
/// Source: answers of the Messages API recorded up to October 2026 (FACTS §5). All are HTTP 400
/// `invalid_request_error`, but ``requestTooLarge`` (HTTP 413 `request_too_large`).
public enum ServiceText: String, Sendable, Hashable, CaseIterable {
    case imageTooManyBytes, edgeTooLong, edgeTooLongForManyImages
    case otherFormatThanDeclared, otherFormatThanDeclaredUntil2025
    case mediaTypeNotTaken, mediaTypeMissing, formatNotSupported, notProcessed, imageEmpty, invalidBase64
    case tooManyImages, tooMuchMedia, requestTooLarge
    case urlNotTaken, urlNotDownloaded, fileNotTaken
    case emptyTextBlock, oversizedImage, promptTooLong

    /// A place in a text that is filled in.
    public enum Hole: String, Sendable, Hashable, CaseIterable {
        /// What was measured, a whole number.
        case measured
        /// The largest value that passes, a whole number.
        case limit
        /// The limit in MB, as people write it.
        case megabytes
        /// Document pages, a whole number.
        case documents
        /// The media type that the request declares.
        case declared
        /// The media type that the bytes show.
        case actual
        /// The size of an image as in `1593x2324`, px.
        case size
        /// The largest size that passes, px.
        case fittedSize = "fitted"
    }

    /// The text with `{holes}`, without the path of the block.
    public var template: String {
        switch self {
        case .imageTooManyBytes: "image exceeds {megabytes} MB maximum: {measured} bytes > {limit} bytes"
        case .edgeTooLong: "At least one of the image dimensions exceed max allowed size: {limit} pixels"
        case .edgeTooLongForManyImages:
            "At least one of the image dimensions exceed max allowed size for many-image requests: "
                + "{limit} pixels"
        case .otherFormatThanDeclared:
            "The image was specified using the {declared} media type, "
                + "but the image appears to be a {actual} image"
        case .otherFormatThanDeclaredUntil2025: "Image does not match the provided media type {declared}"
        case .mediaTypeNotTaken: "Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'"
        case .mediaTypeMissing: "Field required"
        case .formatNotSupported: "Image format {actual} not supported"
        case .notProcessed: "Could not process image"
        case .imageEmpty: "image cannot be empty"
        case .invalidBase64: "invalid base64 data"
        case .tooManyImages: "too many images and documents: {measured} + {documents} > {limit}"
        case .tooMuchMedia: "Too much media: {documents} document pages + {measured} images > {limit}"
        case .requestTooLarge: "Request exceeds the maximum size"
        case .urlNotTaken: "URL sources are not supported"
        case .urlNotDownloaded: "Unable to download the file. Please verify the URL and try again."
        case .fileNotTaken:
            "Input tag 'file' found using 'type' does not match any of the expected tags: "
                + "'base64', 'content', 'text', 'url'"
        case .emptyTextBlock: "messages: text content blocks must be non-empty"
        case .oversizedImage:
            "image dimensions {size} exceed the maximum image size of a model named on this request and "
                + "would be downsized to {fitted}; scale the image to at most {fitted} or set the image's "
                + "oversized_image setting to \"downsize\""
        case .promptTooLong: "prompt is too long: {measured} tokens > {limit} maximum"
        }
    }

    /// What stands between the path of the block and the text; nil where the service names no block.
    public var pathSuffix: String? {
        switch self {
        case .imageTooManyBytes, .otherFormatThanDeclared, .imageEmpty, .invalidBase64:
            ".image.source.base64"
        case .edgeTooLong, .edgeTooLongForManyImages, .otherFormatThanDeclaredUntil2025, .formatNotSupported,
            .urlNotTaken:
            ".image.source.base64.data"
        case .mediaTypeNotTaken, .mediaTypeMissing: ".image.source.base64.media_type"
        case .oversizedImage: ""
        case .notProcessed, .tooManyImages, .tooMuchMedia, .requestTooLarge, .urlNotDownloaded,
            .fileNotTaken, .emptyTextBlock, .promptTooLong:
            nil
        }
    }

    /// The rule that finds the same thing before sending.
    public var code: RuleCode {
        switch self {
        case .imageTooManyBytes: .bytesOverLimit
        case .edgeTooLong: .edgeOverLimit
        case .edgeTooLongForManyImages: .edgeOverManyImageLimit
        case .otherFormatThanDeclared, .otherFormatThanDeclaredUntil2025: .mediaTypeMismatch
        case .mediaTypeNotTaken: .unsupportedMediaType
        case .mediaTypeMissing: .missingMediaType
        case .formatNotSupported: .unsupportedFormat
        case .notProcessed: .unreadableImage
        case .imageEmpty: .emptyImage
        case .invalidBase64: .invalidBase64
        case .tooManyImages, .tooMuchMedia: .tooManyImages
        case .requestTooLarge: .requestTooLarge
        case .urlNotTaken, .fileNotTaken: .sourceNotOnPlatform
        case .urlNotDownloaded: .urlCannotBeChecked
        case .emptyTextBlock: .emptyTextBlock
        case .oversizedImage: .oversizedImageSetToError
        case .promptTooLong: .contextWindowExceeded
        }
    }

    /// The text as the service would write it.
    ///
    /// - Parameters:
    ///   - blockPath: the path of the block, as in `messages.0.content.1`; ignored by a text without one, and
    ///     nil where it is not known: then the text begins behind it.
    ///   - dataField: what the platform calls the data of an image, ``Platform/imageDataField``.
    ///   - values: what goes into the holes; a hole without a value stays as it is written.
    /// - Returns: the text.
    public func filled(
        at blockPath: String?, dataField: String = "base64", _ values: [Hole: String] = [:]
    ) -> String {
        var text = ""
        if let pathSuffix, let blockPath {
            let suffix = self == .imageTooManyBytes ? ".image.source." + dataField : pathSuffix
            text = blockPath + suffix + ": "
        }
        for piece in Self.pieces(of: template) {
            switch piece {
            case .literal(let literal): text += literal
            case .hole(let hole): text += values[hole] ?? "{\(hole.rawValue)}"
            }
        }
        return text
    }

    /// A stretch of a template.
    enum Piece: Hashable {
        case literal(String)
        case hole(Hole)
    }

    /// The parts of the text that are the same behind every gateway, and each enough to tell it from others: long
    /// texts are cut off in logs, and `Field required` alone could be about any field.
    var stableMiddles: [String] {
        // HTTP 413 comes with other words behind these, and from gateways with its type alone.
        self == .requestTooLarge
            ? ["Request exceeds the maximum", "request_too_large"] : [stableMiddle]
    }

    private var stableMiddle: String {
        switch self {
        case .mediaTypeMissing: "media_type: " + template
        case .oversizedImage:
            "image dimensions {size} exceed the maximum image size of a model named on this request and "
                + "would be downsized to {fitted}"
        case .urlNotDownloaded: "Unable to download the file"
        case .fileNotTaken: "Input tag 'file' found using 'type' does not match any of the expected tags"
        default: template
        }
    }

    /// A template, taken apart.
    static func pieces(of template: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            if open > rest.startIndex { pieces.append(.literal(String(rest[..<open]))) }
            if let hole = Hole(rawValue: String(rest[rest.index(after: open)..<close])) {
                pieces.append(.hole(hole))
            }
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        return pieces
    }

    /// A limit of bytes in MB as the service labels it: `5` for 5,242,880; other limits to one decimal.
    public static func megabytes(_ bytes: Int) -> String {
        let mebibyte = 1_048_576
        guard bytes % mebibyte != 0 else { return String(bytes / mebibyte) }
        let tenths = bytes % mebibyte * 10 / mebibyte
        return "\(bytes / mebibyte).\(tenths)"
    }
}
