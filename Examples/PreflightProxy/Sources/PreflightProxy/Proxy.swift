import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import PreflightRequests

/// Sits between an agent and the service: repairs the images in Messages requests before they are sent, and
/// forwards everything else as it arrives, in both directions.
///
/// It logs the requested path, the outcome and the number of changed images, but no headers and no part of a
/// body.
public struct Proxy: HTTPResponder {
    /// The context of a request: only Hummingbird's own.
    public typealias Context = BasicRequestContext

    /// The largest body of a Messages request, bytes. The service accepts no more.
    public static let maxBodyBytes = 32 << 20

    /// Where requests go, as in `https://api.anthropic.com`.
    private let upstream: String
    private let client: HTTPClient
    private let repair: RequestRepair
    private let budget: BodyBudget

    /// The peak memory of a body as a multiple of its size: as received, and as sent.
    private static let copiesOfBody = 3

    /// A proxy.
    ///
    /// - Parameters:
    ///   - upstream: where requests go, without a trailing slash.
    ///   - client: sends them. It must not follow redirects or decompress responses.
    ///   - preflighter: the platform, and where images are decoded.
    ///   - threadCount: how many requests are repaired at once.
    ///   - memoryForBodies: how many bytes of memory the bodies of Messages requests may use in total; others
    ///     wait, unread.
    ///   - cacheBytes: how many bytes of repaired images are kept for the next turn.
    public init(
        upstream: String, client: HTTPClient, preflighter: Preflighter, threadCount: Int = 2,
        memoryForBodies: Int = 256 << 20, cacheBytes: Int = 128 << 20
    ) {
        self.upstream = upstream
        self.client = client
        repair = RequestRepair(preflighter: preflighter, threadCount: threadCount, cacheBytes: cacheBytes)
        budget = BodyBudget(maxBytes: memoryForBodies)
    }

    /// Answers a request.
    public func respond(to request: Request, context: Context) async throws -> Response {
        do {
            let isRepaired =
                request.method == .post && request.uri.path == "/v1/messages"
                // Compressed bodies are not examined.
                && request.headers[.contentEncoding] == nil
            return isRepaired
                ? try await sendRepaired(request, context) : try await send(request, request.streamedBody)
        } catch let error as ServiceError {
            context.logger.info(
                "refused", metadata: ["path": "\(request.uri.path)", "type": "\(error.kind.rawValue)"])
            return try error.response()
        }
    }

    // MARK: - Messages

    private func sendRepaired(_ request: Request, _ context: Context) async throws -> Response {
        let announced = request.headers[.contentLength].flatMap { Int($0) }
        try Self.check(byteCount: announced ?? 0)
        let room = (announced ?? Self.maxBodyBytes) * Self.copiesOfBody
        return try await budget.withRoom(for: room) {
            let body = try await Self.collect(request.body, announced: announced)
            let outcome = try await self.outcome(for: body, context)
            if let refusal = outcome.refusal { throw refusal }
            if outcome.changes > 0 {
                context.logger.info("repaired", metadata: ["images": "\(outcome.changes)"])
            }
            // All of it was sent by the time the head of the response arrives.
            return try await send(request, .bytes(outcome.bytes))
        }
    }

    /// The body to send instead. One that cannot be examined is sent unchanged: the service judges it.
    private func outcome(for body: [UInt8], _ context: Context) async throws -> RequestRepair.Outcome {
        do {
            return try await repair.repaired(body)
        } catch let error as PreflightError {
            context.logger.warning(
                "images cannot be decoded here", metadata: ["code": "\(error.code.rawValue)"])
            return RequestRepair.Outcome(bytes: body, changes: 0, refusal: nil)
        }
    }

    private static func collect(_ body: RequestBody, announced: Int?) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(announced ?? 0)
        for try await buffer in body {
            try check(byteCount: bytes.count + buffer.readableBytes)
            buffer.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    private static func check(byteCount: Int) throws(ServiceError) {
        guard byteCount <= maxBodyBytes else {
            throw ServiceError(kind: .requestTooLarge, message: "Request exceeds the maximum size")
        }
    }

    // MARK: - Sending

    private func send(_ request: Request, _ body: HTTPClientRequest.Body?) async throws -> Response {
        var outgoing = HTTPClientRequest(url: upstream + (request.head.path ?? "/"))
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        for field in request.headers where !Self.isOfConnection(field.name.canonicalName) {
            outgoing.headers.add(name: field.name.rawName, value: field.value)
        }
        outgoing.body = body
        let response: HTTPClientResponse
        do {
            // An answer may take any time; the client decides when to give up.
            response = try await client.execute(outgoing, deadline: .distantFuture)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw ServiceError(kind: .api, message: "The upstream of the proxy does not answer")
        }
        var headers = HTTPFields()
        for (name, value) in response.headers where !Self.isOfConnection(name.lowercased()) {
            if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
        }
        let length = response.headers.first(name: "content-length").flatMap { Int($0) }
        let isEmpty = request.method == .head || [204, 304].contains(response.status.code)
        let stream = response.body
        return Response(
            status: .init(
                code: Int(response.status.code), reasonPhrase: response.status.reasonPhrase),
            headers: headers,
            body: ResponseBody(contentLength: length) { writer in
                if !isEmpty {
                    for try await buffer in stream { try await writer.write(buffer) }
                }
                try await writer.finish(nil)
            })
    }

    /// Whether a field concerns one connection, or is recreated for the next one.
    /// <https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1>
    private static func isOfConnection(_ name: String) -> Bool {
        switch name {
        case "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
            "host", "content-length", "expect":
            true
        default: false
        }
    }
}

extension Request {
    /// The body as it arrives; nil if there is none.
    fileprivate var streamedBody: HTTPClientRequest.Body? {
        if let length = headers[.contentLength].flatMap({ Int64($0) }) {
            return length > 0 ? .stream(body, length: .known(length)) : nil
        }
        return headers[.transferEncoding] == nil ? nil : .stream(body, length: .unknown)
    }
}
