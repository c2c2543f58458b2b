internal import ImageHeaders
internal import VisionRules

/// A rule about one image block of a request. One rule, one file.
protocol BlockRule: Sendable {
    /// Adds what the rule has to say about an image block.
    static func check(_ block: BlockContext, into findings: inout [Finding])
}

/// A rule about a request as a whole.
protocol RequestRule: Sendable {
    /// Adds what the rule has to say about a request.
    static func check(_ context: RequestContext, into findings: inout [Finding])
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

/// The rules of one image block, in the order of their codes.
let blockRules: [any BlockRule.Type] = [
    IncompleteBlock.self, MediaTypeMismatch.self, UnsupportedMediaType.self, MissingMediaType.self,
    InvalidBase64.self, DataURIInData.self, EmptyImage.self, SourceNotOnPlatform.self,
    URLCannotBeChecked.self, ImageAfterText.self, UnlabelledImages.self, OversizedImageSetToError.self,
    ScreenshotOverTier.self, RepeatedImage.self,
]

/// The rules of a request, in the order of their codes.
let requestRules: [any RequestRule.Type] = [
    NotARequest.self, TooManyImages.self, RequestTooLarge.self, ContextWindowExceeded.self,
    PriceStepCrossed.self, EmptyTextBlock.self,
]
