extension RuleCode {
    /// The name that goes with the code, as in `edge-over-limit`.
    public var name: String { row.name }

    /// How serious a finding of this rule is.
    public var severity: Severity { row.severity }

    private var row: (name: String, severity: Severity) {
        switch self {
        case .unsupportedFormat: ("unsupported-format", .error)
        case .emptyFile: ("empty-file", .error)
        case .unreadableImage: ("unreadable-image", .error)
        case .extensionMismatch: ("extension-mismatch", .warning)
        case .onlyFirstFrameIsRead: ("only-first-frame-is-read", .warning)
        case .truncatedData: ("truncated-data", .error)
        case .decoderFailed: ("decoder-failed", .error)
        case .cannotBeDecodedHere: ("cannot-be-decoded-here", .error)
        case .edgeOverLimit: ("edge-over-limit", .error)
        case .edgeOverManyImageLimit: ("edge-over-many-image-limit", .error)
        case .bytesOverLimit: ("bytes-over-limit", .error)
        case .downsizedByService: ("downsized-by-service", .warning)
        case .smallEdge: ("small-edge", .warning)
        case .tinyImage: ("tiny-image", .warning)
        case .detailLost: ("detail-lost", .warning)
        case .wastedPatches: ("wasted-patches", .note)
        case .orientationInMetadata: ("orientation-in-metadata", .warning)
        case .locationInMetadata: ("location-in-metadata", .note)
        case .colorToConvert: ("colour-to-convert", .note)
        case .costlyToDecode: ("costly-to-decode", .note)
        case .duplicateImage: ("duplicate-image", .warning)
        case .notJSON: ("not-json", .error)
        case .notARequest: ("not-a-request", .error)
        case .mediaTypeMismatch: ("media-type-mismatch", .error)
        case .unsupportedMediaType: ("unsupported-media-type", .error)
        case .missingMediaType: ("missing-media-type", .error)
        case .invalidBase64: ("invalid-base64", .error)
        case .dataURIInData: ("data-uri-in-data", .error)
        case .emptyImage: ("empty-image", .error)
        case .sourceNotOnPlatform: ("source-not-on-platform", .error)
        case .urlCannotBeChecked: ("url-cannot-be-checked", .note)
        case .tooManyImages: ("too-many-images", .error)
        case .requestTooLarge: ("request-too-large", .error)
        case .batchTooLarge: ("batch-too-large", .error)
        case .contextWindowExceeded: ("context-window-exceeded", .error)
        case .priceStepCrossed: ("price-step-crossed", .note)
        case .imageAfterText: ("image-after-text", .note)
        case .unlabelledImages: ("unlabelled-images", .note)
        case .emptyTextBlock: ("empty-text-block", .error)
        case .oversizedImageSetToError: ("oversized-image-set-to-error", .error)
        case .screenshotOverTier: ("screenshot-over-tier", .error)
        case .repeatedImage: ("repeated-image", .note)
        case .badCustomID: ("bad-custom-id", .error)
        }
    }
}
