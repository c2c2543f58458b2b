extension ModelCatalog {
    /// The prices of a model, in micro-dollars per million tokens (3 USD are 3,000,000).
    public struct Price: Sendable, Hashable {
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

        /// The prices of a model, in micro-dollars per million tokens.
        package init(input: Int, output: Int, cacheWrite5m: Int, cacheWrite1h: Int, cacheRead: Int) {
            self.input = input
            self.output = output
            self.cacheWrite5m = cacheWrite5m
            self.cacheWrite1h = cacheWrite1h
            self.cacheRead = cacheRead
        }

        /// Micro-dollars for an amount in USD, rounded to the nearest.
        ///
        /// - Parameter usd: an amount in USD, finite and below 10¹² either way.
        /// - Returns: the amount in micro-dollars.
        static func microdollars(usd: Double) -> Int { Int((usd * 1_000_000).rounded()) }
    }

    /// A price that applies to prompts above a number of tokens.
    public struct PriceStep: Sendable, Hashable {
        /// The step applies to prompts of more tokens than this (input, cache reads and cache writes
        /// together).
        public var abovePromptTokens: Int
        /// The prices of the step.
        public var price: Price

        /// A step.
        ///
        /// - Parameters:
        ///   - abovePromptTokens: the step applies to prompts of more tokens than this.
        ///   - price: the prices of the step.
        package init(abovePromptTokens: Int, price: Price) {
            self.abovePromptTokens = abovePromptTokens
            self.price = price
        }
    }
}

extension ModelCatalog.Price: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case input, output
        case cacheWrite5m = "cache_write_5m"
        case cacheWrite1h = "cache_write_1h"
        case cacheRead = "cache_read"
    }

    /// Reads prices in USD per million tokens.
    ///
    /// - Throws: ``CatalogError`` for an amount that is not a price, `DecodingError` for one that is missing.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func microdollars(_ key: CodingKeys) throws -> Int {
            let usd = try container.decode(Double.self, forKey: key)
            let path = CatalogError.path(container.codingPath + [key])
            // Beyond a million USD per million tokens it is not a price, and the conversion might trap.
            guard usd >= 0, usd <= 1_000_000 else {
                throw CatalogError(
                    path: path, expected: "USD per million tokens, from 0 to 1000000", found: "\(usd)")
            }
            let amount = ModelCatalog.Price.microdollars(usd: usd)
            guard abs(Double(amount) - usd * 1_000_000) < 0.01 else {
                throw CatalogError(path: path, expected: "USD with at most six decimals", found: "\(usd)")
            }
            return amount
        }
        self.init(
            input: try microdollars(.input), output: try microdollars(.output),
            cacheWrite5m: try microdollars(.cacheWrite5m), cacheWrite1h: try microdollars(.cacheWrite1h),
            cacheRead: try microdollars(.cacheRead))
    }

    /// Writes prices in USD per million tokens.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Double(input) / 1_000_000, forKey: .input)
        try container.encode(Double(output) / 1_000_000, forKey: .output)
        try container.encode(Double(cacheWrite5m) / 1_000_000, forKey: .cacheWrite5m)
        try container.encode(Double(cacheWrite1h) / 1_000_000, forKey: .cacheWrite1h)
        try container.encode(Double(cacheRead) / 1_000_000, forKey: .cacheRead)
    }
}

extension ModelCatalog.PriceStep: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case abovePromptTokens = "above_prompt_tokens"
    }

    /// Reads the prices of a step and where it begins: at 0 by default.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        abovePromptTokens = try container.decodeIfPresent(Int.self, forKey: .abovePromptTokens) ?? 0
        price = try ModelCatalog.Price(from: decoder)
    }

    /// Writes the prices of the step and where it begins.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(abovePromptTokens, forKey: .abovePromptTokens)
        try price.encode(to: encoder)
    }
}
