public import ArgumentParser
public import ImagePreflight

/// `--budget-usd` and `--budget-tokens`: what all images of a run may cost together.
struct BudgetArguments: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "All images together cost at most this as input of the model, in USD: the most detailed become smaller.",
            valueName: "n"))
    var budgetUSD: Cost?

    @Option(
        name: .long,
        help: ArgumentHelp("All images together take at most so many visual tokens.", valueName: "n"))
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

    /// Shares the budget over the files of a walk.
    ///
    /// - Parameters:
    ///   - walk: the files; a walk that can be begun again.
    ///   - preflighter: how they will be prepared.
    ///   - running: how the command works and talks.
    /// - Returns: what each file gets, and how many files there are; nil when there is no budget.
    /// - Throws: ``ConsoleError`` with the least sum when the budget is too small; ``ExitStatus`` when somebody
    ///   stopped it.
    func share(over walk: Walk, preflighter: Preflighter, running: RunArguments) throws
        -> (shared: SharedBudget, fileCount: Int)?
    {
        guard let limit else { return nil }
        // All shards share one budget: each finds out what all files get, and uses what its own got.
        let walk = walk.unsharded
        let pass = BudgetPass(
            budget: Budget(limit: limit, snapsToPatches: preflighter.options.fit.snapsToPatches),
            preflighter: preflighter, workerCount: running.work.workerCount)
        // Counted on its own: the run that follows begins with no file done.
        let control = RunControl(stoppedBy: Interruption.control)
        let shared: Result<SharedBudget, BudgetError> = ProgressLine.during(
            running.work.progressMode, control: control, count: nil
        ) {
            do throws(BudgetError) {
                return .success(try pass.run(walker: walk.begin(), control: control))
            } catch { return .failure(error) }
        }
        if control.isStopped { throw ExitStatus.interrupted }
        do { return (try shared.get(), control.done) } catch { throw ConsoleError("\(error)") }
    }
}

extension Cost: ExpressibleByArgument {
    /// An amount in USD, as in `12.50`.
    public init?(argument: String) { self.init(usdText: argument) }
}
