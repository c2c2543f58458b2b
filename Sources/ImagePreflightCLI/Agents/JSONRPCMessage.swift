/// A message of JSON-RPC 2.0: <https://www.jsonrpc.org/specification>.
enum JSONRPCMessage {
    case request(JSONRPCRequest)
    case notification(method: String, params: JSONValue)
    /// A response to a request that we never send.
    case response
    /// An invalid message, and the response to it.
    case invalid(JSONValue)

    /// Classifies a value.
    init(_ value: JSONValue) {
        guard case .object(let members) = value else {
            self = .invalid(Self.error(.invalidRequest, "a message must be an object", to: .null))
            return
        }
        // The id is read first: a response to a bad request also carries it.
        let id: JSONValue?
        switch value["id"] {
        case .string, .int: id = value["id"]
        case nil: id = nil
        default:
            self = .invalid(Self.error(.invalidRequest, "“id” must be a string or an integer", to: .null))
            return
        }
        func invalid(_ reason: String) -> JSONRPCMessage {
            .invalid(Self.error(.invalidRequest, reason, to: id ?? .null))
        }
        guard value["jsonrpc"]?.text == "2.0" else {
            self = invalid("“jsonrpc” is not \"2.0\"")
            return
        }
        guard let method = value["method"] else {
            let isResponse = members.contains { $0.key == "result" || $0.key == "error" }
            self = isResponse ? .response : invalid("“method” is missing")
            return
        }
        guard let method = method.text else {
            self = invalid("“method” is not a string")
            return
        }
        let params = value["params"] ?? [:]
        guard let id else {
            self = .notification(method: method, params: params)
            return
        }
        guard case .object = params else {
            self = .invalid(Self.error(.invalidParams, "“params” is not an object", to: id))
            return
        }
        self = .request(JSONRPCRequest(id: id, method: method, params: params))
    }

    /// The error response to a request.
    static func error(
        _ code: JSONRPCErrorCode, _ message: String, data: JSONValue? = nil, to id: JSONValue
    ) -> JSONValue {
        let error: JSONValue = ["code": .int(code.rawValue), "message": .string(message)]
        return ["jsonrpc": "2.0", "id": id, "error": error.adding(["data": data])]
    }
}

/// A message that expects a response.
struct JSONRPCRequest: Sendable {
    /// A string or an integer.
    let id: JSONValue
    let method: String
    /// An object.
    let params: JSONValue

    func answer(_ result: JSONValue) -> JSONValue { ["jsonrpc": "2.0", "id": id, "result": result] }

    func failure(_ code: JSONRPCErrorCode, _ message: String, data: JSONValue? = nil) -> JSONValue {
        JSONRPCMessage.error(code, message, data: data, to: id)
    }
}

/// Error codes.
enum JSONRPCErrorCode: Int {
    case parseError = -32700
    case invalidRequest = -32600
    case methodNotFound = -32601
    case invalidParams = -32602
    case internalError = -32603
    /// Of the Model Context Protocol since 2026-07-28.
    case unsupportedProtocolVersion = -32022
}
