public import ArgumentParser
public import ImagePreflight

/// `--budget-usd` and `--budget-tokens`: a budget for all images of a run together.
struct BudgetArguments: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Budget for all images together as model input, in USD; the most detailed images shrink to meet it.",
            valueName: "n"))
    var budgetUSD: Cost?

    @Option(
        name: .long,
        help: ArgumentHelp("Budget for all images together, in visual tokens.", valueName: "n"))
    var budgetTokens: Int?

    mutating func validate() throws {
        if budgetUSD != nil, budgetTokens != nil {
            throw ValidationError("Use either --budget-usd or --budget-tokens, not both.")
        }
        if let budgetTokens, budgetTokens < 0 {
            throw ValidationError("--budget-tokens must not be negative.")
        }
    }

    /// The limit; nil when there is none.
    var limit: BudgetLimit? { budgetUSD.map { .cost($0) } ?? budgetTokens.map { .tokens($0) } }
}

extension Cost: ExpressibleByArgument {
    /// An amount in USD, as in `12.50`.
    public init?(argument: String) { self.init(usdText: argument) }
}
