internal import PreflightRecords
internal import ImageHeaders
package import VisionRules

/// A budget shared among the files of a walk, each identified by a hash of its path.
package struct SharedBudget: Sendable {
    /// The shares of the files, in the order of the walk.
    package let shares: BudgetShares
    private let indices: [UInt64: UInt32]
    private let texts: [UInt64: TextMeasure]

    /// - Parameters:
    ///   - shares: the shares of the files.
    ///   - indices: which of the shares belongs to a path, by ``PathHash``.
    ///   - texts: the texts that were measured, by ``PathHash``.
    init(shares: BudgetShares, indices: [UInt64: UInt32], texts: [UInt64: TextMeasure] = [:]) {
        self.shares = shares
        self.indices = indices
        self.texts = texts
    }

    /// The text of a file, if it was measured when the budget was divided.
    ///
    /// - Parameter path: its path, as the walk has it.
    /// - Returns: its text.
    func text(for path: PathBytes) -> TextMeasure? { texts[PathHash.of(path.bytes)] }

    /// The share of a file.
    ///
    /// - Parameter path: its path, as the walk has it.
    /// - Returns: nil for a file that did not exist, or could not be prepared, when the budget was divided.
    func share(for path: PathBytes) -> BudgetShare? {
        indices[PathHash.of(path.bytes)].map { shares[Int($0)] }
    }
}

extension Preflighter {
    /// The same with a size that is used if it is no larger than planned.
    ///
    /// - Parameter size: px, upright; nil changes nothing.
    /// - Returns: a preflighter with that size among its options.
    func making(_ size: PixelSize?) -> Preflighter {
        guard let size else { return self }
        var result = self
        result.options.fit.size = size
        return result
    }
}

extension BudgetShare? {
    /// The size that the budget decided; nil if it changed nothing.
    var reducedSize: PixelSize? { self.flatMap { $0.isReduced ? $0.size : nil } }

    /// Whether an output costs no more than the share; without a budget, everything is allowed.
    func allows(_ output: ManifestRow.Output?) -> Bool {
        guard let self, let output else { return true }
        return output.tokens <= self.tokens && output.cost <= self.cost
    }
}

extension ManifestRow.Totals.Budget {
    /// The summary of a budget that was divided.
    init(_ limit: BudgetLimit, _ shared: SharedBudget) {
        self.init(
            limit: limit, planned: shared.shares.planned, given: shared.shares.given,
            reduced: shared.shares.reducedCount, images: shared.shares.count, ceiling: shared.shares.ceiling)
    }
}
