internal import ImageHeaders
public import VisionRules

/// Inspects, plans and prepares images for one destination.
///
/// Checking a header and planning run on the calling thread. Functions that decode block, and have an async
/// twin of the same name that runs on a ``PreflightPool``. A preflighter may be used from any number of
/// threads and tasks at once.
public struct Preflighter: Sendable {
    /// Where the images will be sent.
    public var destination: Destination
    /// How they are prepared.
    public var options: PrepareOptions
    /// Where they are decoded.
    public var decoder: Decoder

    /// A preflighter.
    ///
    /// - Parameters:
    ///   - destination: where the images will be sent.
    ///   - options: how they are prepared.
    ///   - decoder: where they are decoded; by default in this process, which enforces only the structural
    ///     limits of ``DecodeLimits``.
    public init(
        destination: Destination, options: PrepareOptions = PrepareOptions(), decoder: Decoder = .inProcess
    ) {
        self.destination = destination
        self.options = options
        self.decoder = decoder
    }
}

extension Preflighter {
    /// A preflighter for a model and a platform of a catalog.
    ///
    /// - Parameters:
    ///   - model: the id of the model that will see the images, in any common form, such as `claude-sonnet-5-5`.
    ///   - platform: the id of the platform that receives the request; the default is the strictest of all.
    ///   - imagesPerRequest: how many images the request will hold; above 20, a stricter limit on px applies.
    ///   - terms: the terms that change the price.
    ///   - catalog: the models, prices and limits.
    ///   - options: how images are prepared.
    ///   - decoder: where they are decoded.
    /// - Throws: an error that lists the nearest ids when the model or the platform is not in the catalog.
    public init(
        model: String, platform: String = ModelCatalog.defaultPlatformID, imagesPerRequest: Int = 1,
        terms: ServiceTerms = ServiceTerms(), catalog: ModelCatalog = .builtIn,
        options: PrepareOptions = PrepareOptions(), decoder: Decoder = .inProcess
    ) throws {
        self.init(
            destination: Destination(
                model: try catalog.model(model), platform: try catalog.platform(platform),
                imagesPerRequest: imagesPerRequest, terms: terms),
            options: options, decoder: decoder)
    }
}

extension Preflighter {
    /// Decides what has to be done to an image, without touching its pixels. With `Fit.legible`, an image whose text
    /// was not measured by a deep check is planned like one without text.
    ///
    /// - Parameter image: what is known about it.
    /// - Returns: the plan.
    /// - Throws: a ``PreflightError``: `image` when it cannot be prepared, `plan` when the options cannot be met.
    public func plan(_ image: CheckedImage) throws(PreflightError) -> TransformPlan {
        guard let facts = image.facts else {
            throw .image(image.assessment.findings.filter { $0.severity == .error })
        }
        if let kind = facts.unsupportedKind, !kind.mayBeConverted {
            throw .image(image.assessment.findings.filter { $0.code == .unsupportedFormat })
        }
        do throws(PlanError) {
            return try TransformPlan.make(
                for: facts, byteCount: image.subject.byteCount, destination: destination, fit: options.fit,
                outputFormat: options.outputFormat.format, formats: options.formats,
                maxBase64Bytes: options.maxBase64Bytes, tiling: options.tiling,
                flattens: options.background != nil, convertsSVG: options.convertsSVG, text: image.text)
        } catch {
            switch error {
            case .notAnImage(let format), .blockedFormat(let format):
                throw .image([.notConvertible(format)])
            case .noPixels: throw .image([.unreadable(error.description)])
            case .cannotWrite, .impossibleOption: throw .plan(error)
            }
        }
    }

    /// Judges what a header says.
    func judged(
        _ reading: HeaderReading, promised: ImageFormat?, document: DocumentSubject? = nil,
        text: TextMeasure? = nil
    ) -> CheckedImage {
        var subject = ImageSubject(
            header: reading.header, byteCount: reading.byteCount, promisedFormat: promised)
        subject.document = document
        subject.text = text.map { TextSubject(measure: $0, minXHeight: options.fit.requiredXHeight) }
        return CheckedImage(subject: subject, assessment: assess(subject, for: destination))
    }

    /// Judges an image whose text is now known.
    func judged(_ image: CheckedImage, text: TextMeasure?) -> CheckedImage {
        guard let text else { return image }
        var image = image
        image.subject.text = TextSubject(measure: text, minXHeight: options.fit.requiredXHeight)
        let found = image.assessment.findings
        image.assessment = assess(image.subject, for: destination)
        image.assessment.add(found)
        return image
    }
}
