package import VisionRules

/// Why requests cannot be judged, repaired or built.
public struct RequestError: Error, Sendable, Hashable {
    /// What happened. More codes may be added.
    public struct Code: RawRepresentable, Sendable, Hashable, Codable {
        /// The name, as in `unknown-model`.
        public let rawValue: String

        /// A code by its name.
        ///
        /// - Parameter rawValue: the name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The options name a model that the catalog does not have.
        public static let unknownModel = Code(rawValue: "unknown-model")
        /// The options name a platform that the catalog does not have.
        public static let unknownPlatform = Code(rawValue: "unknown-platform")
        /// The options name a rule that does not exist.
        public static let unknownRule = Code(rawValue: "unknown-rule")
        /// The options contain an invalid date.
        public static let invalidDate = Code(rawValue: "invalid-date")
        /// An image fits into no request: ``RequestError/imageIndex`` says which.
        public static let imageOverLimit = Code(rawValue: "image-over-limit")
        /// The images do not fit into one request.
        public static let moreThanOneRequest = Code(rawValue: "more-than-one-request")
        /// A request fits into no batch.
        public static let requestOverBatchLimit = Code(rawValue: "request-over-batch-limit")
        /// The platform does not accept batches.
        public static let noBatches = Code(rawValue: "no-batches")
    }

    /// What happened, in detail.
    package enum Reason: Sendable, Hashable {
        /// The catalog does not have the model or the platform.
        case catalog(CatalogError)
        /// No rule has this code prefix or name.
        case unknownRule(String)
        /// The text is not a date.
        case invalidDate(String)
        /// An item fits into no request, by the rule with this code.
        case imageOverLimit(index: Int, code: RuleCode, measured: Int, limit: Int)
        /// A request fits into no batch, bytes.
        case requestOverBatchLimit(index: Int, measured: Int, limit: Int)
        /// The platform does not accept batches.
        case noBatches(platformID: String)
        /// The number of requests that the images need.
        case moreThanOneRequest(count: Int)
    }

    package let reason: Reason

    package init(_ reason: Reason) { self.reason = reason }

    /// What happened.
    public var code: Code {
        switch reason {
        case .catalog(let error): error.code == .unknownPlatform ? .unknownPlatform : .unknownModel
        case .unknownRule: .unknownRule
        case .invalidDate: .invalidDate
        case .imageOverLimit: .imageOverLimit
        case .requestOverBatchLimit: .requestOverBatchLimit
        case .noBatches: .noBatches
        case .moreThanOneRequest: .moreThanOneRequest
        }
    }

    /// The image that fits into no request, from 0; nil for other codes.
    public var imageIndex: Int? {
        if case .imageOverLimit(let index, _, _, _) = reason { index } else { nil }
    }
}

extension RequestError: CustomStringConvertible {
    /// The error as a sentence, without a period.
    public var description: String {
        switch reason {
        case .catalog(let error): error.description
        case .invalidDate(let text): "“\(text)” is not a date like 2026-11-30"
        case .unknownRule(let text): "no rule has the code prefix or name “\(text)”"
        case .imageOverLimit(let index, let code, let measured, let limit):
            "image \(index + 1) fits into no request: \(code.rule?.name ?? code.rawValue), \(measured), at most \(limit) is accepted"
        case .requestOverBatchLimit(let index, let measured, let limit):
            "request \(index + 1) fits into no batch: \(measured) bytes, at most \(limit) are accepted"
        case .moreThanOneRequest(let count): "the images do not fit into one request; they need \(count)"
        case .noBatches(let platformID): "the platform \(platformID) does not accept batches"
        }
    }
}
