public import ImageHeaders

extension FitOptions {
    /// The base of the size that images are prepared at.
    public enum Fit: String, Sendable, Codable, Hashable, CaseIterable {
        /// The guide's recommended sizes, which no model downsizes.
        case recommended
        /// The chosen model's own tier.
        case native
        /// Only what the platform requires.
        case limits
        /// The fewest tokens at which the smallest text can be read, at most those of the model's own tier; the
        /// recommended sizes for images without text. Requires decoding.
        case legible
    }
}

/// The options that decide the size of a prepared image. All apply at once; none ever enlarges.
public struct FitOptions: Sendable, Codable, Hashable {
    /// The base of the size.
    public var fit: Fit
    /// The longest side in px.
    public var maxEdge: Int?
    /// The most visual tokens.
    public var maxTokens: Int?
    /// The most px in millions.
    public var maxMegapixels: Double?
    /// Whether sides are cut to multiples of 28 px if that saves tokens.
    public var snapsToPatches: Bool
    /// The size in px, upright, that is made if it is no larger than the other options allow: the share of a
    /// budget.
    public var size: PixelSize?
    /// The x-height in px that text keeps in what the model sees, for ``Fit/legible`` and the rule `text-too-small`;
    /// nil for ``TextMeasure/defaultMinXHeight``.
    public var minXHeight: Double?

    private enum CodingKeys: String, CodingKey {
        case fit
        case maxEdge = "max_edge"
        case maxTokens = "max_tokens"
        case maxMegapixels = "max_megapixels"
        case snapsToPatches = "snap"
        case size
        case minXHeight = "min_x_height"
    }

    /// Options; the default is the guide's recommended size.
    ///
    /// - Parameters:
    ///   - fit: the base of the size.
    ///   - maxEdge: the longest side in px.
    ///   - maxTokens: the most visual tokens.
    ///   - maxMegapixels: the most px in millions.
    ///   - snapsToPatches: whether sides are cut to multiples of 28 px.
    public init(
        fit: Fit = .recommended, maxEdge: Int? = nil, maxTokens: Int? = nil, maxMegapixels: Double? = nil,
        snapsToPatches: Bool = false
    ) {
        self.fit = fit
        self.maxEdge = maxEdge
        self.maxTokens = maxTokens
        self.maxMegapixels = maxMegapixels
        self.snapsToPatches = snapsToPatches
    }

    /// The options for the fewest tokens at which text can be read.
    ///
    /// - Parameter minXHeight: the x-height in px that the smallest text keeps in what the model sees.
    /// - Returns: options that are otherwise the defaults.
    public static func legible(minXHeight: Double = TextMeasure.defaultMinXHeight) -> FitOptions {
        var options = FitOptions(fit: .legible)
        options.minXHeight = minXHeight
        return options
    }

    /// The x-height in px that text keeps in what the model sees.
    package var requiredXHeight: Double { minXHeight ?? TextMeasure.defaultMinXHeight }
}
