extension Finding {
    /// How serious a finding is.
    public enum Severity: String, Sendable, Codable, Hashable, CaseIterable, Comparable {
        /// Worth knowing.
        case note
        /// The service accepts it, but not as people expect.
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
}

/// What a rule found about one image or one request.
public struct Finding: Sendable, Hashable {
    /// The rule.
    public var code: RuleCode
    /// The rule's name, as in `edge-over-limit`.
    public var name: String
    /// How serious it is.
    public var severity: Severity
    /// One sentence that includes the numbers.
    public var message: String
    /// What was measured, in the unit of the rule (px, bytes, tokens, images).
    public var measured: Int?
    /// The largest or smallest value that passes, in the same unit.
    public var limit: Int?
    /// The service's own text for this refusal, filled in, if one is known.
    public var serviceError: String?

    /// What a rule's check has found.
    package init(_ rule: borrowing Rule, _ observation: Observation) {
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
    /// The finding in readable form, as in `I201 error: the longest side is 9000 px, …`.
    public var description: String { "\(code) \(severity.rawValue): \(message)" }
}

extension Finding: Codable {
    /// The names of the fields, in the order of the contract.
    package enum CodingKeys: String, CodingKey, CaseIterable, Sendable {
        case code, name, severity, message, measured, limit
        case serviceError = "service_error"
    }

    /// Writes the fields in the order of the contract.
    ///
    /// - Parameter encoder: where to.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(code, forKey: .code)
        try container.encode(name, forKey: .name)
        try container.encode(severity, forKey: .severity)
        try container.encode(message, forKey: .message)
        try container.encodeIfPresent(measured, forKey: .measured)
        try container.encodeIfPresent(limit, forKey: .limit)
        try container.encodeIfPresent(serviceError, forKey: .serviceError)
    }

    /// Reads a finding from a record.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        code = try container.decode(RuleCode.self, forKey: .code)
        name = try container.decode(String.self, forKey: .name)
        severity = try container.decode(Severity.self, forKey: .severity)
        message = try container.decode(String.self, forKey: .message)
        measured = try container.decodeIfPresent(Int.self, forKey: .measured)
        limit = try container.decodeIfPresent(Int.self, forKey: .limit)
        serviceError = try container.decodeIfPresent(String.self, forKey: .serviceError)
    }
}

extension Finding {
    /// Whether the service would fail on the image too, not only a decoder on this machine.
    package var isOfImageItself: Bool {
        severity == .error && code != .decoderFailed && code != .cannotBeDecodedHere
    }
}
