package import PreflightRecords
public import ImageHeaders
public import VisionRules

/// What the header of one image says, and the findings of the rules.
public struct CheckedImage: Sendable, Hashable {
    /// What the rules judged: header, bytes, name.
    package var subject: ImageSubject
    /// The judgement.
    package var assessment: Assessment
    /// Its perceptual hash, if requested (``PrepareOptions/hashesPictures``).
    package var perceptualHash: PerceptualHash?

    package init(subject: ImageSubject, assessment: Assessment) {
        self.subject = subject
        self.assessment = assessment
    }

    /// What the header says; nil when it cannot be read.
    public var facts: ImageFacts? { subject.facts }

    /// Why there are no ``facts``; nil if there are.
    public var headerError: HeaderError? {
        if case .failure(let error) = subject.header { error } else { nil }
    }

    /// What the service does with the image.
    public var verdict: Verdict { assessment.verdict }

    /// The format of the bytes, whatever the name says; nil if unknown.
    public var format: ImageFormat? { facts?.format ?? headerError?.format }

    /// The size in px as the image is displayed; nil when the header cannot be read.
    public var size: PixelSize? { facts?.displaySize }

    /// The size of the file in bytes.
    public var byteCount: Int { subject.byteCount }

    /// The size in px that the model sees, and its visual tokens; nil if it cannot be sent.
    public var seen: SeenSize? { assessment.seen }

    /// The exact visual tokens; nil if it cannot be sent.
    public var tokens: Int? { assessment.seen?.tokens }

    /// The guide's estimate `ceil(width * height / 750)` of the seen size, tokens.
    public var guideTokens: Int? { assessment.guideTokens }

    /// The cost of the image as input; nil if it cannot be sent.
    public var cost: Cost? { assessment.cost }

    /// The findings, in the order of their codes.
    public var findings: [Finding] { assessment.findings }

    /// The text of the image, if it was measured: by a deep check, or by preparing with `Fit.legible`. Nil for an
    /// image without text.
    public var text: TextMeasure? { subject.text.flatMap { $0.measure.letters > 0 ? $0.measure : nil } }

    /// What is known about a PDF, which is not an image: its pages, and what they cost. Nil for anything else.
    package var document: DocumentSubject? { subject.document }

    /// Maps a point of the image that the model sees back to the original when it is sent as it is; nil if it
    /// cannot be sent.
    public var map: CoordinateMap? {
        guard let facts, let seen else { return nil }
        return CoordinateMap(sourceSize: facts.size, orientation: facts.orientation, outputSize: seen.size)
    }
}
