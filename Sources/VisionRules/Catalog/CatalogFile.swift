/// A catalog file as it is written; `ModelCatalog.init(from:)` documents its keys.
struct CatalogFile: Codable {
    var extends: String?
    var date: String?
    var tiers: [ModelCatalog.Tier]?
    var models: [ModelRow]?
    var platforms: [ModelCatalog.Platform]?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case extends, date, tiers, models, platforms
    }

    /// A model that refers to its tier, with its optional fields.
    struct ModelRow: Codable {
        var id: String
        var tier: String
        var contextWindow: Int
        var prices: [ModelCatalog.PriceStep]
        var fastPrice: ModelCatalog.Price?
        var fastRemovedOn: String?
        var ignoresFastMode: Bool?
        var hasUSOnly: Bool?
        var overheadTokensPerImage: Int?
        var thinkingBinding: ModelCatalog.Model.ThinkingBinding?
        var state: ModelCatalog.Model.State?
        var retiredBy: [String: String]?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case id, tier
            case contextWindow = "context_window"
            case prices
            case fastPrice = "fast_price"
            case fastRemovedOn = "fast_removed_on"
            case ignoresFastMode = "ignores_fast_mode"
            case hasUSOnly = "us_only"
            case overheadTokensPerImage = "overhead_tokens_per_image"
            case thinkingBinding = "thinking_binding"
            case state
            case retiredBy = "retired_by"
        }
    }
}
