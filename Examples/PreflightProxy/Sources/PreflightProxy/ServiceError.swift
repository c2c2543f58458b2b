import Foundation
import HTTPTypes
import Hummingbird

/// A refusal in the service's own format, so that clients do not need another way to read it.
/// <https://docs.claude.com/en/api/errors>
struct ServiceError: Error {
    /// The types used here, and the status of each.
    enum Kind: String {
        case invalidRequest = "invalid_request_error"
        case requestTooLarge = "request_too_large"
        case api = "api_error"

        var status: HTTPResponse.Status {
            switch self {
            case .invalidRequest: .badRequest
            case .requestTooLarge: .contentTooLarge
            case .api: .badGateway
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
    }

    /// The response.
    func response() throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = try encoder.encode(Body(error: .init(type: kind.rawValue, message: message)))
        return Response(
            status: kind.status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(data: body)))
    }
}
