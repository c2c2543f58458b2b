package import PreflightRecords
package import ImageHeaders
internal import VisionRules

/// One image to put into a request.
package struct RequestImage: Sendable, Hashable {
    /// Where the service gets the picture from.
    package enum Source: Sendable, Hashable {
        /// The bytes of a file of this size, as base64. The file is read when the request is written.
        case file(path: PathBytes, byteCount: Int, format: ImageFormat)
        /// These bytes, as base64.
        case bytes([UInt8], format: ImageFormat)
        /// A URL that the service fetches.
        case url(String)
        /// The id of a file that was uploaded.
        case fileID(String)

        /// The bytes of a file of this size, as base64. The file is read when the request is written.
        ///
        /// - Parameters:
        ///   - path: the file.
        ///   - byteCount: its size in bytes.
        ///   - format: what it is.
        /// - Returns: the source.
        package static func file(path: String, byteCount: Int, format: ImageFormat) -> Source {
            .file(path: PathBytes(path), byteCount: byteCount, format: format)
        }
    }

    /// Where the picture comes from.
    package var source: Source
    /// The size in px as it is shown.
    package var size: PixelSize
    /// Which part of a picture it shows; nil if it is not a part.
    package var part: ImagePart?
    /// The pages of a PDF, which goes into a document block; nil for an image. Each counts as an image.
    package private(set) var documentPages: Int?

    /// A PDF, which goes into a document block.
    ///
    /// - Parameters:
    ///   - source: where the service gets it from.
    ///   - documentPages: how many pages it has, at least 1.
    package init(_ source: Source, documentPages: Int) {
        self.init(source, size: PixelSize(width: 1, height: 1))
        self.documentPages = documentPages
    }

    /// An image.
    ///
    /// - Parameters:
    ///   - source: where the picture comes from.
    ///   - size: the size in px as it is shown.
    package init(_ source: Source, size: PixelSize) { self.init(source, size: size, part: nil) }

    /// A part of an image.
    ///
    /// - Parameters:
    ///   - source: where the picture comes from.
    ///   - size: the size in px as it is shown.
    ///   - part: which part of a picture it shows; nil if it is not a part.
    package init(_ source: Source, size: PixelSize, part: ImagePart?) {
        self.source = source
        self.size = size
        self.part = part
    }

    /// The base64 text of the image in the body, bytes; 0 for a URL or a file id.
    package var base64Bytes: Int {
        switch source {
        case .file(_, let byteCount, _): Base64Length.encoded(byteCount)
        case .bytes(let bytes, _): Base64Length.encoded(bytes.count)
        case .url, .fileID: 0
        }
    }

    /// The block up to the picture's text, as JSON.
    var head: String {
        let start = "{\"type\":\"\(documentPages == nil ? "image" : "document")\",\"source\":{\"type\":"
        return switch source {
        case .file(_, _, let format), .bytes(_, let format):
            start + "\"base64\",\"media_type\":\"\(format.mediaType)\",\"data\":\""
        case .url(let url): start + "\"url\",\"url\":" + JSONLiteral.quoted(url)
        case .fileID(let id): start + "\"file\",\"file_id\":" + JSONLiteral.quoted(id)
        }
    }

    /// The rest of the block, as JSON.
    func tail(isCached: Bool) -> String {
        let quote =
            switch source {
            case .file, .bytes: "\"}"
            case .url, .fileID: "}"
            }
        return quote + (isCached ? ",\"cache_control\":{\"type\":\"ephemeral\"}}" : "}")
    }
}

/// Why a request could not be written.
package enum RequestWriteError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A picture's file cannot be read.
    case read(path: PathBytes, FileError)
    /// A picture's file has a different size than when the request was planned.
    case changed(path: PathBytes)
    /// The request cannot be written.
    case write(FileError)

    /// The error as a sentence.
    package var description: String {
        switch self {
        case .read(let path, let error): "\(path.text): \(error.description)"
        case .changed(let path): "\(path.text) changed while requests were being written"
        case .write(let error): error.description
        }
    }
}
