internal import ImageHeaders

/// The smallest size at which text can be read.
enum LegibleSize {
    /// The size with the fewest tokens at which the smallest text keeps an x-height; never larger than the image.
    ///
    /// - Parameters:
    ///   - display: the displayed size in px; both sides at least 1.
    ///   - text: the text of the image; if it is nil or has no letters, the image keeps its size.
    ///   - minXHeight: the x-height in px that the smallest text keeps.
    ///   - tier: counts the tokens.
    /// - Returns: the size in px.
    static func size(
        for display: PixelSize, text: TextMeasure?, minXHeight: Double, tier: ModelCatalog.Tier
    ) -> PixelSize {
        guard let text, text.letters > 0 else { return display }
        let scale = minXHeight / text.smallestXHeight
        guard scale < 1 else { return display }
        // The guide warns of worse answers to images with a shorter edge.
        let usualEdge = min(Budget.usualMinimumEdge, display.shortEdge)
        let shortEdge = max(Int((Double(display.shortEdge) * scale).rounded(.up)), usualEdge)
        let ratio = Double(display.longEdge) / Double(display.shortEdge)
        let longEdge = min(
            max(
                Int((Double(display.longEdge) * scale).rounded(.up)),
                Int((Double(shortEdge) * ratio).rounded(.up))), display.longEdge)
        let landscape = PixelSize(width: longEdge, height: shortEdge)
        let least = display.width >= display.height ? landscape : landscape.transposed
        // A larger size for the same tokens costs nothing.
        let tokens = VisualTokens.count(least, tier: tier)
        let size = LargestSize.within(display) { VisualTokens.count($0, tier: tier) <= tokens }
        return size.longEdge < longEdge ? least : size
    }

    /// Whether the smallest text is too small at a size, and larger in the original.
    static func isTooSmall(
        _ text: TextMeasure, of display: PixelSize, at size: PixelSize, minXHeight: Double
    ) -> Bool {
        guard text.letters > 0, size.longEdge < display.longEdge else { return false }
        return text.smallestXHeight * Double(size.longEdge) / Double(display.longEdge) < minXHeight
    }
}
