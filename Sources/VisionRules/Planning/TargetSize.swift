internal import ImageHeaders

/// The size that an image is prepared at: one predicate for all limits, and the largest size of the image's
/// aspect ratio that meets it.
enum TargetSize {
    /// The largest size that the platform and all options allow; never larger than the image.
    ///
    /// - Parameters:
    ///   - display: the displayed size in px; both sides at least 1.
    ///   - destination: the platform and the model.
    ///   - fit: the size options.
    ///   - text: the image's text, for ``Fit/legible``; nil if there is none, or it was not measured.
    /// - Returns: the size in px.
    /// - Throws: which option not even 1×1 px can meet.
    static func size(
        for display: PixelSize, destination: Destination, fit: FitOptions, text: TextMeasure?
    ) throws(PlanError) -> PixelSize {
        let tier = destination.model.tier
        let fit = fit.decided(by: text)
        let isAllowed = try limit(destination: destination, fit: fit)

        // The guide's own sizes, at the guide's own ratios, are a little smaller than the largest that fit.
        let start =
            switch fit.fit {
            case .recommended: RecommendedSize.size(for: display)
            case .legible:
                LegibleSize.size(for: display, text: text, minXHeight: fit.requiredXHeight, tier: tier)
            case .native, .limits: display
            }
        let size = isAllowed(start) ? start : LargestSize.within(display, isAllowed: isAllowed)
        let planned = fit.snapsToPatches ? snapped(size, patchEdge: tier.patchEdge) : size
        if let share = fit.size, share.shortEdge > 0, share.width <= planned.width,
            share.height <= planned.height
        {
            return share
        }
        return planned
    }

    /// The size with each side cut down to whole patches, so that every patch paid for is full. A side
    /// shorter than a patch stays, so the aspect ratio changes by less than a patch.
    static func snapped(_ size: PixelSize, patchEdge: Int) -> PixelSize {
        func cut(_ length: Int) -> Int { length < patchEdge ? length : length - length % patchEdge }
        return PixelSize(width: cut(size.width), height: cut(size.height))
    }

    /// What the platform and all options allow, as a predicate of a size in px; if it holds for a size, it
    /// holds for every smaller one.
    ///
    /// - Parameters:
    ///   - destination: the platform and the model.
    ///   - fit: the options.
    /// - Returns: the predicate.
    /// - Throws: which option not even 1×1 px can meet.
    static func limit(
        destination: Destination, fit: FitOptions
    ) throws(PlanError) -> (PixelSize) -> Bool {
        let tier = destination.model.tier
        let pixels = fit.maxMegapixels.map { megapixels in
            megapixels >= 0 ? Int(min(megapixels * 1_000_000, 9e18).rounded(.down)) : 0
        }
        if let maxEdge = fit.maxEdge, maxEdge < 1 { throw .impossibleOption("max-edge") }
        if let maxTokens = fit.maxTokens, maxTokens < tier.tokensPerPatch {
            throw .impossibleOption("max-tokens")
        }
        if let pixels, pixels < 1 { throw .impossibleOption("max-megapixels") }

        let platformEdge = destination.platform.limits.maxEdge(
            imagesPerRequest: destination.imagesPerRequest)
        let maxEdge = min(platformEdge, fit.maxEdge ?? .max)
        return { size in
            guard size.longEdge <= maxEdge else { return false }
            if let pixels, size.pixelCount > pixels { return false }
            if let maxTokens = fit.maxTokens, VisualTokens.count(size, tier: tier) > maxTokens {
                return false
            }
            return switch fit.fit {
            case .limits: true
            case .native, .legible: SeenSize.fits(size, tier: tier)
            // What no model downsizes: the standard tier, and the model's own, which may be a stricter one.
            case .recommended: SeenSize.fits(size, tier: .standard) && SeenSize.fits(size, tier: tier)
            }
        }
    }
}

extension FitOptions {
    /// The options for an image: without text, nothing has to be legible.
    func decided(by text: TextMeasure?) -> FitOptions {
        guard fit == .legible, (text?.letters ?? 0) == 0 else { return self }
        var options = self
        options.fit = .recommended
        return options
    }
}
