import HTTPTypes
import Hummingbird
import ImagePreflight
import NIOCore

/// A gate for uploads: images come in, images that can be sent to Claude go out, anything else is refused as
/// soon as its first bytes have arrived.
public struct Gate: Sendable {
    /// Where the images will be sent, and how they are prepared.
    public var preflighter: Preflighter
    /// The largest upload, bytes.
    public var maxBytes: Int
    private let pool: PreflightPool

    /// How long a refused client may continue before its connection is closed.
    static let grace = TimeAmount.seconds(2)

    /// A gate.
    ///
    /// - Parameters:
    ///   - preflighter: where the images will be sent.
    ///   - maxBytes: the largest upload, bytes.
    ///   - threadCount: how many images are decoded at once.
    ///   - maxWaiting: how many more uploads may wait for that in memory; other clients are asked to come
    ///     back later.
    public init(
        preflighter: Preflighter, maxBytes: Int = 50 << 20, threadCount: Int = 2, maxWaiting: Int = 16
    ) {
        self.preflighter = preflighter
        self.maxBytes = maxBytes
        pool = PreflightPool(workers: threadCount, whenFull: .refuse(afterWaiting: maxWaiting))
    }

    /// The routes: `POST /images` with the file as its body.
    public func router() -> Router<GateContext> {
        let router = Router(context: GateContext.self)
        router.post("images") { request, context in try await respond(to: request, context) }
        return router
    }

    private func respond(to request: Request, _ context: GateContext) async throws -> Response {
        var bytesRead = 0
        do {
            var judge = try UploadJudge(
                preflighter: preflighter, maxBytes: maxBytes,
                announced: request.headers[.contentLength].flatMap { Int($0) })
            for try await buffer in request.body {
                bytesRead += buffer.readableBytes
                try judge.take(buffer.readableBytesView)
            }
            try judge.finish()
            // Decoding blocks, so it runs on separate threads; this task frees its thread in the meantime.
            let image = try await preflighter.prepare(judge.bytes, on: pool)
            return response(with: image)
        } catch {
            let refusal = ClaudeError(error)
            context.logger.info(
                "refused",
                metadata: [
                    "type": "\(refusal.kind.rawValue)", "bytes_read": "\(bytesRead)", "error": "\(error)",
                ])
            return try self.response(with: refusal, bytesRead: bytesRead, request, context)
        }
    }

    private func response(with image: PreparedImage) -> Response {
        var headers: HTTPFields = [.contentType: image.mediaType]
        headers[Self.field("image-action")] = image.action.rawValue
        headers[Self.field("image-size")] = "\(image.size)"
        headers[Self.field("image-tokens")] = "\(image.tokens)"
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: image.bytes)))
    }

    /// Refuses. The rest of the upload is not read: the connection is closed once the client had time to read
    /// why.
    private func response(
        with refusal: ClaudeError, bytesRead: Int, _ request: Request, _ context: GateContext
    ) throws -> Response {
        let isAtEnd = request.headers[.contentLength].flatMap { Int($0) }.map { bytesRead >= $0 } ?? false
        if !isAtEnd { context.stopReading(closingAfter: Self.grace) }
        var headers: HTTPFields = [.contentType: "application/json"]
        headers[Self.field("upload-bytes-read")] = "\(bytesRead)"
        if !isAtEnd { headers[.connection] = "close" }
        if refusal.kind == .overloaded { headers[.retryAfter] = "1" }
        return Response(
            status: refusal.kind.status, headers: headers,
            body: ResponseBody(byteBuffer: try refusal.body(requestID: context.id)))
    }

    private static func field(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is not a field name") }
        return name
    }
}

/// Hummingbird's request context, plus the connection.
public struct GateContext: RequestContext {
    /// The storage that every Hummingbird context has.
    public var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    /// The context of a request.
    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Reads nothing more from the connection and closes it after a while. Closing it at once could lose the
    /// answer: a system that gets bytes for a closed connection discards what it has not delivered.
    func stopReading(closingAfter grace: TimeAmount) {
        let channel = channel
        channel.setOption(.autoRead, value: false).whenComplete { _ in
            channel.eventLoop.scheduleTask(in: grace) { channel.close(promise: nil) }
        }
    }
}
