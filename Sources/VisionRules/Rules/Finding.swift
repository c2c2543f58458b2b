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
    /// The rule.
    public var code: RuleCode
    /// The rule's name, as in `edge-over-limit`.
    public var name: String
    /// How serious it is.
    public var severity: Severity
    /// One sentence with the numbers in it.
    public var message: String
    /// What was measured, in the unit of the rule (px, bytes, tokens, images).
    public var measured: Int?
    /// The largest or smallest value that passes, in the same unit.
    public var limit: Int?
    /// The service's own text for this refusal, filled in, where one is known.
    public var serviceError: String?

    /// What a rule's check has seen.
    package init(_ rule: Rule, _ observation: Observation) {
        code = rule.code
        name = rule.name
        severity = rule.severity
        message = observation.message.text
        measured = observation.measured
        limit = observation.limit
        serviceError = observation.serviceError
    }
}

extension Finding: CustomStringConvertible {
    /// The finding as people read it, as in `I201 error: the longest side is 9000 px, …`.
    public var description: String { "\(code) \(severity.rawValue): \(message)" }
}
