package import ImageHeaders

/// The guide's table of recommended sizes: the largest at five aspect ratios that no model downsizes.
package enum RecommendedSize {
    /// The sizes of the guide in px, as the guide prints them (the long side is the height).
    package static let table: [PixelSize] = [
        PixelSize(width: 1092, height: 1092), PixelSize(width: 951, height: 1268),
        PixelSize(width: 896, height: 1344), PixelSize(width: 819, height: 1456),
        PixelSize(width: 784, height: 1568),
    ]

    /// The recommended size for an image: itself when nothing is downsized, the table's size for exactly
    /// the table's ratios (in either direction), otherwise the largest size that the standard tier keeps.
    ///
    /// - Parameter original: the displayed size in px; both sides at least 1.
    /// - Returns: the size in px.
    package static func size(for original: PixelSize) -> PixelSize {
        if SeenSize.fits(original, tier: .standard) { return original }
        for entry in table {
            if haveSameRatio(original, entry) { return entry }
            if haveSameRatio(original, entry.transposed) { return entry.transposed }
        }
        return SeenSize(of: original, tier: .standard).size
    }

    /// Whether two sizes have exactly the same aspect ratio, in arithmetic that cannot overflow.
    private static func haveSameRatio(_ one: PixelSize, _ other: PixelSize) -> Bool {
        one.width.multipliedFullWidth(by: other.height) == one.height.multipliedFullWidth(by: other.width)
    }
}
