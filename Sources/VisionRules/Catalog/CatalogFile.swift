/// A catalogue file as it is written; `ModelCatalog.init(from:)` documents its keys.
struct CatalogFile: Codable {
    var extends: String?
    var date: String?
    var tiers: [TierRow]?
    var models: [ModelRow]?
    var platforms: [PlatformRow]?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case extends, date, tiers, models, platforms
    }

    struct TierRow: Codable {
        var id: String
        var maxLongEdge: Int
        var maxVisualTokens: Int
        var patchEdge: Int?
        var tokensPerPatch: Int?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case id
            case maxLongEdge = "max_long_edge"
            case maxVisualTokens = "max_visual_tokens"
            case patchEdge = "patch_edge"
            case tokensPerPatch = "tokens_per_patch"
        }
    }

    struct PriceRow: Codable {
        var abovePromptTokens: Int?
        var input: Double
        var output: Double
        var cacheWrite5m: Double
        var cacheWrite1h: Double
        var cacheRead: Double

        enum CodingKeys: String, CodingKey, CaseIterable {
            case abovePromptTokens = "above_prompt_tokens"
            case input, output
            case cacheWrite5m = "cache_write_5m"
            case cacheWrite1h = "cache_write_1h"
            case cacheRead = "cache_read"
        }
    }

    struct ModelRow: Codable {
        var id: String
        var tier: String
        var contextWindow: Int
        var prices: [PriceRow]
        var fastPrice: PriceRow?
        var overheadTokensPerImage: Int?
        var state: Model.State?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case id, tier
            case contextWindow = "context_window"
            case prices
            case fastPrice = "fast_price"
            case overheadTokensPerImage = "overhead_tokens_per_image"
            case state
        }
    }

    struct PlatformRow: Codable {
        var id: String
        var name: String
        var imageDataField: String?
        var limits: LimitsRow

        enum CodingKeys: String, CodingKey, CaseIterable {
            case id, name
            case imageDataField = "image_data_field"
            case limits
        }
    }

    struct LimitsRow: Codable {
        var maxEdge: Int
        var manyImageMaxEdge: Int?
        var manyImageThreshold: Int
        var documentsCountAsImages: Bool
        var maxBase64Bytes: Int
        var maxImages: Int
        var maxImagesLargeContext: Int
        var maxRequestBytes: Int?
        var maxBatchBytes: Int?
        var maxBatchRequests: Int?
        var sources: [SourceKind]

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
    }
}
