internal import ArgumentParser
internal import ImagePreflight
internal import MessageRequests

/// Where requests go: `--model`, `--platform`, `--catalog`.
struct RequestDestinationArguments: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The model that will see the images; by default the one named by each request, and "
                + "\(ModelCatalog.defaultModelID) if it names none.", valueName: "id"),
        completion: .list(ModelCatalog.builtIn.models.map(\.id)))
    var model: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The platform that receives the requests: "
                + "\(ModelCatalog.builtIn.platforms.map(\.id).joined(separator: ", ")). By default bedrock "
                + "or google-cloud for bodies of that shape, and portable otherwise.", valueName: "id"),
        completion: .list(ModelCatalog.builtIn.platforms.map(\.id)))
    var platform: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The date on which to judge whether models are retired, such as 2026-11-30; by default the catalog's date.",
            valueName: "day"))
    var date: String?
    @Flag(
        name: .long,
        help: "In agents' logs, also check abandoned branches, which are not sent again.")
    var allBranches = false

    @OptionGroup var catalog: CatalogArguments

    /// The options of the linter.
    func options() throws(ConsoleError) -> LintOptions {
        LintOptions(
            catalog: try catalog.load(), modelID: model, platformID: platform, date: date,
            judgesAllBranches: allBranches)
    }
}

/// How requests are judged: where they go, `--select`, `--ignore`.
struct LintArguments: ParsableArguments {
    @OptionGroup var destination: RequestDestinationArguments

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only these rules: codes, prefixes of codes or names, separated by commas.",
            valueName: "rules"))
    var select: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Rules to skip; takes precedence over --select.", valueName: "rules"))
    var ignore: [String] = []

    /// The options of the linter.
    func linter(isStrict: Bool) throws(ConsoleError) -> RequestLinter {
        var options = try destination.options()
        options.select = Self.list(select)
        options.ignore = Self.list(ignore)
        options.isStrict = isStrict
        do throws(RequestError) { return try RequestLinter(options: options) } catch {
            throw ConsoleError("\(error)")
        }
    }

    /// `R2,I301` and `--select R2 --select I301` mean the same.
    private static func list(_ values: [String]) -> [String] {
        values.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }
}

/// The format of findings about requests: records, or the input of a tool for code reviews.
enum LintFormat: String, CaseIterable, ExpressibleByArgument {
    case table, json, ndjson, csv, sarif, junit, github
    /// As ``RecordFormat/ndjsonWithSummary``.
    case ndjsonWithSummary = "ndjson-summary"

    /// What help offers.
    static var allValueStrings: [String] { allCases.filter { $0 != .ndjsonWithSummary }.map(\.rawValue) }
}
