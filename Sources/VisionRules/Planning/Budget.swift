public import ImageHeaders

/// What all images of a folder may cost together.
public enum BudgetLimit: Sendable, Hashable {
    /// Visual tokens.
    case tokens(Int)
    /// Money, as input of the destination's model.
    case cost(Cost)
}

/// Why a budget cannot be kept.
public struct BudgetError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The least that the images take when each has its minimum size.
    public let least: BudgetLimit

    /// A sentence for people.
    public var description: String {
        switch least {
        case .tokens(let tokens):
            "the budget is too small: at their minimum size the images take \(tokens) tokens"
        case .cost(let cost):
            "the budget is too small: at their minimum size the images cost $\(cost.usdText)"
        }
    }
}

/// What one image gets of a budget.
public struct BudgetShare: Sendable, Hashable {
    /// The size to prepare it at, px; never larger than it was planned.
    public var size: PixelSize
    /// The visual tokens of that size: what `FitOptions.maxTokens` keeps it to.
    public var tokens: Int
    /// What it costs as input.
    public var cost: Cost
    /// Whether the budget made it smaller than planned.
    public var isReduced: Bool
}

/// Shares a budget of tokens or money over images.
///
/// All images get the same ceiling of visual tokens, as high as the budget allows. So an image that needs
/// little keeps all of it, and what it does not use goes to those that need more; only the most detailed are
/// made smaller, all to the same ceiling. No image is made so small that its short edge is below the minimum.
/// What is left below one more token of ceiling goes, in the given order, to images that the next ceiling
/// makes larger. The same images in the same order always get the same shares.
public struct Budget: Sendable, Hashable {
    /// What all images may cost together.
    public var limit: BudgetLimit
    /// The short edge in px that no image is made smaller than; an image that is smaller already is kept.
    public var minimumEdge: Int

    /// A budget.
    ///
    /// - Parameters:
    ///   - limit: what all images may cost together.
    ///   - minimumEdge: the short edge that no image is made smaller than, px; by default 200, below which the
    ///     guide warns of worse answers.
    public init(limit: BudgetLimit, minimumEdge: Int = 200) {
        self.limit = limit
        self.minimumEdge = max(minimumEdge, 1)
    }

    /// Shares the budget.
    ///
    /// - Parameters:
    ///   - planned: the sizes in px at which the images would be prepared without a budget; both sides of each
    ///     at least 1.
    ///   - destination: the model that sees them, and the terms of its price.
    /// - Returns: the share of each image, in the given order; their sum never exceeds the limit.
    /// - Throws: a ``BudgetError`` when not even the minimum sizes keep the limit.
    public func shares(of planned: [PixelSize], for destination: Destination) throws(BudgetError)
        -> [BudgetShare]
    {
        let images = planned.map { Image($0, minimumEdge: minimumEdge, tier: destination.model.tier) }
        var lowest = 0
        var highest = images.map(\.fullTokens).max() ?? 0
        let whole = images.map { share(of: $0, ceiling: highest, destination) }
        if fits(total(whole)) { return whole }
        let least = images.map { share(of: $0, ceiling: 0, destination) }
        guard fits(total(least)) else { throw BudgetError(least: total(least)) }

        while highest - lowest > 1 {
            let middle = lowest + (highest - lowest) / 2
            if fits(total(images.map { share(of: $0, ceiling: middle, destination) })) {
                lowest = middle
            } else {
                highest = middle
            }
        }
        var shares = images.map { share(of: $0, ceiling: lowest, destination) }
        var spent = total(shares)
        for (index, image) in images.enumerated() where shares[index].isReduced {
            let larger = share(of: image, ceiling: highest, destination)
            let next = Self.sum(spent, adding: larger, instead: shares[index])
            guard larger.tokens > shares[index].tokens, fits(next) else { continue }
            shares[index] = larger
            spent = next
        }
        return shares
    }

    // MARK: - One image

    private struct Image {
        let full: PixelSize
        let fullTokens: Int
        let least: PixelSize
        let tier: Tier

        init(_ size: PixelSize, minimumEdge: Int, tier: Tier) {
            full = size
            fullTokens = SeenSize(of: size, tier: tier).tokens
            self.tier = tier
            guard size.shortEdge > minimumEdge else {
                least = size
                return
            }
            let ratio = Double(size.longEdge) / Double(size.shortEdge)
            let longEdge = min(Int((Double(minimumEdge) * ratio).rounded(.up)), size.longEdge)
            let landscape = PixelSize(width: longEdge, height: minimumEdge)
            // What costs no more than the minimum is given for nothing.
            let tokens = VisualTokens.count(
                size.width >= size.height ? landscape : landscape.transposed, tier: tier)
            least = LargestSize.within(size) { VisualTokens.count($0, tier: tier) <= tokens }
        }

        /// The largest size with at most so many tokens that is not below the minimum.
        func size(ceiling: Int) -> PixelSize {
            if fullTokens <= ceiling { return full }
            let size = LargestSize.within(full) { VisualTokens.count($0, tier: tier) <= ceiling }
            return size.shortEdge < least.shortEdge ? least : size
        }
    }

    private func share(of image: Image, ceiling: Int, _ destination: Destination) -> BudgetShare {
        let size = image.size(ceiling: ceiling)
        let tokens = SeenSize(of: size, tier: image.tier).tokens
        return BudgetShare(
            size: size, tokens: tokens, cost: destination.cost(imageTokens: tokens),
            isReduced: size != image.full)
    }

    // MARK: - Sums, in the unit of the limit

    private func fits(_ total: BudgetLimit) -> Bool {
        switch (total, limit) {
        case (.tokens(let total), .tokens(let limit)): total <= limit
        case (.cost(let total), .cost(let limit)): total <= limit
        default: false
        }
    }

    private func total(_ shares: [BudgetShare]) -> BudgetLimit {
        switch limit {
        case .tokens: .tokens(shares.reduce(0) { $0.saturatingAdd($1.tokens) })
        case .cost: .cost(shares.reduce(.zero) { $0 + $1.cost })
        }
    }

    private static func sum(
        _ total: BudgetLimit, adding added: BudgetShare, instead removed: BudgetShare
    ) -> BudgetLimit {
        switch total {
        case .tokens(let tokens): .tokens(tokens - removed.tokens + added.tokens)
        case .cost(let cost):
            .cost(Cost(microdollars: cost.microdollars - removed.cost.microdollars) + added.cost)
        }
    }
}
