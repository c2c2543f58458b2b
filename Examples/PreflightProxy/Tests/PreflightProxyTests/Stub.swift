import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import PreflightProxy
import PreflightRequests

/// Stands in for the service: it answers as a test specifies and records what it receives.
struct Stub: HTTPResponder {
    typealias Context = BasicRequestContext
    let answer: @Sendable (Request) async throws -> Response

    func respond(to request: Request, context: Context) async throws -> Response { try await answer(request) }
}

/// What the service received.
actor Received {
    private(set) var bodies: [[UInt8]] = []
    private(set) var heads: [HTTPRequest] = []

    func add(_ head: HTTPRequest, _ body: [UInt8]) {
        heads.append(head)
        bodies.append(body)
    }
}

/// What was written to the log.
final class LogLines: LogHandler, @unchecked Sendable {
    // Accessed only while holding the lock.
    private let lock = NSLock()
    private var lines: [String] = []
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    var text: String { lock.withLock { lines.joined(separator: "\n") } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        lock.withLock { lines.append("\(event.level) \(event.message) \(event.metadata ?? [:])") }
    }
}

/// The service and the proxy, each on its own port.
struct Setup: Sendable {
    let client: HTTPClient
    let proxy: String
    let service: String
    let log: LogLines

    /// Sends a request and reads the answer to its end.
    func send(
        _ body: [UInt8], to path: String = "/v1/messages", through base: String? = nil,
        method: String = "POST", headers: [(String, String)] = []
    ) async throws -> (status: Int, headers: [String: String], body: [UInt8]) {
        var request = HTTPClientRequest(url: (base ?? proxy) + path)
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if !body.isEmpty { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await client.execute(request, deadline: .distantFuture)
        var bytes: [UInt8] = []
        for try await buffer in response.body { bytes += Array(buffer: buffer) }
        let fields = response.headers.map { ($0.name.lowercased(), $0.value) }
        return (Int(response.status.code), Dictionary(fields) { $1 }, bytes)
    }

    /// Runs a test with a service and a proxy in front of it.
    static func run(
        memoryForBodies: Int = 256 << 20,
        answer: @escaping @Sendable (Request) async throws -> Response,
        _ test: @escaping @Sendable (Setup) async throws -> Void
    ) async throws {
        let client = HTTPClient(
            configuration: .init(
                redirectConfiguration: .disallow,
                connectionPool: .init(
                    idleTimeout: .seconds(60), concurrentHTTP1ConnectionsPerHostSoftLimit: 64)))
        let log = LogLines()
        do {
            try await serving(Stub(answer: answer), Logger(label: "service") { _ in LogLines() }) { service in
                let proxy = Proxy(
                    upstream: service, client: client,
                    preflighter: try Preflighter(model: "claude-sonnet-5-5", platform: "claude-api"),
                    memoryForBodies: memoryForBodies)
                try await serving(proxy, Logger(label: "proxy") { _ in log }) { proxy in
                    try await test(Setup(client: client, proxy: proxy, service: service, log: log))
                }
            }
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }

    /// The same with a service that records requests and gives a minimal answer.
    static func run(
        keeping received: Received, _ test: @escaping @Sendable (Setup) async throws -> Void
    ) async throws {
        let answer: @Sendable (Request) async throws -> Response = { request in
            var bytes: [UInt8] = []
            for try await buffer in request.body { bytes += Array(buffer: buffer) }
            await received.add(request.head, bytes)
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: #"{"type":"message"}"#)))
        }
        try await run(answer: answer, test)
    }

    /// Runs a server on its own port for the duration of a test.
    private static func serving<Responder: HTTPResponder>(
        _ responder: Responder, _ logger: Logger, _ body: @Sendable (String) async throws -> Void
    ) async throws where Responder.Context == BasicRequestContext {
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let application = Application(
            responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                continuation.yield(channel.localAddress?.port ?? 0)
                continuation.finish()
            }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            // It is ended by cancellation.
            group.addTask { try? await application.run() }
            for await port in ports { try await body("http://127.0.0.1:\(port)") }
            group.cancelAll()
        }
    }
}
