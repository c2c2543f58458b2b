/// The responses to the messages of one client.
struct MCPSession {
    /// The revision agreed on in the handshake; nil before.
    private(set) var version: MCPVersion?
    private let queue: ToolQueue

    init(queue: ToolQueue) { self.queue = queue }

    /// The response to a message.
    ///
    /// - Parameters:
    ///   - message: the message.
    ///   - batch: the batch that contains it.
    /// - Returns: the response; nil if there is none, or it comes later from the queue.
    mutating func answer(to message: JSONRPCMessage, in batch: AnswerBatch? = nil) -> JSONValue? {
        switch message {
        case .invalid(let answer): return answer
        case .response: return nil
        case .notification(let method, let params):
            if method == "notifications/cancelled", let id = params["requestId"] { queue.cancel(id) }
            return nil
        case .request(let request):
            switch version(of: request) {
            case .failure(let refusal): return refusal.answer
            case .success(let version): return answer(to: request, version, in: batch)
            }
        }
    }
}

// MARK: - Versions

extension MCPSession {
    private struct Refusal: Error {
        let answer: JSONValue
    }

    /// The revision that a request is made in: its own, or that of the session.
    private func version(of request: JSONRPCRequest) -> Result<MCPVersion, Refusal> {
        func refusal(_ answer: JSONValue) -> Result<MCPVersion, Refusal> {
            .failure(Refusal(answer: answer))
        }
        let meta = request.params["_meta"]
        if let wanted = meta?[MetaKey.protocolVersion] {
            guard let text = wanted.text, let version = MCPVersion(rawValue: text), !version.hasHandshake
            else {
                return refusal(
                    request.failure(
                        .unsupportedProtocolVersion, "Unsupported protocol version",
                        data: ["supported": MCPVersion.list, "requested": wanted]))
            }
            guard case .object = meta?[MetaKey.clientCapabilities] else {
                return refusal(
                    request.failure(
                        .invalidParams, "“_meta” lacks “\(MetaKey.clientCapabilities)”, an object"))
            }
            return .success(version)
        }
        // A ping may come before the handshake.
        if request.method == "initialize" || request.method == "ping" {
            return .success(version ?? .newestWithHandshake)
        }
        guard let version else {
            return refusal(
                request.failure(
                    .invalidRequest,
                    "start the session with initialize, or give “\(MetaKey.protocolVersion)” in “_meta”"))
        }
        return .success(version)
    }

    private mutating func initialize(_ request: JSONRPCRequest) -> JSONValue {
        guard let wanted = request.params["protocolVersion"]?.text else {
            return request.failure(.invalidParams, "“protocolVersion” is missing")
        }
        let known = MCPVersion(rawValue: wanted).flatMap { $0.hasHandshake ? $0 : nil }
        let agreed = known ?? .newestWithHandshake
        version = agreed
        return request.answer([
            "protocolVersion": .string(agreed.rawValue), "capabilities": Self.capabilities,
            "serverInfo": Self.serverInfo, "instructions": .string(Self.instructions),
        ])
    }
}

// MARK: - Methods

extension MCPSession {
    private mutating func answer(
        to request: JSONRPCRequest, _ version: MCPVersion, in batch: AnswerBatch?
    ) -> JSONValue? {
        switch (request.method, version.hasHandshake) {
        case ("initialize", true): return initialize(request)
        case ("ping", true): return request.answer([:])
        case ("server/discover", false):
            return request.complete(
                [
                    "supportedVersions": MCPVersion.list, "capabilities": Self.capabilities,
                    "instructions": .string(Self.instructions), "ttlMs": Self.cacheMilliseconds,
                    "cacheScope": "public",
                ], version)
        case ("tools/list", let hasHandshake):
            let list: JSONValue = ["tools": .array(MCPTool.all.map { $0.listing(for: version) })]
            return request.complete(
                hasHandshake
                    ? list : list.adding(["ttlMs": Self.cacheMilliseconds, "cacheScope": "public"]), version)
        case ("tools/call", _): return call(request, version, in: batch)
        default: return request.failure(.methodNotFound, "there is no method “\(request.method)”")
        }
    }

    private func call(_ request: JSONRPCRequest, _ version: MCPVersion, in batch: AnswerBatch?) -> JSONValue?
    {
        guard let name = request.params["name"]?.text else {
            return request.failure(.invalidParams, "“name” of the tool is missing")
        }
        guard let tool = MCPTool.all.first(where: { $0.name == name }) else {
            return request.failure(.invalidParams, "Unknown tool: \(name)")
        }
        guard case .object(let arguments) = request.params["arguments"] ?? [:] else {
            return request.failure(.invalidParams, "“arguments” is not an object")
        }
        do throws(ToolParameter.Mistake) {
            let call = try tool.call(arguments)
            batch?.expectOne()
            queue.add(ToolQueue.Job(request: request, version: version, call: call, batch: batch))
            return nil
        } catch {
            // Reported to the model, which can correct it, and not only to the client.
            return request.complete(.failure(error.description), version)
        }
    }

    private static let serverInfo: JSONValue = [
        "name": "image-preflight", "version": .string(ImagePreflightVersion.text),
    ]

    /// The tools stay the same as long as the program runs.
    private static let capabilities: JSONValue = ["tools": [:]]

    private static let cacheMilliseconds: JSONValue = 3_600_000

    private static let instructions = """
        Checks, prices and prepares images for the Claude API, offline. Use check before sending images, and \
        prepare for those that are rejected or downsized. Paths are those of this machine; relative paths \
        start where the server was started.
        """

    /// Names of the protocol's metadata in requests and results.
    private enum MetaKey {
        static let protocolVersion = "io.modelcontextprotocol/protocolVersion"
        static let clientCapabilities = "io.modelcontextprotocol/clientCapabilities"
    }

    /// The server's description in results since 2026-07-28.
    fileprivate static let resultMeta: JSONValue = ["io.modelcontextprotocol/serverInfo": serverInfo]
}

extension JSONRPCRequest {
    /// The response with a result, and the fields that its revision requires.
    fileprivate func complete(_ result: JSONValue, _ version: MCPVersion) -> JSONValue {
        guard !version.hasHandshake else { return answer(result) }
        return answer(result.adding(["resultType": "complete", "_meta": MCPSession.resultMeta]))
    }

    /// The response with the result of a tool.
    func complete(_ outcome: ToolRun.Outcome, _ version: MCPVersion) -> JSONValue {
        let result: JSONValue = [
            // The same JSON again as text, for clients without structured content.
            "content": [["type": "text", "text": .string(String(decoding: outcome.content, as: UTF8.self))]],
            "isError": .bool(outcome.isError),
        ]
        return complete(
            result.adding([
                "structuredContent": version.hasStructuredContent ? .written(outcome.content) : nil
            ]), version)
    }
}
