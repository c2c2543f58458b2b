/// The terms of a request that change its price. They stack.
public struct ServiceTerms: Sendable, Codable, Hashable {
    /// How the prompt cache is used for the tokens that are priced.
    public enum CacheUse: String, Sendable, Codable, Hashable, CaseIterable {
        case none, write5m = "write-5m", write1h = "write-1h", read
    }

    /// Sent by the Batches API: half the price.
    public var isBatch: Bool
    /// How the prompt cache is used.
    public var cache: CacheUse
    /// US-only inference: 1.1 times the price.
    public var isUSOnly: Bool
    /// Fast mode, where the model has a price for it.
    public var isFast: Bool

    private enum CodingKeys: String, CodingKey {
        case isBatch = "batch"
        case cache
        case isUSOnly = "us_only"
        case isFast = "fast"
    }

    /// Terms; the defaults are those of a plain request.
    ///
    /// - Parameters:
    ///   - isBatch: sent by the Batches API.
    ///   - cache: how the prompt cache is used.
    ///   - isUSOnly: US-only inference.
    ///   - isFast: fast mode.
    public init(isBatch: Bool = false, cache: CacheUse = .none, isUSOnly: Bool = false, isFast: Bool = false)
    {
        self.isBatch = isBatch
        self.cache = cache
        self.isUSOnly = isUSOnly
        self.isFast = isFast
    }
}
