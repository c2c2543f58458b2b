extension ModelCatalog {
    /// How much of an image a family of models sees: the service downsizes anything larger.
    public struct Tier: Sendable, Hashable {
        /// `standard`, `high`, or another id that a catalog file defines.
        public var id: String
        /// The longest side that is not downsized, in px, after padding to whole patches.
        public var maxLongEdge: Int
        /// The most visual tokens an image costs.
        public var maxVisualTokens: Int
        /// The side of a square patch in px: 28, and 56 for Claude Haiku 3.5.
        public var patchEdge: Int
        /// How many tokens one patch costs: 1, and 4 for Claude Haiku 3.5.
        public var tokensPerPatch: Int

        /// A tier, by default with the usual patch (28 px, 1 token).
        ///
        /// - Parameters:
        ///   - id: the name of the tier.
        ///   - maxLongEdge: the longest side that is not downsized, in px.
        ///   - maxVisualTokens: the most visual tokens an image costs.
        ///   - patchEdge: the side of a patch in px.
        ///   - tokensPerPatch: tokens a patch costs.
        package init(
            id: String, maxLongEdge: Int, maxVisualTokens: Int, patchEdge: Int = 28, tokensPerPatch: Int = 1
        ) {
            self.id = id
            self.maxLongEdge = maxLongEdge
            self.maxVisualTokens = maxVisualTokens
            self.patchEdge = patchEdge
            self.tokensPerPatch = tokensPerPatch
        }

        /// Models before 4.7: 1568 px and 1568 tokens.
        public static let standard = Tier(id: "standard", maxLongEdge: 1568, maxVisualTokens: 1568)

        /// Claude 4.7 and later: 2576 px and 4784 tokens.
        public static let highResolution = Tier(id: "high", maxLongEdge: 2576, maxVisualTokens: 4784)

        /// Claude Haiku 3.5: as ``standard``, but in patches of 56 px that cost 4 tokens each.
        public static let coarsePatches = Tier(
            id: "coarse-patches", maxLongEdge: 1568, maxVisualTokens: 1568, patchEdge: 56, tokensPerPatch: 4)
    }
}

extension ModelCatalog.Tier: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case id
        case maxLongEdge = "max_long_edge"
        case maxVisualTokens = "max_visual_tokens"
        case patchEdge = "patch_edge"
        case tokensPerPatch = "tokens_per_patch"
    }

    /// Reads a tier; the patch is optional.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try container.decode(String.self, forKey: .id),
            maxLongEdge: try container.decode(Int.self, forKey: .maxLongEdge),
            maxVisualTokens: try container.decode(Int.self, forKey: .maxVisualTokens),
            patchEdge: try container.decodeIfPresent(Int.self, forKey: .patchEdge) ?? 28,
            tokensPerPatch: try container.decodeIfPresent(Int.self, forKey: .tokensPerPatch) ?? 1)
    }
}
