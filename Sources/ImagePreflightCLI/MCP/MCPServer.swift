internal import ImagePreflight

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A server of the Model Context Protocol on standard input and output, one JSON-RPC message a line.
///
/// It speaks both eras: sessions that begin with `initialize`, and since 2026-07-28 requests that carry their
/// version themselves. This thread reads and answers at once; calls of tools wait for their turn in
/// ``ToolQueue``, so that a long one keeps nobody from a `ping` or from cancelling it.
struct MCPServer {
    /// The longest message that is read, bytes. Arguments are paths, never images.
    static let maxMessageBytes = 4 << 20

    private let output: MessageOutput
    private let queue: ToolQueue
    /// The revision that the handshake agreed on; nil before.
    private var session: MCPVersion?

    init(output: Int32) {
        self.output = MessageOutput(output)
        queue = ToolQueue(output: self.output)
    }

    /// Serves until the input is closed; calls that were taken are answered first.
    mutating func run(input: Int32) {
        let worker = JoinableThread.start { [queue] in queue.work() }
        var lines = LineInput(fileDescriptor: input, maxLineBytes: Self.maxMessageBytes)
        while output.isOpen {
            do throws(LineInput.Failure) {
                let line = try lines.line()
                if !line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { take(line) }
            } catch {
                guard error == .lineTooLong else { break }
                output.send(
                    JSONRPCMessage.error(
                        .invalidRequest, "the message is longer than \(Self.maxMessageBytes) bytes", to: .null
                    ))
            }
        }
        queue.close()
        // A system without threads left makes answers late, not missing.
        if let worker { worker.join() } else { queue.work() }
    }

    private mutating func take(_ line: ArraySlice<UInt8>) {
        let value: JSONValue
        do { value = try JSONValue(json: line) } catch {
            output.send(JSONRPCMessage.error(.parseError, "the line is not JSON", to: .null))
            return
        }
        guard case .array(let values) = value else {
            if let answer = answer(to: JSONRPCMessage(value)) { output.send(answer) }
            return
        }
        guard session?.hasBatches == true, !values.isEmpty else {
            let reason = values.isEmpty ? "a batch is not empty" : "this revision has no batches"
            output.send(JSONRPCMessage.error(.invalidRequest, reason, to: .null))
            return
        }
        takeBatch(values.map { JSONRPCMessage($0) })
    }

    /// All answers of a batch go out together, when its last call of a tool is done.
    private mutating func takeBatch(_ messages: [JSONRPCMessage]) {
        let batch = AnswerBatch(output: output)
        for message in messages {
            if case .request(let request) = message, request.method == "initialize" {
                batch.add(request.failure(.invalidRequest, "initialize is no part of a batch"))
            } else if let answer = answer(to: message, in: batch) {
                batch.add(answer)
            }
        }
        batch.close()
    }
}

// MARK: - Answers

extension MCPServer {
    /// The answer to a message; nil where there is none, or it comes later from the queue.
    private mutating func answer(to message: JSONRPCMessage, in batch: AnswerBatch? = nil) -> JSONValue? {
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
            return .success(session ?? .newestWithHandshake)
        }
        guard let session else {
            return refusal(
                request.failure(
                    .invalidRequest,
                    "a session begins with initialize; or say “\(MetaKey.protocolVersion)” in “_meta”"))
        }
        return .success(session)
    }

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

    private mutating func initialize(_ request: JSONRPCRequest) -> JSONValue {
        guard let wanted = request.params["protocolVersion"]?.text else {
            return request.failure(.invalidParams, "“protocolVersion” is missing")
        }
        let known = MCPVersion(rawValue: wanted).flatMap { $0.hasHandshake ? $0 : nil }
        let version = known ?? .newestWithHandshake
        session = version
        return request.answer([
            "protocolVersion": .string(version.rawValue), "capabilities": Self.capabilities,
            "serverInfo": Self.serverInfo, "instructions": .string(Self.instructions),
        ])
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
            // Told to the model, which can mend it, and not only to the client.
            return request.complete(.failure(error.description), version)
        }
    }

    private static let serverInfo: JSONValue = [
        "name": "image-preflight", "version": .string(ImagePreflightCommand.version),
    ]

    /// The tools stay the same as long as the program runs.
    private static let capabilities: JSONValue = ["tools": [:]]

    private static let cacheMilliseconds: JSONValue = 3_600_000

    private static let instructions = """
        Checks, prices and prepares images for the Claude API, offline. Use check before sending images; what is \
        rejected or downsized, prepare writes anew at the best size. Paths are those of this machine; relative \
        ones begin where the server was started.
        """

    /// Names that the protocol gives to what requests and results say of themselves.
    private enum MetaKey {
        static let protocolVersion = "io.modelcontextprotocol/protocolVersion"
        static let clientCapabilities = "io.modelcontextprotocol/clientCapabilities"
    }

    /// What results say of the server since 2026-07-28.
    fileprivate static let resultMeta: JSONValue = ["io.modelcontextprotocol/serverInfo": serverInfo]
}

extension JSONRPCRequest {
    /// The answer with a result, and what its revision wants beside it.
    fileprivate func complete(_ result: JSONValue, _ version: MCPVersion) -> JSONValue {
        guard !version.hasHandshake else { return answer(result) }
        return answer(result.adding(["resultType": "complete", "_meta": MCPServer.resultMeta]))
    }

    /// The answer with the result of a tool.
    func complete(_ outcome: ToolRun.Outcome, _ version: MCPVersion) -> JSONValue {
        let result: JSONValue = [
            // The same JSON once more as text, for clients that know no structured content.
            "content": [["type": "text", "text": .string(String(decoding: outcome.content, as: UTF8.self))]],
            "isError": .bool(outcome.isError),
        ]
        return complete(
            result.adding([
                "structuredContent": version.hasStructuredContent ? .written(outcome.content) : nil
            ]), version)
    }
}
