public import VisionRules

extension ManifestRow {
    /// One image's share of a run's budget, as in the manifest.
    public struct Budget: Sendable, Hashable {
        /// The visual tokens that it got.
        public var tokens: Int
        /// What these cost as input.
        public var cost: Cost
        /// The visual tokens that it would take without a budget.
        public var plannedTokens: Int
        /// Whether the budget made it smaller.
        public var isReduced: Bool

        /// The record of a share.
        package init(_ share: BudgetShare) {
            tokens = share.tokens
            cost = share.cost
            plannedTokens = share.plannedTokens
            isReduced = share.isReduced
        }
    }
}

extension ManifestRow.Budget: Record, Decodable {
    private enum CodingKeys: String, CodingKey {
        case tokens
        case costUSD = "cost_usd"
        case plannedTokens = "planned_tokens"
        case reduced
    }

    /// Writes the fields.
    package func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.tokens, tokens)
        writer.write(CodingKeys.costUSD, cost)
        writer.write(CodingKeys.plannedTokens, plannedTokens)
        writer.write(CodingKeys.reduced, isReduced)
    }

    /// Reads a record that ``writeFields(to:)`` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        tokens = try container.decodeCount(.tokens)
        cost = try container.decodeCost(.costUSD) ?? .zero
        plannedTokens = try container.decodeCount(.plannedTokens)
        isReduced = try container.decode(Bool.self, forKey: .reduced)
    }
}
