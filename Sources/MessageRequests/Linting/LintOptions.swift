public import VisionRules

/// How requests are judged.
public struct LintOptions: Sendable, Hashable {
    /// The models, prices and limits.
    public var catalog: ModelCatalog
    /// The model, whatever the requests name; nil for the one that each request names.
    public var modelID: String?
    /// The platform; nil for Amazon Bedrock or Google Cloud for bodies of that shape, otherwise `portable`.
    public var platformID: String?
    /// The terms that change prices; requests of a batch are always priced as such.
    public var terms: ServiceTerms
    /// Only rules whose code begins with one of these are reported (`R2`, `I301`); empty for all.
    public var select: [String]
    /// Rules whose code begins with one of these are not reported. Takes precedence over ``select``.
    public var ignore: [String]
    /// Whether warnings count as failures.
    public var isStrict: Bool
    /// The date on which to judge whether models are retired, as `2026-11-30`; nil for the catalog's date.
    public var date: String?
    /// Whether all of an agent's log is judged as one conversation, including abandoned branches; otherwise
    /// only what the agent would send again.
    public var judgesAllBranches: Bool
    /// The longest line, or standalone document, that is read, bytes: more than the 256 MB of the largest
    /// batch. A longer one is R101.
    package var maxTextBytes = 320 << 20
    /// The minimum number of images that each request is assumed to have.
    package var imagesPerRequest = 1

    /// Options; the defaults judge each request by its own fields.
    ///
    /// - Parameters:
    ///   - catalog: the models, prices and limits.
    ///   - modelID: the model, whatever the requests name.
    ///   - platformID: the platform, whatever shape the requests have.
    ///   - terms: the terms that change prices.
    ///   - select: codes or prefixes of codes; only these are reported.
    ///   - ignore: codes or prefixes of codes that are not reported.
    ///   - isStrict: whether warnings count as failures.
    ///   - date: the date on which to judge whether models are retired.
    ///   - judgesAllBranches: whether abandoned branches of an agent's log are judged too.
    public init(
        catalog: ModelCatalog = .builtIn, modelID: String? = nil, platformID: String? = nil,
        terms: ServiceTerms = ServiceTerms(), select: [String] = [], ignore: [String] = [],
        isStrict: Bool = false, date: String? = nil, judgesAllBranches: Bool = false
    ) {
        self.catalog = catalog
        self.modelID = modelID
        self.platformID = platformID
        self.terms = terms
        self.select = select
        self.ignore = ignore
        self.isStrict = isStrict
        self.date = date
        self.judgesAllBranches = judgesAllBranches
    }

    /// Whether a finding is reported.
    ///
    /// - Parameter finding: what a rule found.
    /// - Returns: whether the rule is selected and not ignored.
    public func reports(_ finding: Finding) -> Bool {
        func isNamed(_ prefix: String) -> Bool {
            finding.code.rawValue.hasPrefix(prefix.uppercased()) || finding.name == prefix
        }
        if ignore.contains(where: isNamed) { return false }
        return select.isEmpty || select.contains(where: isNamed)
    }
}
