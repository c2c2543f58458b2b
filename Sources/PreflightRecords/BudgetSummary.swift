public import VisionRules

extension ManifestRow.Totals {
    /// How a budget was divided among all files of a run.
    public struct Budget: Sendable, Hashable {
        /// The budget.
        public var limit: BudgetLimit
        /// What the images would take without it.
        public var planned: BudgetLimit
        /// What they got.
        public var given: BudgetLimit
        /// How many images it made smaller.
        public var reduced: Int
        /// How many images got a share.
        public var images: Int
        /// The cap on visual tokens that images were shrunk to, except those at their minimum; nil when no
        /// image had to shrink.
        public var ceiling: Int?

        /// The summary of a budget.
        package init(
            limit: BudgetLimit, planned: BudgetLimit, given: BudgetLimit, reduced: Int, images: Int,
            ceiling: Int?
        ) {
            self.limit = limit
            self.planned = planned
            self.given = given
            self.reduced = reduced
            self.images = images
            self.ceiling = ceiling
        }
    }
}

extension ManifestRow.Totals.Budget: Record {
    private enum CodingKeys: String, CodingKey {
        case limitTokens = "limit_tokens"
        case plannedTokens = "planned_tokens"
        case givenTokens = "given_tokens"
        case limitUSD = "limit_usd"
        case plannedUSD = "planned_usd"
        case givenUSD = "given_usd"
        case images, reduced
        case ceilingTokens = "ceiling_tokens"
    }

    /// Writes the fields.
    package func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.limitTokens, limit.tokens)
        writer.write(CodingKeys.plannedTokens, planned.tokens)
        writer.write(CodingKeys.givenTokens, given.tokens)
        writer.write(CodingKeys.limitUSD, limit.cost)
        writer.write(CodingKeys.plannedUSD, planned.cost)
        writer.write(CodingKeys.givenUSD, given.cost)
        writer.write(CodingKeys.images, images)
        writer.write(CodingKeys.reduced, reduced)
        writer.write(CodingKeys.ceilingTokens, ceiling)
    }
}

extension ManifestRow.Totals.Budget: Decodable {
    /// Reads an encoded summary.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func limit(_ tokens: CodingKeys, _ cost: CodingKeys) throws -> BudgetLimit {
            if let cost = try container.decodeCost(cost) { return .cost(cost) }
            return .tokens(try container.decodeCount(tokens))
        }
        self.limit = try limit(.limitTokens, .limitUSD)
        planned = try limit(.plannedTokens, .plannedUSD)
        given = try limit(.givenTokens, .givenUSD)
        reduced = try container.decodeCount(.reduced)
        images = try container.decodeCount(.images)
        ceiling = try container.decodeCountIfPresent(.ceilingTokens)
    }
}

extension BudgetLimit {
    fileprivate var tokens: Int? { if case .tokens(let tokens) = self { tokens } else { nil } }
    fileprivate var cost: Cost? { if case .cost(let cost) = self { cost } else { nil } }
}
