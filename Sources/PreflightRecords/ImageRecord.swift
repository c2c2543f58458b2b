public import VisionRules
public import ImageHeaders

/// The result of `check` for one image: the record of the contract, one JSON object per line.
///
/// Absent means unknown, never 0. Sizes are in px, `bytes` and `base64_bytes` in bytes.
public struct ImageRecord: Sendable, Hashable {
    /// The path of the file; nil for an image that has none (in a request).
    public var path: PathBytes?
    /// The format that the bytes show, sendable or not.
    public var format: ImageFormat?
    /// The size of the file in bytes.
    public var byteCount: Int
    /// The stored size in px.
    public var size: PixelSize?
    /// The EXIF orientation, 1 to 8.
    public var orientation: Orientation?
    /// 1, or how many frames there are; 2 for "more than one" when ``framesAreExact`` is false.
    public var frames: Int?
    /// Whether ``frames`` was counted to the end.
    public var framesAreExact: Bool?
    /// Whether a pixel can be transparent.
    public var hasAlpha: Bool?
    /// Progressive or interlaced.
    public var isInterlaced: Bool?
    /// What the service does.
    public var verdict: Verdict
    /// The size in px that the model sees, in the displayed orientation.
    public var seenSize: PixelSize?
    /// The exact visual tokens.
    public var tokens: Int?
    /// The guide's estimate for the seen size, tokens.
    public var guideTokens: Int?
    /// The cost of the image as input.
    public var cost: Cost?
    /// The x-height of the smallest text in px of the original; nil if there is none, or it was not measured.
    public var textXHeight: Double?
    /// The x-height of the smallest text in px of what the model sees.
    public var seenTextXHeight: Double?
    /// How many letters were found in lines of text: 0 if there are none; nil if text was not measured.
    public var textLetters: Int?
    /// The pages of a PDF, which is not an image; nil for anything else, and if they cannot be counted.
    public var documentPages: Int?
    /// An estimate of the image part of those pages, tokens, without their text.
    public var documentTokensEstimate: Int?
    /// The id of the model.
    public var model: String
    /// The id of the platform.
    public var platform: String
    /// The findings.
    public var findings: [Finding]

    /// The record of one judged image.
    ///
    /// - Parameters:
    ///   - path: the path as it was found.
    ///   - subject: what was judged.
    ///   - assessment: the judgement.
    ///   - destination: where the image would be sent.
    public init(
        path: PathBytes?, subject: borrowing ImageSubject, assessment: borrowing Assessment,
        destination: borrowing Destination
    ) {
        self.path = path
        byteCount = subject.byteCount
        switch subject.header {
        case .success(let facts):
            format = facts.format
            size = facts.size
            orientation = facts.orientation
            frames = facts.frames
            framesAreExact = facts.framesAreExact
            hasAlpha = facts.hasAlpha
            isInterlaced = facts.isInterlaced
        case .failure(let error):
            format = error.format
        }
        verdict = assessment.verdict
        seenSize = assessment.seen?.size
        tokens = assessment.seen?.tokens
        guideTokens = assessment.guideTokens
        cost = assessment.cost
        if let text = subject.text {
            textLetters = text.measure.letters
            textXHeight = text.measure.letters > 0 ? Self.tenths(text.measure.smallestXHeight) : nil
            seenTextXHeight = seenSize.flatMap { subject.seenXHeight($0) }.map(Self.tenths)
        }
        documentPages = subject.document?.pages
        documentTokensEstimate = subject.document?.tokensEstimate
        model = destination.model.id
        platform = destination.platform.id
        findings = assessment.findings
    }

    /// Rounded to the precision of the measurement.
    private static func tenths(_ height: Double) -> Double { (height * 10).rounded() / 10 }

    /// The stored size as it is shown, px.
    public var displaySize: PixelSize? {
        guard let size else { return nil }
        return size.oriented(orientation ?? .up)
    }
}

extension ImageRecord: Record {
    /// The names of the fields, in the order of the contract.
    package enum CodingKeys: String, CodingKey, CaseIterable, Sendable {
        case path, format
        case mediaType = "media_type"
        case bytes
        case base64Bytes = "base64_bytes"
        case width, height, orientation
        case displayWidth = "display_width"
        case displayHeight = "display_height"
        case frames
        case framesExact = "frames_exact"
        case hasAlpha = "has_alpha"
        case interlaced, verdict
        case seesWidth = "sees_width"
        case seesHeight = "sees_height"
        case tokens
        case tokensGuide = "tokens_guide"
        case costUSD = "cost_usd"
        case documentPages = "document_pages"
        case documentTokensEstimate = "document_tokens_estimate"
        case textXHeight = "text_x_height"
        case seesTextXHeight = "sees_text_x_height"
        case textLetters = "text_letters"
        case model, platform, findings
    }

    /// Writes the fields in the order of the contract.
    package func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.path, path)
        writer.write(CodingKeys.format, format?.rawValue)
        writer.write(CodingKeys.mediaType, format?.mediaType)
        writer.write(CodingKeys.bytes, byteCount)
        writer.write(CodingKeys.base64Bytes, Base64Length.encoded(byteCount))
        writer.write(CodingKeys.width, size?.width)
        writer.write(CodingKeys.height, size?.height)
        writer.write(CodingKeys.orientation, orientation?.rawValue)
        writer.write(CodingKeys.displayWidth, displaySize?.width)
        writer.write(CodingKeys.displayHeight, displaySize?.height)
        writer.write(CodingKeys.frames, frames)
        writer.write(CodingKeys.framesExact, framesAreExact)
        writer.write(CodingKeys.hasAlpha, hasAlpha)
        writer.write(CodingKeys.interlaced, isInterlaced)
        writer.write(CodingKeys.verdict, verdict.rawValue)
        writer.write(CodingKeys.seesWidth, seenSize?.width)
        writer.write(CodingKeys.seesHeight, seenSize?.height)
        writer.write(CodingKeys.tokens, tokens)
        writer.write(CodingKeys.tokensGuide, guideTokens)
        writer.write(CodingKeys.costUSD, cost)
        writer.write(CodingKeys.documentPages, documentPages)
        writer.write(CodingKeys.documentTokensEstimate, documentTokensEstimate)
        writer.write(CodingKeys.textXHeight, textXHeight)
        writer.write(CodingKeys.seesTextXHeight, seenTextXHeight)
        writer.write(CodingKeys.textLetters, textLetters)
        writer.write(CodingKeys.model, model)
        writer.write(CodingKeys.platform, platform)
        writer.write(CodingKeys.findings, records: findings)
    }
}

extension ImageRecord {
    /// Writes the fields to a JSON writer.
    package func writeJSONFields(to writer: inout JSONFieldWriter) { writeFields(to: &writer) }
}

extension Finding: Record {
    /// Writes the fields to a JSON writer.
    package func writeJSONFields(to writer: inout JSONFieldWriter) { writeFields(to: &writer) }

    /// Writes the fields in the order of the contract.
    package func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.code, code.rawValue)
        writer.write(CodingKeys.name, name)
        writer.write(CodingKeys.severity, severity.rawValue)
        writer.write(CodingKeys.message, message)
        writer.write(CodingKeys.measured, measured)
        writer.write(CodingKeys.limit, limit)
        writer.write(CodingKeys.serviceError, serviceError)
    }
}
