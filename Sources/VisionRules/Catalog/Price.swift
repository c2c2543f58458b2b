/// The prices of a model, in micro-dollars per million tokens (3 USD are 3,000,000).
public struct Price: Sendable, Codable, Hashable {
    /// Input tokens.
    public var input: Int
    /// Output tokens.
    public var output: Int
    /// Input tokens written to the cache for 5 minutes.
    public var cacheWrite5m: Int
    /// Input tokens written to the cache for 1 hour.
    public var cacheWrite1h: Int
    /// Input tokens read from the cache.
    public var cacheRead: Int

    /// Prices in micro-dollars per million tokens, each as the property of the same name says.
    public init(input: Int, output: Int, cacheWrite5m: Int, cacheWrite1h: Int, cacheRead: Int) {
        self.input = input
        self.output = output
        self.cacheWrite5m = cacheWrite5m
        self.cacheWrite1h = cacheWrite1h
        self.cacheRead = cacheRead
    }

    /// Micro-dollars for an amount that a person writes in USD, rounded to the nearest.
    ///
    /// - Parameter usd: an amount in USD, finite and below 10¹² either way.
    /// - Returns: the amount in micro-dollars.
    static func microdollars(usd: Double) -> Int { Int((usd * 1_000_000).rounded()) }
}

/// A price that holds for prompts above a number of tokens.
public struct PriceStep: Sendable, Codable, Hashable {
    /// The step holds for prompts of more tokens than this (input, cache reads and cache writes together).
    public var abovePromptTokens: Int
    /// The prices of the step.
    public var price: Price

    /// A step.
    ///
    /// - Parameters:
    ///   - abovePromptTokens: the step holds for prompts of more tokens than this.
    ///   - price: the prices of the step.
    public init(abovePromptTokens: Int, price: Price) {
        self.abovePromptTokens = abovePromptTokens
        self.price = price
    }
}
