internal import ImageHeaders

/// An amount of money in whole micro-dollars (1 USD = 1,000,000).
public struct Cost: Sendable, Hashable, Comparable {
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
        Cost(microdollars: left.microdollars.saturatingAdd(right.microdollars))
    }

    /// Adds in place; saturates instead of overflowing.
    public static func += (left: inout Cost, right: Cost) { left = left + right }

    /// The amount `count` times; saturates instead of overflowing.
    public func times(_ count: Int) -> Cost {
        Cost(microdollars: microdollars.saturatingTimes(count))
    }
}

extension Cost: Codable {
    /// Reads an amount in USD, as in records.
    ///
    /// - Throws: a `DecodingError` when it is not a number, or not a possible amount.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let usd = try container.decode(Double.self)
        guard let microdollars = Int(exactly: (usd * 1_000_000).rounded()) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an amount of USD")
        }
        self.microdollars = microdollars
    }

    /// Writes the amount in USD, as in records.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Double(microdollars) / 1_000_000)
    }
}

extension Cost: CustomStringConvertible {
    /// The amount in readable form, as in `$0.0048`.
    public var description: String { shortText }
}
