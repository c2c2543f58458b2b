/// One of Claude's models: what it sees, what it costs.
public struct Model: Sendable, Codable, Hashable {
    /// Whether a model can be used.
    public enum State: String, Sendable, Codable, Hashable, CaseIterable {
        case active, limited, retired
    }

    /// The id without a date, as in `claude-sonnet-5-5`.
    public var id: String
    /// How much of an image the model sees.
    public var tier: Tier
    /// The context window in tokens.
    public var contextWindow: Int
    /// The prices by prompt size, the first with `abovePromptTokens` 0, ascending.
    public var priceSteps: [PriceStep]
    /// The prices of fast mode, where the model has it.
    public var fastPrice: Price?
    /// Tokens that every image costs beside its patches.
    public var overheadTokensPerImage: Int
    /// Whether the model can be used.
    public var state: State

    /// A model, each parameter as the property of the same name says.
    public init(
        id: String, tier: Tier, contextWindow: Int, priceSteps: [PriceStep], fastPrice: Price? = nil,
        overheadTokensPerImage: Int, state: State
    ) {
        self.id = id
        self.tier = tier
        self.contextWindow = contextWindow
        self.priceSteps = priceSteps
        self.fastPrice = fastPrice
        self.overheadTokensPerImage = overheadTokensPerImage
        self.state = state
    }
}
