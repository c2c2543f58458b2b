public import PreflightRecords
public import VisionRules

extension LintReport {
    /// The result for one image of a request.
    public struct Image: Sendable, Hashable {
        /// The file, as it was named.
        public var file: PathBytes?
        /// The line of the file in which the block begins, from 1.
        public var line: Int
        /// The id of the request in its batch.
        public var customID: String?
        /// The path of the block as the service writes it, as in `messages.0.content.1`. In a log of a
        /// conversation each logged message counts as one.
        public var pointer: String
        /// The image's place among the images of its request, from 0.
        public var imageIndex: Int
        /// `base64`, `url`, `file`, or another type that the request gives.
        public var source: String?
        /// The bytes of the block in the file.
        public var byteRange: Range<Int>
        /// The result of `check` for the image; nil if its bytes are not in the request.
        public var image: ImageRecord?
        /// What the service does; nil if unknown.
        public var verdict: Verdict?
        /// The id of the model.
        public var model: String
        /// The id of the platform.
        public var platform: String
        /// The findings, in the order of their codes.
        public var findings: [Finding]
    }

    /// The result for one request, or for the conversation of a log.
    public struct Request: Sendable, Hashable {
        /// The file, as it was named.
        public var file: PathBytes?
        /// The line of the file in which the request begins, from 1.
        public var line: Int
        /// The id of the request in its batch.
        public var customID: String?
        /// The id of the model.
        public var model: String
        /// The id of the platform.
        public var platform: String
        /// Image blocks, of any source.
        public var images: Int
        /// Document blocks.
        public var documents: Int
        /// Pages of PDF documents; nil if there are none whose bytes are in the request and could be counted.
        public var documentPages: Int?
        /// The body, bytes; for a conversation the sum of its messages. Nil if there is no request.
        public var bodyBytes: Int?
        /// The tokens of all images of known size, including each image's overhead, but not the text.
        public var imageTokens: Int?
        /// An estimate of the image part of all PDF pages, tokens, without their text.
        public var documentTokensEstimate: Int?
        /// The bytes of UTF-8 text that the model reads in addition to the images.
        public var textBytes: Int
        /// The cost of the images as input.
        public var cost: Cost?
        /// The findings about the request as a whole, in the order of their codes.
        public var findings: [Finding]
        /// Notes that are not findings: an unknown model, skipped lines.
        public var notes: [String]
    }

    /// The totals of one file.
    public struct File: Sendable, Hashable {
        /// The file, as it was named.
        public var file: PathBytes?
        /// The size of the file, bytes.
        public var bytes: Int
        /// Requests and conversations.
        public var requests: Int
        /// Image blocks.
        public var images: Int
        /// The tokens of all images of known size.
        public var imageTokens: Int
        /// The cost of all images as input.
        public var cost: Cost
        /// The number of errors, over images, requests and the file.
        public var errors: Int
        /// The number of warnings.
        public var warnings: Int
        /// The number of notes.
        public var noteFindings: Int
        /// The findings about the file as a batch.
        public var findings: [Finding]
        /// Notes that are not findings.
        public var notes: [String]
    }
}

/// An event of a linter run, as soon as it is known: the images of a request, then the request; after all
/// requests of a file, the file.
package enum LintEvent: Sendable, Hashable {
    case image(LintReport.Image)
    case request(LintReport.Request)
    case file(LintReport.File)

    /// The findings.
    package var findings: [Finding] {
        switch self {
        case .image(let image): image.findings
        case .request(let request): request.findings
        case .file(let file): file.findings
        }
    }
}

/// All results for one file or text.
public struct LintReport: Sendable, Hashable, Encodable {
    /// The images in the order of the text.
    public var images: [Image]
    /// The requests in the order of the text.
    public var requests: [Request]
    /// The totals.
    public var file: File

    /// All findings: about images, requests and the file.
    public var findings: [Finding] {
        images.flatMap(\.findings) + requests.flatMap(\.findings) + file.findings
    }
}
