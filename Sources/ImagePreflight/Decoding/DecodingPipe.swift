internal import PreflightRecords
internal import PreflightFiles
internal import ImageHeaders
package import SystemPackage
internal import Vips
internal import VisionRules

// The messages between a decoder and its worker processes: one line of JSON each, followed by raw bytes. It
// is not the line protocol of `image-preflight worker`, which is public and stable; both ends always come
// from one build.

/// The first line of a worker process.
struct DecodingHello: Codable, Hashable {
    var decoder = "image-preflight"
    var version = 1
}

/// A task for a worker process. An image in memory follows the line.
package struct DecodingRequest: Codable {
    /// Repeated in the reply.
    package var id: Int
    /// The bytes of the path of the image in base64, as it need not be UTF-8; nil for an image in memory.
    var path: String?
    /// The state of the file at that path.
    package var version: FileVersion?
    /// How many raw bytes follow: the image.
    var attachedBytes: Int?
    /// Whether the image is that of the last request; it is neither sent nor opened again.
    var isContinued = false
    /// The task.
    package var task: DecodingTask

    init(id: Int, _ task: DecodingTask, path: FilePath?, version: FileVersion?) {
        self.id = id
        self.task = task
        self.version = version
        self.path = path.map { PathBytes($0).base64 }
    }

    /// The path of the image; nil for an image in memory.
    package var filePath: FilePath? { path.flatMap { PathBytes(base64: $0) }.map { FilePath($0) } }
}

/// The result of a worker process. The bytes of each image follow the line, in order.
struct DecodingReply: Codable {
    /// An image, without its bytes.
    struct Image: Codable {
        var tile: Tiling.Tile?
        var format: ImageFormat
        var size: PixelSize
        var byteCount: Int
        var sha256: String
        var encodes: Int
    }

    var id: Int
    /// Why there is no result.
    var failure: DecodingFailure?
    var sourceSHA256: String?
    var perceptualHash: PerceptualHash?
    var damage: [DecodingFailure.Problem] = []
    var text: TextMeasure?
    var pageSize: PixelSize?
    var images: [Image] = []

    init(id: Int, failure: DecodingFailure) {
        self.id = id
        self.failure = failure
    }

    init(id: Int, _ decoded: Decoded) {
        self.id = id
        sourceSHA256 = decoded.sourceSHA256
        perceptualHash = decoded.perceptualHash
        damage = decoded.damage.map { DecodingFailure.Problem($0) }
        text = decoded.text
        pageSize = decoded.pageSize
        images = decoded.images.map {
            Image(
                tile: $0.tile, format: $0.format, size: $0.size, byteCount: $0.bytes.count, sha256: $0.sha256,
                encodes: $0.encodes)
        }
    }
}

/// Why a worker process has no result: the content of a ``PreflightError``, without sentences if possible.
enum DecodingFailure: Codable {
    /// A finding of decoding.
    struct Problem: Codable {
        var code: String
        var message: String

        init(_ finding: Finding) {
            code = finding.code.rawValue
            message = finding.message
        }

        /// The finding; nil for one that a decoder never reports.
        var finding: Finding? {
            // The first hundred codes are about files as such; all others follow from the header.
            guard code.hasPrefix("I1"), let rule = Rule.ofImages.first(where: { $0.code.rawValue == code })
            else { return nil }
            return Finding(rule, Observation("\(DecodingFailure.bounded(message))"))
        }
    }

    case changed
    case image([Problem])
    case overLimit(DecodeLimits.Exceeded)
    case cannotFit(CannotFit)
    case step(action: String, log: String)
    case file(FileError.Operation, errno: Int32)
    case noLibvips

    init(_ error: PreflightError) {
        switch error.reason {
        case .changed: self = .changed
        case .image(let findings): self = .image(findings.map { Problem($0) })
        case .overLimit(let limit): self = .overLimit(limit)
        case .cannotFit(let attempt): self = .cannotFit(attempt)
        case .step(let step): self = .step(action: step.action, log: step.log)
        case .file(let error): self = .file(error.operation, errno: error.errno)
        case .noLibvips: self = .noLibvips
        default: self = .step(action: "decode the image", log: "\(error)")
        }
    }

    /// The error; nil for an invalid one.
    ///
    /// - Parameter path: the file that was to be decoded; nil for an image in memory.
    /// - Returns: the error.
    func error(path: FilePath?) -> PreflightError? {
        switch self {
        case .changed: return path.map { .changed($0) }
        case .image(let problems):
            let findings = problems.prefix(8).compactMap(\.finding)
            return findings.isEmpty ? nil : .image(findings)
        case .overLimit(let limit): return .overLimit(limit)
        case .cannotFit(let attempt): return .cannotFit(attempt)
        case .step(let action, let log):
            return .step(FailedStep(action: Self.bounded(action), log: Self.bounded(log)))
        case .file(let operation, let errno):
            return path.map { .file(FileError(operation, path: "\($0)", errno: errno)) }
        case .noLibvips: return .noLibvips
        }
    }

    /// A text that fits into a row: without control characters, and limited in length.
    fileprivate static func bounded(_ text: String) -> String {
        let characters = text.unicodeScalars.prefix(1000).map {
            $0.value < 0x20 || $0.value == 0x7F ? " " : $0
        }
        return String(String.UnicodeScalarView(characters))
    }
}

extension Encodable {
    /// As one line of JSON, with its line feed.
    var line: [UInt8]? { (try? JSONLine.encode(self)).map { $0 + [UInt8(ascii: "\n")] } }
}
