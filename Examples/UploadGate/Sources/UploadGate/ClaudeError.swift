import Foundation
import HTTPTypes
import Hummingbird
import ImagePreflight

/// A refusal in the format of the Claude API's errors, so that clients do not need another way to read them.
/// <https://docs.claude.com/en/api/errors>
struct ClaudeError: Error, Equatable {
    /// The API's error types, and the status of each.
    enum Kind: String {
        case invalidRequest = "invalid_request_error"
        case requestTooLarge = "request_too_large"
        case overloaded = "overloaded_error"
        case api = "api_error"

        var status: HTTPResponse.Status {
            switch self {
            case .invalidRequest: .badRequest
            case .requestTooLarge: .contentTooLarge
            case .overloaded: .init(code: 529, reasonPhrase: "Overloaded")
            case .api: .internalServerError
            }
        }
    }

    let kind: Kind
    let message: String

    private struct Body: Encodable {
        struct Detail: Encodable {
            let type: String
            let message: String
        }
        let type = "error"
        let error: Detail
        let request_id: String
    }

    /// The body, JSON.
    func body(requestID: String) throws -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return ByteBuffer(
            data: try encoder.encode(
                Body(error: .init(type: kind.rawValue, message: message), request_id: requestID)))
    }
}

extension ClaudeError {
    /// The refusal for an error of the library.
    init(_ error: any Error) {
        switch error {
        case let error as ClaudeError: self = error
        case let error as PreflightError: self.init(preflight: error)
        case is PreflightPool.Busy: self.init(kind: .overloaded, message: "Overloaded")
        default: self.init(kind: .api, message: "Internal server error")
        }
    }

    /// The refusal for an image that exceeds this machine's limits.
    init(exceeded limit: DecodeLimits.Exceeded) {
        self.init(
            kind: limit.kind == .fileBytes ? .requestTooLarge : .invalidRequest, message: "\(limit)")
    }

    private init(preflight error: PreflightError) {
        switch error.code {
        case .image:
            // The service's own words, if known.
            let finding = error.findings.first { $0.severity == .error }
            self.init(
                kind: .invalidRequest, message: finding?.serviceError ?? finding?.message ?? "\(error)")
        case .overLimit:
            if let limit = error.exceededLimit { self.init(exceeded: limit) } else { fallthrough }
        case .cannotFit, .plan: self.init(kind: .invalidRequest, message: "\(error)")
        default: self.init(kind: .api, message: "Internal server error")
        }
    }
}
