public import ArgumentParser
public import ImagePreflight

/// The terms that change a price: `--batch`, `--cache`, `--us-only`, `--fast`.
struct TermsArguments: ParsableArguments {
    @Flag(name: .long, help: "Price the images as sent through the Batches API.")
    var batch = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Price the images as written to or read from the prompt cache.",
            valueName: "use"))
    var cache = ServiceTerms.CacheUse.none

    @Flag(name: .long, help: "Price US-only inference: Claude 4.6 and later on the Claude API.")
    var usOnly = false

    @Flag(name: .long, help: "Price fast mode, with a note if the model or platform does not offer it.")
    var fast = false

    var terms: ServiceTerms {
        ServiceTerms(isBatch: batch, cache: cache, isUSOnly: usOnly, isFast: fast)
    }
}

extension ServiceTerms.CacheUse: ExpressibleByArgument {}
