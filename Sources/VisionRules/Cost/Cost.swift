/// An amount of money in whole micro-dollars (1 USD = 1,000,000).
public struct Cost: Sendable, Codable, Hashable, Comparable {
    /// The amount in micro-dollars.
    public var microdollars: Int

    /// An amount in micro-dollars.
    public init(microdollars: Int) { self.microdollars = microdollars }

    /// No money.
    public static let zero = Cost(microdollars: 0)

    /// The smaller amount comes first.
    public static func < (left: Cost, right: Cost) -> Bool { left.microdollars < right.microdollars }

    /// The sum; saturates instead of overflowing.
    public static func + (left: Cost, right: Cost) -> Cost {
        let (sum, overflow) = left.microdollars.addingReportingOverflow(right.microdollars)
        return Cost(microdollars: overflow ? .max : sum)
    }

    /// Adds in place; saturates instead of overflowing.
    public static func += (left: inout Cost, right: Cost) { left = left + right }

    /// The amount `count` times; saturates instead of overflowing.
    public func times(_ count: Int) -> Cost {
        let (product, overflow) = microdollars.multipliedReportingOverflow(by: count)
        return Cost(microdollars: overflow ? .max : product)
    }
}
