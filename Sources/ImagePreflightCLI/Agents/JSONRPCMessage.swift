/// A message of JSON-RPC 2.0: <https://www.jsonrpc.org/specification>.
enum JSONRPCMessage {
    case request(JSONRPCRequest)
    case notification(method: String, params: JSONValue)
    /// An answer to a question that we never ask.
    case response
    /// What is no message, and the answer to it.
    case invalid(JSONValue)

    /// Judges a value.
    init(_ value: JSONValue) {
        guard case .object(let members) = value else {
            self = .invalid(Self.error(.invalidRequest, "a message is an object", to: .null))
            return
        }
        // The id is read first: an answer to a bad request carries it all the same.
        let id: JSONValue?
        switch value["id"] {
        case .string, .int: id = value["id"]
        case nil: id = nil
        default:
            self = .invalid(Self.error(.invalidRequest, "“id” is a string or a whole number", to: .null))
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

    /// The answer that a request failed.
    static func error(
        _ code: JSONRPCErrorCode, _ message: String, data: JSONValue? = nil, to id: JSONValue
    ) -> JSONValue {
        let error: JSONValue = ["code": .int(code.rawValue), "message": .string(message)]
        return ["jsonrpc": "2.0", "id": id, "error": error.adding(["data": data])]
    }
}

/// A message that wants an answer.
struct JSONRPCRequest: Sendable {
    /// A string or a whole number.
    let id: JSONValue
    let method: String
    /// An object.
    let params: JSONValue

    func answer(_ result: JSONValue) -> JSONValue { ["jsonrpc": "2.0", "id": id, "result": result] }

    func failure(_ code: JSONRPCErrorCode, _ message: String, data: JSONValue? = nil) -> JSONValue {
        JSONRPCMessage.error(code, message, data: data, to: id)
    }
}

/// The codes of errors.
enum JSONRPCErrorCode: Int {
    case parseError = -32700
    case invalidRequest = -32600
    case methodNotFound = -32601
    case invalidParams = -32602
    case internalError = -32603
    /// Of the Model Context Protocol since 2026-07-28.
    case unsupportedProtocolVersion = -32022
}
