package import ImageHeaders
package import VisionRules

extension RepairChange {
    /// What has to be done with one image block so that the service accepts the request.
    public struct Action: RawRepresentable, Sendable, Codable, Hashable, CustomStringConvertible {
        /// The name in records, as in `relabel`.
        public let rawValue: String

        /// An action.
        ///
        /// - Parameter rawValue: the name in records, as in `relabel`.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The name in records.
        public var description: String { rawValue }

        /// Only the media type is rewritten.
        public static let relabel = Action(rawValue: "relabel")
        /// The same bytes are rewritten as proper base64.
        public static let rewrite = Action(rawValue: "rewrite")
        /// The image is re-encoded, smaller or in another format.
        public static let reencode = Action(rawValue: "reencode")
        /// A text block replaces it.
        public static let drop = Action(rawValue: "drop")
        /// Thinking after a change stays, though the service may refuse it.
        public static let keep = Action(rawValue: "keep")
        /// Thinking after a change is removed.
        public static let strip = Action(rawValue: "strip")
        /// The request asks the service to leave out thinking after a change.
        public static let dropBlock = Action(rawValue: "drop-block")
        /// Nothing helps but dropping the image, which was not requested.
        public static let none = Action(rawValue: "none")
    }
}

/// One image block that cannot stay as it is, or a request's thinking that is bound to one.
package struct RepairStep: Sendable, Hashable, Codable {
    /// The line of the file in which the block begins, from 1.
    package var line: Int
    /// The id of the request in its batch.
    package var customID: String?
    /// The path of the block as the service writes it.
    package var pointer: String
    /// Why the block is refused.
    package var codes: [RuleCode]
    /// The sentences of the findings with those codes.
    package var reasons: [String]
    /// What is to be done.
    package var action: RepairChange.Action
    /// The declared media type; nil for none.
    package var mediaType: String?
    /// The size of the image, bytes; nil if unknown.
    package var byteCount: Int?
    /// The size of the image in px; nil if unknown.
    package var size: PixelSize?

    private enum CodingKeys: String, CodingKey {
        case line
        case customID = "custom_id"
        case pointer, codes, reasons, action
        case mediaType = "media_type"
        case byteCount = "bytes"
        case size
    }
}

/// What has to be changed in a file, found by linting it. Nothing has been changed yet.
package struct RepairPlan: Sendable {
    /// The image blocks that cannot stay, in the order of the file; after those of a request, the thinking
    /// that is bound to them.
    package var steps: [RepairStep] {
        var steps: [RepairStep] = []
        var next = 0
        for (index, site) in sites.enumerated() {
            steps.append(site.step)
            guard index + 1 == sites.count || sites[index + 1].request != site.request else { continue }
            while next < thinking.count, thinking[next].request == site.request {
                steps.append(thinking[next].step)
                next += 1
            }
        }
        return steps
    }
    /// Errors that no change of an image repairs: of requests (too many images, not JSON) and of the file.
    package let otherErrors: [Finding]
    /// Whether the file is the log of a conversation.
    package let isLog: Bool
    let sites: [RepairSite]
    let thinking: [ThinkingSite]
    /// The images without findings so far, if their pixels are to be checked.
    var sound: [RepairSite] = []

    /// Whether the file can stay as it is.
    package var isEmpty: Bool { sites.isEmpty }
    /// Whether the steps repair everything that the service would refuse.
    package var isComplete: Bool { otherErrors.isEmpty && sites.allSatisfy { $0.step.action != .none } }
}

/// A step with the places that it changes, as offsets in the file.
struct RepairSite: Sendable {
    var step: RepairStep
    let image: ScannedImage
    let blockRange: Range<Int>
    /// Which request of the file it belongs to.
    let request: Int
    /// The message that it belongs to; nil for the system prompt.
    let message: Int?
    /// Whether the block is rewritten in the shape that the service accepts.
    let isReshaped: Bool
    let destination: Destination
    /// The limits there: the longest side, px, and base64 bytes.
    let maxEdge: Int
    let maxBase64Bytes: Int
    /// The tier that the image must fit, because there it would be refused instead of downsized.
    let fittingTier: ModelCatalog.Tier?
    /// Whether a text block replaces the image when nothing else helps.
    let drops: Bool

    /// Rules that only a new image satisfies.
    private static let reencoding: Set<RuleCode> = [
        .unsupportedFormat, .edgeOverLimit, .edgeOverManyImageLimit, .bytesOverLimit,
        .oversizedImageSetToError, .screenshotOverTier,
    ]
    /// Rules that a new media type satisfies.
    private static let relabelling: Set<RuleCode> = [
        .mediaTypeMismatch, .unsupportedMediaType, .missingMediaType,
    ]

    /// The site of a block.
    init(_ block: BlockContext, _ linted: LintReport.Image, request: Int, drops: Bool) {
        let errors = linted.findings.filter { $0.severity == .error }
        self.drops = drops
        image = block.image
        blockRange = linted.byteRange
        self.request = request
        message = block.context.request.blocks[block.image.blockID].message
        isReshaped = block.isReshaped
        destination = block.destination
        let codes = Set(errors.map(\.code))
        let limits = destination.platform.limits
        maxEdge = limits.maxEdge(imagesPerRequest: destination.imagesPerRequest)
        maxBase64Bytes = limits.maxBase64Bytes
        let mustFit = codes.contains(.oversizedImageSetToError) || codes.contains(.screenshotOverTier)
        fittingTier = mustFit ? destination.model.tier : nil
        let mediaType: String? = if case .text(let type) = block.image.declared { type } else { nil }
        step = RepairStep(
            line: linted.line, customID: linted.customID, pointer: linted.pointer,
            codes: errors.map(\.code), reasons: errors.map(\.message),
            action: codes.isEmpty ? .none : Self.action(codes, block) ?? (drops ? .drop : .none),
            mediaType: mediaType,
            byteCount: image.reading?.byteCount, size: image.reading?.facts?.size)
    }

    /// The site of a document that the service cannot read: only replacing it with a text block helps.
    init(
        document id: Int, _ sentence: String, in context: RequestContext, customID: String?,
        request: Int, drops: Bool
    ) {
        let block = context.request.blocks[id]
        // In a fetched web page, only a document is allowed.
        self.drops = drops && !block.isSole
        image = ScannedImage(
            blockID: id, dialect: context.request.isConverse ? .converse : .messages,
            cacheControlRange: block.document?.cacheControlRange)
        blockRange = block.range
        self.request = request
        message = block.message
        isReshaped = false
        destination = context.destination
        let limits = destination.platform.limits
        maxEdge = limits.maxEdge(imagesPerRequest: destination.imagesPerRequest)
        maxBase64Bytes = limits.maxBase64Bytes
        fittingTier = nil
        var mediaType: String?
        if case .text(let type) = block.document?.declared { mediaType = type }
        step = RepairStep(
            line: block.line, customID: customID, pointer: context.request.path(of: id),
            codes: [.unusablePDF], reasons: ["the document \(sentence)"],
            action: self.drops ? .drop : .none, mediaType: mediaType, byteCount: block.document?.byteCount)
    }

    /// Whether the block has no error.
    var isSound: Bool { step.codes.isEmpty }

    /// Whether it is a document.
    var isDocument: Bool { step.codes == [.unusablePDF] }

    /// What repairs all of these errors at once; nil if nothing does.
    private static func action(_ codes: Set<RuleCode>, _ block: BlockContext) -> RepairChange.Action? {
        let image = block.image
        var rest = codes
        var action: RepairChange.Action?
        if block.isReshaped, image.source == .base64, image.base64?.characterCount ?? 0 > 0 {
            rest.remove(.notABlock)
            action = .rewrite
        }
        if !rest.isDisjoint(with: relabelling) {
            rest.subtract(relabelling)
            action = .relabel
        }
        let isWritable = image.base64?.defect?.keepsBytes ?? true
        if block.isReshaped, !isWritable { return nil }
        if isWritable, rest.contains(.invalidBase64) || rest.contains(.dataURIInData) {
            rest.subtract([.invalidBase64, .dataURIInData])
            action = .rewrite
        }
        if !rest.isDisjoint(with: reencoding) {
            rest.subtract(reencoding)
            action = .reencode
        }
        return rest.isEmpty ? action : nil
    }
}
