package import ImageHeaders

/// One image's share of a budget.
package struct BudgetShare: Sendable, Hashable {
    /// The size in px at which it would be prepared without a budget.
    package var plannedSize: PixelSize
    /// The visual tokens of that size.
    package var plannedTokens: Int
    /// The size in px to prepare it at; never larger than planned.
    package var size: PixelSize
    /// The visual tokens of that size.
    package var tokens: Int
    /// Its cost as input.
    package var cost: Cost

    /// Whether the budget made it smaller than planned.
    package var isReduced: Bool { size != plannedSize }
}

/// The shares of many images in a budget.
package struct BudgetShares: Sendable {
    /// What the images would take without the budget.
    package let planned: BudgetLimit
    /// What they take with it; never more than the budget.
    package let given: BudgetLimit
    /// How many images are made smaller than planned.
    package let reducedCount: Int
    /// The cap on visual tokens that images were shrunk to. An image at its minimum, or narrower than the
    /// minimum and kept, may take more. Nil when no image had to shrink, or when none could be given more
    /// than its minimum.
    package let ceiling: Int?
    /// For each size that occurs, an image's share, and the share of those that got some of the
    /// remainder.
    private let choices: [(usual: BudgetShare, raised: BudgetShare)]
    private let order: [UInt32]
    private let isRaised: [Bool]

    init(
        planned: BudgetLimit, given: BudgetLimit, ceiling: Int?, order: [UInt32],
        choices: [(usual: BudgetShare, raised: BudgetShare)], isRaised: [Bool]
    ) {
        self.planned = planned
        self.given = given
        self.ceiling = ceiling
        self.order = order
        self.choices = choices
        self.isRaised = isRaised
        var reducedCount = 0
        for index in order.indices {
            let choice = choices[Int(order[index])]
            if (isRaised[index] ? choice.raised : choice.usual).isReduced { reducedCount += 1 }
        }
        self.reducedCount = reducedCount
    }

    /// The number of images.
    package var count: Int { order.count }

    /// The share of an image.
    ///
    /// - Parameter index: its place in the demand, from 0.
    package subscript(index: Int) -> BudgetShare {
        let choice = choices[Int(order[index])]
        return isRaised[index] ? choice.raised : choice.usual
    }
}
