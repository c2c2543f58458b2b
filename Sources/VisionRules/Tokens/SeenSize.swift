public import ImageHeaders

/// What the model sees of an image: its size after the service's downsizing, and what that costs.
///
/// A size fits a tier when both sides, rounded up to whole patches, are at most the tier's longest side
/// and the patches cost at most its tokens. What fits is kept. Everything else becomes the largest size
/// of the same aspect ratio that fits, found by bisection over the long edge, the short edge rounded half
/// to even: what the live service does (FACTS §3, measured).
public struct SeenSize: Sendable, Codable, Hashable {
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
    public init(of original: PixelSize, tier: Tier) {
        let fitted = LargestSize.within(original) { Self.fits($0, tier: tier) }
        size = fitted
        tokens = VisualTokens.count(fitted, tier: tier)
        isDownsized = fitted != original
    }

    /// The size in px with the padding to whole patches on the right and at the bottom.
    public func padded(tier: Tier) -> PixelSize {
        PixelSize(
            width: VisualTokens.patches(size.width, edge: tier.patchEdge) * tier.patchEdge,
            height: VisualTokens.patches(size.height, edge: tier.patchEdge) * tier.patchEdge)
    }

    /// Whether the service keeps an image of this size as it is.
    public static func fits(_ size: PixelSize, tier: Tier) -> Bool {
        let columns = VisualTokens.patches(size.width, edge: tier.patchEdge)
        let rows = VisualTokens.patches(size.height, edge: tier.patchEdge)
        // Divided instead of multiplied: a hostile header may claim 2³¹ px.
        let edgeInPatches = tier.maxLongEdge / tier.patchEdge
        guard columns <= edgeInPatches, rows <= edgeInPatches else { return false }
        return VisualTokens.count(size, tier: tier) <= tier.maxVisualTokens
    }
}
