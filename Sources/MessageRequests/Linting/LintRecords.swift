public import PreflightRecords
public import VisionRules

extension LintReport {
    /// What was found about one image of a request.
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
        /// `base64`, `url`, `file`, or what the request says instead.
        public var source: String?
        /// The bytes of the block in the file.
        public var byteRange: Range<Int>
        /// What `check` would say of the image; nil where its bytes are not in the request.
        public var image: ImageRecord?
        /// What the service does; nil where that cannot be told.
        public var verdict: Verdict?
        /// The id of the model that was asked about.
        public var model: String
        /// The id of the platform that was asked about.
        public var platform: String
        /// What the rules have to say, in the order of their codes.
        public var findings: [Finding]
    }

    /// What was found about one request, or about the conversation of a log.
    public struct Request: Sendable, Hashable {
        /// The file, as it was named.
        public var file: PathBytes?
        /// The line of the file in which the request begins, from 1.
        public var line: Int
        /// The id of the request in its batch.
        public var customID: String?
        /// The id of the model that was asked about.
        public var model: String
        /// The id of the platform that was asked about.
        public var platform: String
        /// Image blocks, of any source.
        public var images: Int
        /// Document blocks.
        public var documents: Int
        /// Pages of PDF documents; nil where there are none whose bytes are in the request and could be counted.
        public var documentPages: Int?
        /// The body, bytes; of a conversation the sum of its messages. Nil where there is no request.
        public var bodyBytes: Int?
        /// The tokens of all images of known size, with what each costs beside its patches. Text is not in it.
        public var imageTokens: Int?
        /// An estimate of the image part of all PDF pages, tokens; their text is not in it.
        public var documentTokensEstimate: Int?
        /// The bytes of UTF-8 text that the model reads beside the images.
        public var textBytes: Int
        /// What the images cost as input.
        public var cost: Cost?
        /// What the rules have to say of the request as a whole, in the order of their codes.
        public var findings: [Finding]
        /// What is worth knowing and no rule: an unknown model, lines that were passed over.
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
        /// What all images cost as input.
        public var cost: Cost
        /// Findings of each severity, over images, requests and the file.
        public var errors: Int
        /// The same for warnings.
        public var warnings: Int
        /// The same for notes.
        public var noteFindings: Int
        /// What the rules have to say of the file as a batch.
        public var findings: [Finding]
        /// What is worth knowing and no rule.
        public var notes: [String]
    }
}

/// What a run of the linter tells, as soon as it knows it: the images of a request, then the request;
/// after all requests of a file, the file.
package enum LintEvent: Sendable, Hashable {
    case image(LintReport.Image)
    case request(LintReport.Request)
    case file(LintReport.File)

    /// What the rules have to say.
    package var findings: [Finding] {
        switch self {
        case .image(let image): image.findings
        case .request(let request): request.findings
        case .file(let file): file.findings
        }
    }
}

/// Everything that was found in one file or text.
public struct LintReport: Sendable, Hashable, Encodable {
    /// The images in the order of the text.
    public var images: [Image]
    /// The requests in the order of the text.
    public var requests: [Request]
    /// The totals.
    public var file: File

    /// All findings: of images, of requests, of the file.
    public var findings: [Finding] {
        images.flatMap(\.findings) + requests.flatMap(\.findings) + file.findings
    }
}
