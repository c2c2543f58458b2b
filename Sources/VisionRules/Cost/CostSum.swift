/// Prices that are added up before they are rounded, once, at the end.
///
/// An image can cost a few micro-dollars: rounded each by itself, a thousand of them are off by as much as a
/// tenth.
public struct CostSum: Sendable, Hashable {
    /// Prices per million tokens, a tenth more and the half of them are whole numbers of these parts.
    private static let partsPerMicrodollar: UInt128 = 20_000_000

    private var parts: UInt128 = 0

    /// No money.
    public init() {}

    /// What some tokens cost.
    ///
    /// - Parameters:
    ///   - tokens: the tokens; nothing for 0 or less.
    ///   - perMillion: the price of a million of them, micro-dollars.
    ///   - terms: of these, what multiplies the price: batch ½, US-only 1.1.
    init(tokens: Int, perMillion: Int, terms: ServiceTerms) {
        guard tokens > 0 else { return }
        let product = UInt128(tokens.magnitude) * UInt128(perMillion.magnitude)
        let (parts, overflow) = product.multipliedReportingOverflow(
            by: (terms.isUSOnly ? 11 : 10) * (terms.isBatch ? 1 : 2))
        self.parts = overflow ? .max : parts
    }

    /// The sum, rounded half up; saturates instead of overflowing.
    public var cost: Cost {
        let (quotient, remainder) = parts.quotientAndRemainder(dividingBy: Self.partsPerMicrodollar)
        return Cost(
            microdollars: Int(clamping: quotient + (remainder * 2 >= Self.partsPerMicrodollar ? 1 : 0)))
    }

    /// Adds in place; saturates instead of overflowing.
    public static func += (left: inout CostSum, right: CostSum) {
        let (sum, overflow) = left.parts.addingReportingOverflow(right.parts)
        left.parts = overflow ? .max : sum
    }

    /// Takes away in place what was added before; nothing is left where it was less.
    public static func -= (left: inout CostSum, right: CostSum) {
        left.parts -= min(left.parts, right.parts)
    }
}
