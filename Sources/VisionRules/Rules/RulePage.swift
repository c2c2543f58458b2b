/// The page of a rule: what `rules CODE` prints.
public struct RulePage: Sendable, Hashable {
    /// What the rule finds.
    public var what: String
    /// Why that matters.
    public var why: String
    /// An image, or a stretch of a request, in which it is found.
    public var example: String
    /// What to do about it.
    public var remedy: String
    /// The command that does it, where there is one.
    public var command: String?
    /// What the service answers, with `{holes}` for the numbers; empty where it does not refuse.
    public var serviceTexts: [ServiceText]

    /// A page.
    ///
    /// - Parameters:
    ///   - what: what the rule finds.
    ///   - why: why that matters.
    ///   - example: where it is found.
    ///   - remedy: what to do about it.
    ///   - command: the command that does it.
    ///   - serviceTexts: what the service answers.
    public init(
        what: String, why: String, example: String, remedy: String, command: String? = nil,
        serviceTexts: [ServiceText] = []
    ) {
        self.what = what
        self.why = why
        self.example = example
        self.remedy = remedy
        self.command = command
        self.serviceTexts = serviceTexts
    }
}

extension RuleCode {
    /// What there is to know about the rule.
    public var page: RulePage {
        switch self {
        case .unsupportedFormat: .unsupportedFormat
        case .emptyFile: .emptyFile
        case .unreadableImage: .unreadableImage
        case .extensionMismatch: .extensionMismatch
        case .onlyFirstFrameIsRead: .onlyFirstFrameIsRead
        case .truncatedData: .truncatedData
        case .decoderFailed: .decoderFailed
        case .cannotBeDecodedHere: .cannotBeDecodedHere
        case .edgeOverLimit: .edgeOverLimit
        case .edgeOverManyImageLimit: .edgeOverManyImageLimit
        case .bytesOverLimit: .bytesOverLimit
        case .downsizedByService: .downsizedByService
        case .smallEdge: .smallEdge
        case .tinyImage: .tinyImage
        case .detailLost: .detailLost
        case .wastedPatches: .wastedPatches
        case .orientationInMetadata: .orientationInMetadata
        case .locationInMetadata: .locationInMetadata
        case .colorToConvert: .colorToConvert
        case .costlyToDecode: .costlyToDecode
        case .duplicateImage: .duplicateImage
        case .notJSON: .notJSON
        case .notARequest: .notARequest
        case .mediaTypeMismatch: .mediaTypeMismatch
        case .unsupportedMediaType: .unsupportedMediaType
        case .missingMediaType: .missingMediaType
        case .invalidBase64: .invalidBase64
        case .dataURIInData: .dataURIInData
        case .emptyImage: .emptyImage
        case .sourceNotOnPlatform: .sourceNotOnPlatform
        case .urlCannotBeChecked: .urlCannotBeChecked
        case .tooManyImages: .tooManyImages
        case .requestTooLarge: .requestTooLarge
        case .batchTooLarge: .batchTooLarge
        case .contextWindowExceeded: .contextWindowExceeded
        case .priceStepCrossed: .priceStepCrossed
        case .imageAfterText: .imageAfterText
        case .unlabelledImages: .unlabelledImages
        case .emptyTextBlock: .emptyTextBlock
        case .oversizedImageSetToError: .oversizedImageSetToError
        case .screenshotOverTier: .screenshotOverTier
        case .repeatedImage: .repeatedImage
        case .badCustomID: .badCustomID
        }
    }
}
