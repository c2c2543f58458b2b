public import ImageHeaders
public import VisionRules

/// What has to be done with one image block so that the service takes the request.
public enum RepairAction: String, Sendable, Codable, Hashable, CaseIterable {
    /// Only the media type is written anew.
    case relabel
    /// The same bytes are written as proper base64.
    case rewrite
    /// The image is made anew, smaller or in another format.
    case reencode
    /// A text block takes its place.
    case drop
    /// Nothing helps but leaving the image out, which was not asked for.
    case none
}

/// One image block that cannot stay as it is.
public struct RepairStep: Sendable, Hashable, Codable {
    /// The line of the file in which the block begins, from 1.
    public var line: Int
    /// The id of the request in its batch.
    public var customID: String?
    /// The path of the block as the service writes it.
    public var pointer: String
    /// Why the block is refused.
    public var codes: [RuleCode]
    /// The sentences that go with the codes.
    public var reasons: [String]
    /// What is to be done.
    public var action: RepairAction
    /// The media type that is declared; nil: none.
    public var mediaType: String?
    /// The size of the image, bytes; nil where it is unknown.
    public var byteCount: Int?
    /// The size of the image in px; nil where it is unknown.
    public var size: PixelSize?

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
public struct RepairPlan: Sendable {
    /// The image blocks that cannot stay, in the order of the file.
    public var steps: [RepairStep] { sites.map(\.step) }
    /// Errors that no change of an image mends: of requests (too many images, no JSON) and of the file.
    public let otherErrors: [Finding]
    let sites: [RepairSite]

    /// Whether the file can stay as it is.
    public var isEmpty: Bool { sites.isEmpty }
    /// Whether everything that the service would refuse is mended by the steps.
    public var isComplete: Bool { otherErrors.isEmpty && sites.allSatisfy { $0.step.action != .none } }
}

/// A step with the places that it changes, as offsets in the file.
struct RepairSite: Sendable {
    var step: RepairStep
    let image: ScannedImage
    let blockRange: Range<Int>
    let destination: Destination
    /// The longest side, px, and base64 bytes that are taken there.
    let maxEdge: Int
    let maxBase64Bytes: Int
    /// The tier that the image must fit, because there it would be refused instead of downsized.
    let fittingTier: Tier?
    /// Whether a text block takes the image's place when nothing else helps.
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

    /// The site of a block, or nil where the block can stay.
    init?(_ block: BlockContext, _ linted: LintedImage, drops: Bool) {
        let errors = linted.findings.filter { $0.severity == .error }
        guard !errors.isEmpty else { return nil }
        self.drops = drops
        image = block.image
        blockRange = linted.byteRange
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
            action: Self.action(codes, block.image) ?? (drops ? .drop : .none), mediaType: mediaType,
            byteCount: image.reading?.byteCount, size: image.reading?.facts?.size)
    }

    /// What mends all of some faults at once; nil where nothing does.
    private static func action(_ codes: Set<RuleCode>, _ image: ScannedImage) -> RepairAction? {
        var rest = codes
        var action: RepairAction?
        if !rest.isDisjoint(with: relabelling) {
            rest.subtract(relabelling)
            action = .relabel
        }
        let isWritable = image.base64?.defect?.keepsBytes ?? true
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
