extension ModelCatalog {
    /// A way to reach the models, with its own limits.
    public struct Platform: Sendable, Hashable {
        /// `portable`, `claude-api`, `bedrock`, `google-cloud`, `foundry`, `claude-ai`, or a user's own.
        public var id: String
        /// The name people use, as in `Amazon Bedrock`.
        public var name: String
        /// The platform's limits.
        public var limits: Limits
        /// The name of an image's data in the platform's error text for the byte limit: `base64` in
        /// `….image.source.base64: image exceeds …`; `bytes` on Amazon Bedrock.
        public var imageDataField: String
        /// Other ids for the platform, and for platforms with the same limits, as in `claude-platform-aws`.
        public var aliases: [String]
        /// Whether models with a fast mode offer it here.
        public var hasFastMode: Bool
        /// Whether US-only inference is available here at the Claude API's 1.1 times the price.
        public var hasUSOnly: Bool

        /// A platform with its limits.
        ///
        /// - Parameters:
        ///   - id: the platform's id.
        ///   - name: the name people use.
        ///   - limits: the platform's limits.
        ///   - imageDataField: the name of an image's data in its error text.
        ///   - aliases: other ids for it.
        ///   - hasFastMode: whether models with a fast mode offer it here.
        ///   - hasUSOnly: whether US-only inference has the Claude API's price here.
        package init(
            id: String, name: String, limits: Limits, imageDataField: String = "base64",
            aliases: [String] = [],
            hasFastMode: Bool = false, hasUSOnly: Bool = false
        ) {
            self.id = id
            self.name = name
            self.limits = limits
            self.imageDataField = imageDataField
            self.aliases = aliases
            self.hasFastMode = hasFastMode
            self.hasUSOnly = hasUSOnly
        }

        /// Whether the platform accepts batches of requests.
        public var hasBatches: Bool { limits.maxBatchRequests != nil }
    }
}

extension ModelCatalog.Platform: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, name, aliases
        case imageDataField = "image_data_field"
        case hasFastMode = "fast_mode"
        case hasUSOnly = "us_only"
        case limits
    }

    /// Reads a platform; only its id, name and limits are required.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try container.decode(String.self, forKey: .id),
            name: try container.decode(String.self, forKey: .name),
            limits: try container.decode(ModelCatalog.Limits.self, forKey: .limits),
            imageDataField: try container.decodeIfPresent(String.self, forKey: .imageDataField) ?? "base64",
            aliases: try container.decodeIfPresent([String].self, forKey: .aliases) ?? [],
            hasFastMode: try container.decodeIfPresent(Bool.self, forKey: .hasFastMode) ?? false,
            hasUSOnly: try container.decodeIfPresent(Bool.self, forKey: .hasUSOnly) ?? false)
    }
}

/// Where the bytes of an image may come from in a request.
package enum SourceKind: String, Sendable, Codable, Hashable, CaseIterable {
    case base64, url, file
}

extension ModelCatalog {
    /// The limits of a platform. Every number is the largest that is accepted.
    public struct Limits: Sendable, Hashable {
        /// The longest side of an image, px.
        public var maxEdge: Int
        /// The longest side in px when a request has more than ``manyImageThreshold`` images; nil if there is
        /// no such rule.
        public var manyImageMaxEdge: Int?
        /// More images than this make a request a many-image request.
        public var manyImageThreshold: Int
        /// Whether document blocks count as images for the many-image rule.
        public var documentsCountAsImages: Bool
        /// The base64 text of one image, bytes.
        public var maxBase64Bytes: Int
        /// Images and document pages in one request to a model with a context of under 1,000,000 tokens.
        public var maxImages: Int
        /// The same for models with a context of 1,000,000 tokens.
        public var maxImagesLargeContext: Int
        /// The body of one request, bytes; nil if not published.
        public var maxRequestBytes: Int?
        /// The body of one batch, bytes; nil if the platform has no batches.
        public var maxBatchBytes: Int?
        /// Requests in one batch; nil if the platform has no batches.
        public var maxBatchRequests: Int?
        /// The kinds of source that are accepted.
        package var sources: Set<SourceKind>

        /// A set of limits.
        package init(
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

        /// The longest side in px in a request with this many images.
        public func maxEdge(imagesPerRequest: Int) -> Int {
            guard imagesPerRequest > manyImageThreshold, let manyImageMaxEdge else { return maxEdge }
            return min(maxEdge, manyImageMaxEdge)
        }

        /// The most images and document pages in one request to a model with this context window (tokens).
        public func maxImages(contextWindow: Int) -> Int {
            contextWindow < 1_000_000 ? maxImages : maxImagesLargeContext
        }
    }
}

extension ModelCatalog.Limits: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case maxEdge = "max_edge"
        case manyImageMaxEdge = "many_image_max_edge"
        case manyImageThreshold = "many_image_threshold"
        case documentsCountAsImages = "documents_count_as_images"
        case maxBase64Bytes = "max_base64_bytes"
        case maxImages = "max_images"
        case maxImagesLargeContext = "max_images_large_context"
        case maxRequestBytes = "max_request_bytes"
        case maxBatchBytes = "max_batch_bytes"
        case maxBatchRequests = "max_batch_requests"
        case sources
    }

    /// Writes the limits; the sources in a fixed order, since a set has none.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(maxEdge, forKey: .maxEdge)
        try container.encodeIfPresent(manyImageMaxEdge, forKey: .manyImageMaxEdge)
        try container.encode(manyImageThreshold, forKey: .manyImageThreshold)
        try container.encode(documentsCountAsImages, forKey: .documentsCountAsImages)
        try container.encode(maxBase64Bytes, forKey: .maxBase64Bytes)
        try container.encode(maxImages, forKey: .maxImages)
        try container.encode(maxImagesLargeContext, forKey: .maxImagesLargeContext)
        try container.encodeIfPresent(maxRequestBytes, forKey: .maxRequestBytes)
        try container.encodeIfPresent(maxBatchBytes, forKey: .maxBatchBytes)
        try container.encodeIfPresent(maxBatchRequests, forKey: .maxBatchRequests)
        try container.encode(SourceKind.allCases.filter(sources.contains), forKey: .sources)
    }
}
