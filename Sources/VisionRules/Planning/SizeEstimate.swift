public import ImageHeaders

/// The tokens and cost of an image of some size with one model.
public struct SizeEstimate: Sendable, Hashable, Codable {
    /// The id of the model.
    public var model: String
    /// The size of the image in px, as it is displayed.
    public var size: PixelSize
    /// The size in px that the model sees.
    public var seenSize: PixelSize
    /// The exact visual tokens.
    public var tokens: Int
    /// The guide's estimate `ceil(width * height / 750)` of the seen size, tokens.
    public var guideTokens: Int
    /// What the image costs as input, USD.
    public var cost: Cost

    private enum CodingKeys: String, CodingKey {
        case model, size
        case seenSize = "sees"
        case tokens
        case guideTokens = "tokens_guide"
        case cost = "cost_usd"
    }
}

extension ModelCatalog {
    /// The tokens and cost of images of some sizes. Limits are not checked: `Preflighter` does that.
    ///
    /// - Parameters:
    ///   - sizes: sizes in px, as the images are displayed.
    ///   - models: the ids of the models; nil for all that are not retired.
    ///   - terms: the terms that change the price.
    /// - Returns: for each model, one estimate for each size, in the order of the sizes.
    /// - Throws: a ``CatalogError`` with the nearest ids.
    public func estimate(
        _ sizes: [PixelSize], models: [String]? = nil, terms: ServiceTerms = ServiceTerms()
    ) throws(CatalogError) -> [SizeEstimate] {
        var chosen = self.models.filter { !$0.isRetired }
        if let models { chosen = try models.map { (id) throws(CatalogError) in try model(id) } }
        return chosen.flatMap { model in
            sizes.map { size in
                let seen = SeenSize(of: size, tier: model.tier)
                return SizeEstimate(
                    model: model.id, size: size, seenSize: seen.size, tokens: seen.tokens,
                    guideTokens: GuideEstimate.tokens(seen.size),
                    cost: model.cost(inputTokens: seen.tokens, terms: terms))
            }
        }
    }
}
