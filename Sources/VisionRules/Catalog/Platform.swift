/// A way to reach the models, with its own limits.
public struct Platform: Sendable, Codable, Hashable {
    /// `portable`, `claude-api`, `bedrock`, `google-cloud`, `foundry`, `claude-ai`, or a user's own.
    public var id: String
    /// The name people use, as in `Amazon Bedrock`.
    public var name: String
    /// What the platform refuses.
    public var limits: Limits
    /// What the platform's error text for the byte limit calls the data of an image:
    /// `base64` in `….image.source.base64: image exceeds …`; Amazon Bedrock says `bytes`.
    public var imageDataField: String

    /// A platform with its limits.
    ///
    /// - Parameters:
    ///   - id: the platform's id.
    ///   - name: the name people use.
    ///   - limits: what the platform refuses.
    ///   - imageDataField: what its error text calls the data of an image.
    public init(id: String, name: String, limits: Limits, imageDataField: String = "base64") {
        self.id = id
        self.name = name
        self.limits = limits
        self.imageDataField = imageDataField
    }
}

/// Where the bytes of an image may come from in a request.
public enum SourceKind: String, Sendable, Codable, Hashable, CaseIterable {
    case base64, url, file
}

/// What a platform refuses. Every number is the largest that is accepted.
public struct Limits: Sendable, Codable, Hashable {
    /// The longest side of an image, px.
    public var maxEdge: Int
    /// The longest side in px when a request holds more than ``manyImageThreshold`` images; nil: no such rule.
    public var manyImageMaxEdge: Int?
    /// More images than this make a request a many-image request.
    public var manyImageThreshold: Int
    /// Whether document blocks count as images for the many-image rule.
    public var documentsCountAsImages: Bool
    /// The base64 text of one image, bytes.
    public var maxBase64Bytes: Int
    /// Images and document pages in one request to a model whose context is at most 200,000 tokens.
    public var maxImages: Int
    /// The same for models with a larger context.
    public var maxImagesLargeContext: Int
    /// The body of one request, bytes; nil: not published.
    public var maxRequestBytes: Int?
    /// The body of one batch, bytes; nil: no batches there.
    public var maxBatchBytes: Int?
    /// Requests in one batch; nil: no batches there.
    public var maxBatchRequests: Int?
    /// The kinds of source that are taken.
    public var sources: Set<SourceKind>

    /// Limits, each as the property of the same name says.
    public init(
        maxEdge: Int, manyImageMaxEdge: Int?, manyImageThreshold: Int, documentsCountAsImages: Bool,
        maxBase64Bytes: Int, maxImages: Int, maxImagesLargeContext: Int, maxRequestBytes: Int?,
        maxBatchBytes: Int?, maxBatchRequests: Int?, sources: Set<SourceKind>
    ) {
        self.maxEdge = maxEdge
        self.manyImageMaxEdge = manyImageMaxEdge
        self.manyImageThreshold = manyImageThreshold
        self.documentsCountAsImages = documentsCountAsImages
        self.maxBase64Bytes = maxBase64Bytes
        self.maxImages = maxImages
        self.maxImagesLargeContext = maxImagesLargeContext
        self.maxRequestBytes = maxRequestBytes
        self.maxBatchBytes = maxBatchBytes
        self.maxBatchRequests = maxBatchRequests
        self.sources = sources
    }

    /// The longest side in px in a request that holds this many images.
    public func maxEdge(imagesPerRequest: Int) -> Int {
        guard imagesPerRequest > manyImageThreshold, let manyImageMaxEdge else { return maxEdge }
        return min(maxEdge, manyImageMaxEdge)
    }

    /// The most images and document pages in one request to a model with this context window (tokens).
    public func maxImages(contextWindow: Int) -> Int {
        contextWindow <= 200_000 ? maxImages : maxImagesLargeContext
    }
}
