public import ImageHeaders

/// What the model sees of an image: its size after the service's downsizing, and what that costs.
///
/// A size fits a tier when both sides, rounded up to whole patches, are at most the tier's longest side and
/// the patches cost at most its tokens. Sizes that fit are kept. All others become the largest size of the
/// same aspect ratio that fits, found by bisection over the long edge, the short edge rounded half to even.
/// Measured on the live service, 2026-10.
public struct SeenSize: Sendable, Hashable {
    /// The size in px that the model sees, without the padding. Coordinates it returns are in these px.
    public var size: PixelSize
    /// The exact visual tokens of ``size``.
    public var tokens: Int
    /// Whether the service made the image smaller.
    public var isDownsized: Bool

    /// What the model sees of an image.
    ///
    /// - Parameters:
    ///   - original: the displayed size in px; both sides at least 1.
    ///   - tier: the model's tier.
    public init(of original: PixelSize, tier: ModelCatalog.Tier) {
        let fitted = LargestSize.within(original) { Self.fits($0, tier: tier) }
        size = fitted
        tokens = VisualTokens.count(fitted, tier: tier)
        isDownsized = fitted != original
    }

    /// The size in px with the padding to whole patches on the right and at the bottom.
    public func padded(tier: ModelCatalog.Tier) -> PixelSize {
        PixelSize(
            width: VisualTokens.patches(size.width, edge: tier.patchEdge) * tier.patchEdge,
            height: VisualTokens.patches(size.height, edge: tier.patchEdge) * tier.patchEdge)
    }

    /// Whether the service keeps an image of this size as it is.
    public static func fits(_ size: PixelSize, tier: ModelCatalog.Tier) -> Bool {
        let columns = VisualTokens.patches(size.width, edge: tier.patchEdge)
        let rows = VisualTokens.patches(size.height, edge: tier.patchEdge)
        // Divided instead of multiplied: a hostile header may claim 2³¹ px.
        let edgeInPatches = tier.maxLongEdge / tier.patchEdge
        guard columns <= edgeInPatches, rows <= edgeInPatches else { return false }
        return VisualTokens.count(size, tier: tier) <= tier.maxVisualTokens
    }
}

extension PixelSize {
    /// Whether less than half of each side is left, so that small text is gone.
    ///
    /// - Parameter seen: the size in px that is left of it.
    /// - Returns: whether detail is lost.
    func losesDetail(seenAs seen: PixelSize) -> Bool {
        // Widths are compared with widths; half of an odd side is not a whole number of px.
        seen.width < width - seen.width && seen.height < height - seen.height
    }
}

extension SeenSize: Codable {
    private enum CodingKeys: String, CodingKey {
        case width, height, tokens
        case isDownsized = "downsized"
    }

    /// Reads a size with its tokens.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        size = PixelSize(
            width: try container.decode(Int.self, forKey: .width),
            height: try container.decode(Int.self, forKey: .height))
        tokens = try container.decode(Int.self, forKey: .tokens)
        isDownsized = try container.decode(Bool.self, forKey: .isDownsized)
    }

    /// Writes the size with its tokens.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(size.width, forKey: .width)
        try container.encode(size.height, forKey: .height)
        try container.encode(tokens, forKey: .tokens)
        try container.encode(isDownsized, forKey: .isDownsized)
    }
}
