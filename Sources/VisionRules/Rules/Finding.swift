/// How serious a finding is.
public enum Severity: String, Sendable, Codable, Hashable, CaseIterable, Comparable {
    /// Worth knowing.
    case note
    /// The service takes it, but not as people expect.
    case warning
    /// The service refuses it.
    case error

    /// Orders by how serious it is.
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .note: 0
        case .warning: 1
        case .error: 2
        }
    }
}

/// Something that a rule has to say about one image or one request.
public struct Finding: Sendable, Hashable {
    /// The rule. Its severity and name come from the table of ``RuleCode``.
    public var code: RuleCode
    /// One sentence with the numbers in it.
    public var message: String
    /// What was measured, in the unit of the rule (px, bytes, tokens, images).
    public var measured: Int?
    /// The largest or smallest value that passes, in the same unit.
    public var limit: Int?
    /// The service's own text for this refusal, filled in, where one is known.
    public var serviceError: String?

    /// A finding.
    ///
    /// - Parameters:
    ///   - code: the rule.
    ///   - message: one sentence with the numbers in it.
    ///   - measured: what was measured.
    ///   - limit: the value that passes.
    ///   - serviceError: the service's own text.
    public init(
        _ code: RuleCode, _ message: MessageText, measured: Int? = nil, limit: Int? = nil,
        serviceError: String? = nil
    ) {
        self.code = code
        self.message = message.text
        self.measured = measured
        self.limit = limit
        self.serviceError = serviceError
    }

    /// How serious it is.
    public var severity: Severity { code.severity }
}
