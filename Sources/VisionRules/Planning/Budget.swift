package import ImageHeaders

/// What all images of a folder may cost together.
public enum BudgetLimit: Sendable, Hashable {
    /// Visual tokens.
    case tokens(Int)
    /// Money, as input of the destination's model: the price of all their tokens, rounded once.
    case cost(Cost)
}

/// Why a budget cannot be met.
package struct BudgetError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The least that the images take when each has its minimum size.
    package let least: BudgetLimit
    /// The number of images.
    package let imageCount: Int
    /// The short edge in px that no image may fall below.
    package let minimumEdge: Int

    /// The error as a sentence.
    package var description: String {
        let images = imageCount == 1 ? "the image takes" : "the \(imageCount) images take"
        let sum =
            switch least {
            case .tokens(let tokens): "\(tokens) tokens"
            case .cost(let cost): "$\(cost.usdText)"
            }
        return
            "the budget is too small: \(images) at least \(sum), with no short edge below \(minimumEdge) px"
    }
}

/// Divides a budget of tokens or money among images.
///
/// All images get the same cap on visual tokens, as high as the budget allows. An image that needs
/// little keeps its size, and what it does not use goes to those that need more; only the most detailed are
/// made smaller, all to the same cap. No image is made so small that its short edge is below the minimum.
/// Images with text come first: they keep their size as long as the others can be made smaller.
/// The remainder, too little to raise the cap by one token for all, goes in the given order to images that the
/// next cap makes larger. The same images in the same order always get the same shares.
package struct Budget: Sendable, Hashable {
    /// The short edge in px below which the guide warns of worse answers.
    package static let usualMinimumEdge = 200

    /// What all images may cost together.
    package var limit: BudgetLimit
    /// The short edge in px that no image may fall below; an image that is already smaller is kept.
    package var minimumEdge: Int
    /// Whether the sides of images that shrink are cut to multiples of the model's patch, as with
    /// ``FitOptions/snapsToPatches``. A side that would fall below the minimum is not cut.
    package var snapsToPatches: Bool

    /// A budget.
    ///
    /// - Parameters:
    ///   - limit: what all images may cost together.
    ///   - minimumEdge: the short edge that no image may fall below, px.
    ///   - snapsToPatches: whether the sides of images that shrink are cut to multiples of the patch.
    package init(
        limit: BudgetLimit, minimumEdge: Int = Budget.usualMinimumEdge, snapsToPatches: Bool = false
    ) {
        self.limit = limit
        self.minimumEdge = max(minimumEdge, 1)
        self.snapsToPatches = snapsToPatches
    }

    /// Divides the budget.
    ///
    /// - Parameters:
    ///   - planned: the sizes in px at which the images would be prepared without a budget; both sides of each
    ///     at least 1.
    ///   - destination: the model that sees them, and the terms of its price.
    /// - Returns: the share of each image, in the given order; their sum never exceeds the limit.
    /// - Throws: a ``BudgetError`` when even the minimum sizes exceed the limit.
    package func shares(of planned: [PixelSize], for destination: Destination) throws(BudgetError)
        -> [BudgetShare]
    {
        var demand = BudgetDemand()
        for size in planned { demand.append(size) }
        let shares = try shares(of: demand, for: destination)
        return (0..<shares.count).map { shares[$0] }
    }

    /// Divides the budget among any number of images.
    ///
    /// - Parameters:
    ///   - demand: the images.
    ///   - destination: the model that sees them, and the terms of its price.
    /// - Returns: the share of each image; their sum never exceeds the limit.
    /// - Throws: a ``BudgetError`` when even the minimum sizes exceed the limit.
    package func shares(
        of demand: BudgetDemand, for destination: Destination
    ) throws(BudgetError) -> BudgetShares {
        if demand.kinds.contains(where: \.hasText),
            let shares = try? shares(of: demand, keepsText: true, for: destination)
        {
            return shares
        }
        return try shares(of: demand, keepsText: false, for: destination)
    }

    private func shares(
        of demand: BudgetDemand, keepsText: Bool, for destination: Destination
    ) throws(BudgetError) -> BudgetShares {
        let images = demand.kinds.map { kind in
            Image(
                kind.size, minimumEdge: keepsText && kind.hasText ? .max : minimumEdge,
                tier: destination.model.tier)
        }
        func shares(_ ceiling: Int) -> [BudgetShare] {
            images.map { share(of: $0, ceiling: ceiling, destination) }
        }
        func total(_ shares: [BudgetShare]) -> Total {
            Total(shares, counts: demand.counts, destination)
        }

        var lowest = 0
        var highest = images.map(\.plannedTokens).max() ?? 0
        let whole = shares(highest)
        let planned = limit(of: total(whole))
        if fits(planned) {
            return BudgetShares(
                planned: planned, given: planned, ceiling: nil, order: demand.order,
                choices: whole.map { ($0, $0) }, isRaised: [Bool](repeating: false, count: demand.count))
        }
        let least = limit(of: total(shares(0)))
        guard fits(least) else {
            throw BudgetError(least: least, imageCount: demand.count, minimumEdge: minimumEdge)
        }
        while highest - lowest > 1 {
            let middle = lowest + (highest - lowest) / 2
            if fits(limit(of: total(shares(middle)))) { lowest = middle } else { highest = middle }
        }

        let choices = Array(zip(shares(lowest), shares(highest))).map { (usual: $0, raised: $1) }
        var given = total(choices.map(\.usual))
        var isRaised = [Bool](repeating: false, count: demand.count)
        for (index, kind) in demand.order.enumerated() {
            let choice = choices[Int(kind)]
            guard choice.raised.tokens > choice.usual.tokens else { continue }
            var next = given
            next.replace(choice.usual, with: choice.raised, destination)
            guard fits(limit(of: next)) else { continue }
            isRaised[index] = true
            given = next
        }
        let ceiling = isRaised.contains(true) ? highest : lowest
        return BudgetShares(
            planned: planned, given: limit(of: given), ceiling: ceiling > 0 ? ceiling : nil,
            order: demand.order, choices: choices, isRaised: isRaised)
    }

    // MARK: - One image

    /// A size that occurs, and its minimum. Kept small: there may be as many as images.
    private struct Image {
        let planned: PixelSize
        let plannedTokens: Int
        let least: PixelSize

        init(_ size: PixelSize, minimumEdge: Int, tier: ModelCatalog.Tier) {
            planned = size
            plannedTokens = SeenSize(of: size, tier: tier).tokens
            guard size.shortEdge > minimumEdge else {
                least = size
                return
            }
            let ratio = Double(size.longEdge) / Double(size.shortEdge)
            let longEdge = min(Int((Double(minimumEdge) * ratio).rounded(.up)), size.longEdge)
            let landscape = PixelSize(width: longEdge, height: minimumEdge)
            // Sizes that cost no more than the minimum are free.
            let tokens = VisualTokens.count(
                size.width >= size.height ? landscape : landscape.transposed, tier: tier)
            least = LargestSize.within(size) { VisualTokens.count($0, tier: tier) <= tokens }
        }
    }

    /// The share of an image under a cap on visual tokens.
    private func share(of image: Image, ceiling: Int, _ destination: Destination) -> BudgetShare {
        let tier = destination.model.tier
        let size = size(of: image, ceiling: ceiling, tier: tier)
        let tokens = size == image.planned ? image.plannedTokens : SeenSize(of: size, tier: tier).tokens
        return BudgetShare(
            plannedSize: image.planned, plannedTokens: image.plannedTokens, size: size, tokens: tokens,
            cost: destination.cost(imageTokens: tokens))
    }

    /// The largest size with at most so many tokens that is not below the minimum.
    private func size(of image: Image, ceiling: Int, tier: ModelCatalog.Tier) -> PixelSize {
        if image.plannedTokens <= ceiling { return image.planned }
        let size = LargestSize.within(image.planned) { VisualTokens.count($0, tier: tier) <= ceiling }
        // By the long edge, which distinguishes more sizes: many sizes of a narrow image have the same short
        // edge.
        let kept = size.longEdge < image.least.longEdge ? image.least : size
        guard snapsToPatches, kept != image.planned else { return kept }
        func snapped(_ length: Int) -> Int {
            let cut = length - length % tier.patchEdge
            return cut >= minimumEdge ? cut : length
        }
        return PixelSize(width: snapped(kept.width), height: snapped(kept.height))
    }

    // MARK: - Sums

    /// The total for all images.
    private struct Total {
        private(set) var tokens = 0
        private(set) var cost = CostSum()

        init(_ shares: [BudgetShare], counts: [Int], _ destination: Destination) {
            for (share, count) in zip(shares, counts) {
                tokens = tokens.saturatingAdd(share.tokens.saturatingTimes(count))
                cost += destination.costSum(imageTokens: share.tokens, count: count)
            }
        }

        /// Gives one image another share.
        mutating func replace(_ old: BudgetShare, with new: BudgetShare, _ destination: Destination) {
            tokens = (tokens - old.tokens).saturatingAdd(new.tokens)
            cost -= destination.costSum(imageTokens: old.tokens)
            cost += destination.costSum(imageTokens: new.tokens)
        }
    }

    /// A sum in the unit of the limit.
    private func limit(of total: Total) -> BudgetLimit {
        switch limit {
        case .tokens: .tokens(total.tokens)
        case .cost: .cost(total.cost.cost)
        }
    }

    private func fits(_ total: BudgetLimit) -> Bool {
        switch (total, limit) {
        case (.tokens(let total), .tokens(let limit)): total <= limit
        case (.cost(let total), .cost(let limit)): total <= limit
        default: false
        }
    }
}
