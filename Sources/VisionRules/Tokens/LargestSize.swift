package import ImageHeaders

/// Finds the largest size of an aspect ratio that a limit allows.
package enum LargestSize {
    /// The original if it is allowed, otherwise the largest size of the same aspect ratio that is.
    ///
    /// The long edge is bisected in whole px; the short edge is `max(round_half_even(long / ratio), 1)`
    /// with the ratio as a `Double`. A portrait image is the landscape case turned.
    ///
    /// - Parameters:
    ///   - original: the size in px; both sides at least 1.
    ///   - isAllowed: the limit; if it holds for a size, it holds for every smaller one.
    /// - Returns: the size in px; at least 1×1, which is taken to be allowed.
    package static func within(_ original: PixelSize, isAllowed: (PixelSize) -> Bool) -> PixelSize {
        if isAllowed(original) { return original }
        let isPortrait = original.height > original.width
        let ratio = Double(original.longEdge) / Double(original.shortEdge)
        func size(longEdge: Int) -> PixelSize {
            let shortEdge = max(Int((Double(longEdge) / ratio).rounded(.toNearestOrEven)), 1)
            return isPortrait
                ? PixelSize(width: shortEdge, height: longEdge)
                : PixelSize(width: longEdge, height: shortEdge)
        }
        var allowed = 1
        var refused = original.longEdge
        while refused - allowed > 1 {
            let middle = allowed + (refused - allowed) / 2
            if isAllowed(size(longEdge: middle)) { allowed = middle } else { refused = middle }
        }
        return size(longEdge: allowed)
    }
}
