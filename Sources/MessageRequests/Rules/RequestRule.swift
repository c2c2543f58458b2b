internal import ImageHeaders
package import VisionRules

/// A rule about requests: its documentation, and how it finds errors.
///
/// A rule without a check is found by whatever reads the file: for example, that it is not JSON.
struct RequestRule: Sendable {
    let rule: Rule
    /// Judges a request as a whole.
    let checkRequest: (@Sendable (RequestContext) -> Observation?)?
    /// Judges one image block of a request.
    let checkBlock: (@Sendable (BlockContext) -> Observation?)?

    init(
        _ rule: Rule, request: (@Sendable (RequestContext) -> Observation?)? = nil,
        block: (@Sendable (BlockContext) -> Observation?)? = nil
    ) {
        self.rule = rule
        checkRequest = request
        checkBlock = block
    }

    /// The rules about requests, in the order of their codes.
    static let all: [RequestRule] = [
        .notJSON, .notARequest, .notABlock, .imageInAssistantTurn, .mediaTypeMismatch, .unsupportedMediaType,
        .missingMediaType, .invalidBase64, .dataURIInData, .emptyImage, .sourceNotOnPlatform,
        .urlCannotBeChecked,
        .fileNeedsBetaHeader, .tooManyImages, .requestTooLarge, .batchTooLarge, .contextWindowExceeded,
        .priceStepCrossed, .unusablePDF, .imageAfterText, .unlabelledImages, .emptyTextBlock,
        .oversizedImageSetToError, .screenshotOverTier, .repeatedImage, .thinkingBoundToPrefix, .badCustomID,
        .modelRetired,
    ]

    private static let ofFields: Set<RuleCode> = [
        .notARequest, .mediaTypeMismatch, .unsupportedMediaType, .missingMediaType, .dataURIInData,
        .sourceNotOnPlatform, .urlCannotBeChecked,
    ]

    /// The findings about a request as a whole.
    static func findings(in context: RequestContext) -> [Finding] {
        all.compactMap { rule in rule.checkRequest?(context).map { Finding(rule.rule, $0) } }
    }

    /// The findings about an image block.
    static func findings(in block: BlockContext) -> [Finding] {
        let findings = all.compactMap { rule in rule.checkBlock?(block).map { Finding(rule.rule, $0) } }
        // Rules about a block's fields apply to blocks that have them.
        let isOther = block.image.dialect == .foreign || block.isReshaped
        return isOther ? findings.filter { !ofFields.contains($0.code) } : findings
    }
}

extension Finding {
    /// A finding of a rule about requests.
    init(
        _ rule: RequestRule, _ message: MessageText, measured: Int? = nil, limit: Int? = nil,
        serviceError: String? = nil
    ) {
        self.init(
            rule.rule,
            Observation(message, measured: measured, limit: limit, serviceError: serviceError))
    }
}

extension Rule {
    /// Every rule, in the order of the codes: those about images, then those about requests.
    package static let all: [Rule] = ofImages + RequestRule.all.map(\.rule)

    package static let repairCommand = "image-preflight repair FILE -o OUT"
    package static let packCommand = "image-preflight pack PATH -o DIR"
}

extension RuleCode {
    /// The documentation of the rule; nil for a code of another version.
    package var rule: Rule? { Self.rules[self] }

    private static let rules = Dictionary(uniqueKeysWithValues: Rule.all.map { ($0.code, $0) })
}

/// One image block within its request.
struct BlockContext {
    let context: RequestContext
    /// The image's place among the request's images.
    let index: Int
    let image: ScannedImage
    /// The path of the block as the service writes it.
    let path: String

    init(context: RequestContext, index: Int) {
        self.context = context
        self.index = index
        image = context.request.images[index]
        path = context.request.path(of: image.blockID)
    }

    var seen: SeenSize? { context.seen[index] }
    var destination: Destination { context.destination }
    /// The format that the bytes show.
    var actualFormat: ImageFormat? {
        switch image.reading?.header {
        case .success(let facts): facts.format
        case .failure(let error): error.format
        case nil: nil
        }
    }
}
