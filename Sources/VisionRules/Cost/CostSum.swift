/// Prices that are added up before they are rounded, once, at the end.
///
/// An image can cost a few micro-dollars: rounded each by itself, a thousand of them are off by as much as a
/// tenth.
package struct CostSum: Sendable, Hashable {
    /// A tenth and a half of every price per million tokens is a whole number of these parts.
    private static let partsPerMicrodollar: UInt64 = 20_000_000

    private var parts = Parts()

    /// No money.
    package init() {}

    /// The cost of some tokens.
    ///
    /// - Parameters:
    ///   - tokens: the tokens; nothing for 0 or less.
    ///   - perMillion: the price of a million of them, micro-dollars.
    ///   - terms: their multipliers of the price apply: batch ½, US-only 1.1.
    init(tokens: Int, perMillion: Int, terms: ServiceTerms) {
        guard tokens > 0 else { return }
        let product = UInt64(tokens.magnitude).multipliedFullWidth(by: UInt64(perMillion.magnitude))
        parts = Parts(high: product.high, low: product.low)
        parts.multiply(by: (terms.isUSOnly ? 11 : 10) * (terms.isBatch ? 1 : 2))
    }

    /// The sum, rounded half up; saturates instead of overflowing.
    package var cost: Cost {
        guard parts.high < Self.partsPerMicrodollar else { return Cost(microdollars: .max) }
        let (quotient, remainder) = Self.partsPerMicrodollar.dividingFullWidth((parts.high, parts.low))
        let (rounded, overflow) = quotient.addingReportingOverflow(
            remainder * 2 >= Self.partsPerMicrodollar ? 1 : 0)
        return Cost(microdollars: overflow ? .max : Int(clamping: rounded))
    }

    /// Adds in place; saturates instead of overflowing.
    package static func += (left: inout CostSum, right: CostSum) { left.parts.add(right.parts) }

    /// Subtracts in place what was added before; at least nothing is left.
    package static func -= (left: inout CostSum, right: CostSum) { left.parts.subtract(right.parts) }
}

/// An unsigned number of 128 bits that saturates. `UInt128` would require macOS 15 and iOS 18.
private struct Parts: Sendable, Hashable {
    var high: UInt64 = 0
    var low: UInt64 = 0

    private static let max = Parts(high: .max, low: .max)

    mutating func multiply(by factor: UInt64) {
        let (lowHigh, low) = low.multipliedFullWidth(by: factor)
        let (product, overflow) = high.multipliedReportingOverflow(by: factor)
        let (high, carries) = product.addingReportingOverflow(lowHigh)
        self = overflow || carries ? .max : Parts(high: high, low: low)
    }

    mutating func add(_ other: Parts) {
        let (low, carry) = low.addingReportingOverflow(other.low)
        let (sum, overflow) = high.addingReportingOverflow(other.high)
        let (high, carries) = sum.addingReportingOverflow(carry ? 1 : 0)
        self = overflow || carries ? .max : Parts(high: high, low: low)
    }

    mutating func subtract(_ other: Parts) {
        let (low, borrow) = low.subtractingReportingOverflow(other.low)
        let (difference, overflow) = high.subtractingReportingOverflow(other.high)
        let (high, borrows) = difference.subtractingReportingOverflow(borrow ? 1 : 0)
        self = overflow || borrows ? Parts() : Parts(high: high, low: low)
    }
}
