/// What the service does with one image.
public enum Verdict: String, Sendable, Codable, Hashable, CaseIterable {
    /// Accepted as it is.
    case accepted
    /// Accepted, but the model sees a smaller one.
    case downsized
    /// Refused, or not an image.
    case rejected
}

/// Everything that can be determined about one image at one destination without decoding a pixel.
public struct Assessment: Sendable, Codable, Hashable {
    /// What the service does.
    public var verdict: Verdict
    /// What the model sees; nil when the image's size is unknown.
    public var seen: SeenSize?
    /// The guide's estimate for the seen size, tokens.
    public var guideTokens: Int?
    /// The cost of the seen image as input.
    public var cost: Cost?
    /// The findings, in the order of their codes.
    public var findings: [Finding]

    private enum CodingKeys: String, CodingKey {
        case verdict
        case seen = "sees"
        case guideTokens = "tokens_guide"
        case cost = "cost_usd"
        case findings
    }

    /// The assessment of one image.
    public init(
        verdict: Verdict, seen: SeenSize?, guideTokens: Int?, cost: Cost?, findings: [Finding]
    ) {
        self.verdict = verdict
        self.seen = seen
        self.guideTokens = guideTokens
        self.cost = cost
        self.findings = findings
    }
}

extension Assessment {
    /// Adds findings of a closer look than at the header, and updates the verdict.
    ///
    /// - Parameter found: findings of any code; the order of the codes is kept.
    public mutating func add(_ found: [Finding]) {
        // Findings that the header already gave are not repeated.
        let found = found.filter { new in !findings.contains { $0.code == new.code } }
        guard !found.isEmpty else { return }
        findings += found
        findings.sort { $0.code.rawValue < $1.code.rawValue }
        if findings.containError { verdict = .rejected }
    }
}
