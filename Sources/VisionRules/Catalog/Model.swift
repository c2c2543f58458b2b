extension ModelCatalog {
    /// One of Claude's models: what it sees and what it costs.
    public struct Model: Sendable, Codable, Hashable {
        /// Whether a model is available.
        package enum State: String, Sendable, Codable, Hashable, CaseIterable {
            case active, limited, retired
        }

        /// Whether a `thinking` block is bound to everything before it, so that changing an earlier image makes the
        /// service refuse the request.
        package enum ThinkingBinding: String, Sendable, Codable, Hashable, CaseIterable {
            /// Earlier turns may change.
            case none
            /// The service might refuse a changed prefix.
            case possible
            /// It is refused for newer accounts.
            case newerAccounts = "newer-accounts"
            /// It is refused for every account.
            case everyAccount = "every-account"
        }

        /// The id without a date, as in `claude-sonnet-5-5`.
        public var id: String
        /// How much of an image the model sees.
        public var tier: Tier
        /// The context window in tokens.
        public var contextWindow: Int
        /// The prices by prompt size, the first with `abovePromptTokens` 0, ascending.
        public var priceSteps: [PriceStep]
        /// The prices of fast mode; nil if the model has none.
        public var fastPrice: Price?
        /// The day on which fast mode is removed, as `2026-11-30`; nil if not known.
        public var fastRemovedOn: String?
        /// Whether the service accepts fast mode for a model without one, and runs it at the usual speed and
        /// price.
        public var ignoresFastMode: Bool
        /// Whether US-only inference is available; the service refuses the field on older models.
        public var hasUSOnly: Bool
        /// Tokens that every image costs in addition to its patches.
        public var overheadTokensPerImage: Int
        /// Whether thinking blocks are bound to what precedes them.
        package var thinkingBinding: ThinkingBinding
        /// Whether the model is available.
        package var state: State
        /// The days by which platforms have retired the model, as `2026-11-30`, by the ids of the platforms;
        /// `*` is for all that are not listed.
        public var retiredBy: [String: String]

        /// The key of ``retiredBy`` for every platform that is not listed.
        package static let everyPlatform = "*"

        /// A model.
        ///
        /// - Parameters:
        ///   - id: the id without a date.
        ///   - tier: how much of an image it sees.
        ///   - contextWindow: the context window in tokens.
        ///   - priceSteps: the prices by prompt size, ascending.
        ///   - fastPrice: the prices of fast mode.
        ///   - fastRemovedOn: the day on which fast mode is removed.
        ///   - ignoresFastMode: whether fast mode is accepted and changes nothing.
        ///   - hasUSOnly: whether US-only inference is available.
        ///   - overheadTokensPerImage: tokens that every image costs in addition to its patches.
        ///   - thinkingBinding: whether thinking blocks are bound to what precedes them.
        ///   - state: whether the model is available.
        ///   - retiredBy: the days by which platforms have retired it.
        package init(
            id: String, tier: Tier, contextWindow: Int, priceSteps: [PriceStep], fastPrice: Price? = nil,
            fastRemovedOn: String? = nil, ignoresFastMode: Bool = false, hasUSOnly: Bool = true,
            overheadTokensPerImage: Int, thinkingBinding: ThinkingBinding = .none, state: State,
            retiredBy: [String: String] = [:]
        ) {
            self.id = id
            self.tier = tier
            self.contextWindow = contextWindow
            self.priceSteps = priceSteps
            self.fastPrice = fastPrice
            self.fastRemovedOn = fastRemovedOn
            self.ignoresFastMode = ignoresFastMode
            self.hasUSOnly = hasUSOnly
            self.overheadTokensPerImage = overheadTokensPerImage
            self.thinkingBinding = thinkingBinding
            self.state = state
            self.retiredBy = retiredBy
        }

        /// Whether the service no longer offers the model, on its own platform.
        public var isRetired: Bool { state == .retired }

        /// The day by which a platform has retired the model.
        ///
        /// - Parameter platform: the platform.
        /// - Returns: a day as `2026-11-30`, possibly in the future; nil if none is known.
        public func retirement(on platform: Platform) -> String? {
            retiredBy[platform.id] ?? retiredBy[Self.everyPlatform]
        }

        enum CodingKeys: String, CodingKey, CaseIterable {
            case id, tier
            case contextWindow = "context_window"
            case priceSteps = "prices"
            case fastPrice = "fast_price"
            case fastRemovedOn = "fast_removed_on"
            case ignoresFastMode = "ignores_fast_mode"
            case hasUSOnly = "us_only"
            case overheadTokensPerImage = "overhead_tokens_per_image"
            case thinkingBinding = "thinking_binding"
            case state
            case retiredBy = "retired_by"
        }
    }
}
