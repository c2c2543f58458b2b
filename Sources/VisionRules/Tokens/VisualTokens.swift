package import ImageHeaders

/// Counts visual tokens: one for each patch of 28×28 px, partial patches included.
package enum VisualTokens {
    /// The visual tokens of an image of this size, in a tier, without any downsizing.
    ///
    /// - Parameters:
    ///   - size: the size in px; sides below 1 count as 0 tokens.
    ///   - tier: supplies the patch.
    /// - Returns: tokens; saturates instead of overflowing.
    package static func count(_ size: PixelSize, tier: ModelCatalog.Tier = .standard) -> Int {
        let columns = patches(size.width, edge: tier.patchEdge)
        let rows = patches(size.height, edge: tier.patchEdge)
        return columns.saturatingTimes(rows).saturatingTimes(tier.tokensPerPatch)
    }

    /// How many patches it takes to cover `length` px.
    static func patches(_ length: Int, edge: Int) -> Int {
        length <= 0 ? 0 : (length - 1) / edge + 1
    }
}
