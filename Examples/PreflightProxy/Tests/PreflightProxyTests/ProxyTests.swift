import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import PreflightRequests
import Testing

@Suite("PreflightProxy", .serialized)
struct ProxyTests {
    private static let testdata = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../../../../testdata").standardizedFileURL

    private static func file(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: testdata.appending(path: name)))
    }

    private static func block(_ bytes: [UInt8], _ mediaType: String) -> String {
        #"{"type":"image","source":{"type":"base64","media_type":"\#(mediaType)","data":"\#(Data(bytes).base64EncodedString())"}}"#
    }

    private static func message(_ blocks: [String]) -> String {
        #"{"role":"user","content":[\#(blocks.joined(separator: ",")),{"type":"text","text":"What is it?"}]}"#
    }

    private static func body(_ messages: [String]) -> [UInt8] {
        Array(
            #"{"model":"claude-sonnet-5-5","max_tokens":64,"messages":[\#(messages.joined(separator: ","))]}"#
                .utf8)
    }

    /// The images in a body, by their headers.
    private static func images(_ body: [UInt8]) throws -> [ImageFacts] {
        let value = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        let messages = value?["messages"] as? [[String: Any]] ?? []
        return try messages.flatMap { $0["content"] as? [[String: Any]] ?? [] }
            .compactMap { $0["source"] as? [String: Any] }.map { source in
                let data = try #require(Data(base64Encoded: source["data"] as? String ?? ""))
                let facts = try #require(HeaderReader.read(bytes: Array(data)).facts)
                #expect(facts.format.mediaType == source["media_type"] as? String)
                return facts
            }
    }

    // MARK: Images

    @Test("an image is repaired before it is sent; the rest of the body keeps its bytes")
    func repairs() async throws {
        let received = Received()
        let photo = Self.block(try Self.file("photos/lake-4000x3000.jpg"), "image/png")
        let good = Self.block(try Self.file("photos/fruit-1092x1092.jpg"), "image/jpeg")
        let body = Self.body([Self.message([photo, good])])
        try await Setup.run(keeping: received) { setup in
            let answer = try await setup.send(body, to: "/v1/messages?beta=true")
            #expect(answer.status == 200)
            #expect(answer.body == Array(#"{"type":"message"}"#.utf8))
        }
        let sent = try #require(await received.bodies.first)
        #expect(await received.heads.first?.path == "/v1/messages?beta=true")
        let images = try Self.images(sent)
        // A single image may be larger; here it is prepared for the conversation that it starts.
        #expect(images.map(\.size.longEdge) == [2000, 1092])
        let text = String(decoding: sent, as: UTF8.self)
        #expect(text.hasPrefix(#"{"model":"claude-sonnet-5-5","max_tokens":64,"messages":[{"role":"user""#))
        #expect(text.hasSuffix(good + #",{"type":"text","text":"What is it?"}]}]}"#))
    }

    @Test("a request that needs no changes is sent unchanged")
    func untouched() async throws {
        let received = Received()
        let good = Self.block(try Self.file("photos/fruit-1092x1092.jpg"), "image/jpeg")
        let bodies = [
            Self.body([Self.message([good])]), Self.body([#"{"role":"user","content":"é “\\u00e9”"}"#]),
            Array("no JSON".utf8), [],
        ]
        try await Setup.run(keeping: received) { setup in
            for body in bodies {
                let answer = try await setup.send(body)
                #expect(answer.status == 200)
            }
        }
        #expect(await received.bodies == bodies)
    }

    @Test(
        "an unrepairable image is refused in the service's own format and words, and is not sent",
        arguments: [
            ("bad/truncated/half-rgb.png", "image/png"), ("bad/hostile/png-corrupt-idat.png", "image/png"),
            ("bad/not-images/html-named.png", "image/png"), ("bad/empty/zero-bytes.png", "image/png"),
        ])
    func refuses(name: String, mediaType: String) async throws {
        let received = Received()
        let words = ["Could not process image", "image cannot be empty", "image/png'", "or 'image/webp'"]
        let bad = Self.block(try Self.file(name), mediaType)
        let good = Self.block(try Self.file("photos/fruit-1092x1092.jpg"), "image/jpeg")
        let body = Self.body([Self.message([good, bad])])
        try await Setup.run(keeping: received) { setup in
            // The second time, the answer is cached.
            for _ in 0..<2 {
                let answer = try await setup.send(body)
                #expect(answer.status == 400)
                let value = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
                #expect(value?["type"] as? String == "error")
                let error = value?["error"] as? [String: String]
                #expect(error?["type"] == "invalid_request_error")
                // The service names the block in some of its texts.
                let message = try #require(error?["message"])
                #expect(words.contains { message.hasSuffix($0) }, "\(message)")
            }
            #expect(try await setup.send(Self.body([Self.message([good])])).status == 200)
        }
        #expect(await received.bodies.count == 1)
    }

    @Test("a conversation that grows past 20 images sends the same bytes for its earlier turns")
    func conversation() async throws {
        let received = Received()
        let photos = [
            try Self.block(Self.file("photos/sea-1920x1080.jpg"), "image/jpeg"),
            try Self.block(Self.file("photos/desert-2000x3000.jpg"), "image/jpeg"),
            try Self.block(Self.file("photos/fruit-1092x1092.jpg"), "image/png"),
            try Self.block(Self.file("screenshots/editor-2560x1440.png"), "image/png"),
        ]
        let turns = 24
        try await Setup.run(keeping: received) { setup in
            var messages: [String] = []
            for turn in 0..<turns {
                messages.append(Self.message([photos[turn % photos.count]]))
                let answer = try await setup.send(Self.body(messages))
                #expect(answer.status == 200)
                messages.append(#"{"role":"assistant","content":"A picture, number \#(turn)."}"#)
            }
        }
        let bodies = await received.bodies
        #expect(bodies.count == turns)
        for (earlier, later) in zip(bodies, bodies.dropFirst()) {
            // Without the brackets that close the messages and the body.
            #expect(later.starts(with: earlier.dropLast(2)))
        }
        let images = try Self.images(try #require(bodies.last))
        #expect(images.count == turns)
        #expect(images.allSatisfy { $0.size.longEdge <= 2000 })
    }

    // MARK: Everything else

    private static func field(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is not a field name") }
        return name
    }

    private static let requestID = field("request-id")
    private static let key = field("x-api-key")

    @Test("other requests pass through unchanged, in both directions")
    func passes() async throws {
        let photo = Self.block(try Self.file("photos/lake-4000x3000.jpg"), "image/png")
        let body = Self.body([Self.message([photo])])
        let answer: @Sendable (Request) async throws -> Response = { request in
            var count = 0
            for try await buffer in request.body { count += buffer.readableBytes }
            var headers: HTTPFields = [.retryAfter: "7", .location: "/elsewhere"]
            headers[Self.requestID] = "req_1"
            return Response(
                status: .init(code: 529, reasonPhrase: "Overloaded"), headers: headers,
                body: ResponseBody(
                    byteBuffer: ByteBuffer(
                        string:
                            "\(request.method) \(request.head.path ?? "") \(count) \(request.headers[Self.key] ?? "")"
                    )))
        }
        try await Setup.run(answer: answer) { setup in
            for (method, path, sent) in [
                ("POST", "/v1/messages/count_tokens?x=%2F", body), ("POST", "/v1/messages/batches", body),
                ("GET", "/v1/models?limit=1", []), ("DELETE", "/v1/files/a", []), ("PUT", "/", body),
            ] {
                let answer = try await setup.send(
                    sent, to: path, method: method, headers: [("x-api-key", "a key")])
                #expect(answer.status == 529)
                #expect(answer.headers["retry-after"] == "7")
                #expect(answer.headers["request-id"] == "req_1")
                #expect(
                    String(decoding: answer.body, as: UTF8.self) == "\(method) \(path) \(sent.count) a key")
            }
        }
    }

    @Test("an answer is forwarded event by event")
    func streams() async throws {
        let (seen, signal) = AsyncStream<Void>.makeStream()
        let answer: @Sendable (Request) async throws -> Response = { request in
            for try await _ in request.body {}
            return Response(
                status: .ok, headers: [.contentType: "text/event-stream"],
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: "event: message_start\n\n"))
                    // Continues only when the client has the first event.
                    for await _ in seen { break }
                    try await writer.write(ByteBuffer(string: "event: message_stop\n\n"))
                    try await writer.finish(nil)
                })
        }
        try await Setup.run(answer: answer) { setup in
            var request = HTTPClientRequest(url: setup.proxy + "/v1/messages")
            request.method = .POST
            request.body = .bytes(ByteBuffer(bytes: Self.body([#"{"role":"user","content":"Hi"}"#])))
            let response = try await setup.client.execute(request, deadline: .distantFuture)
            #expect(response.headers.first(name: "content-type") == "text/event-stream")
            var text = ""
            for try await buffer in response.body {
                text += String(buffer: buffer)
                if text == "event: message_start\n\n" { signal.finish() }
            }
            #expect(text == "event: message_start\n\nevent: message_stop\n\n")
        }
    }

    @Test("headers and bodies are not logged")
    func log() async throws {
        let received = Received()
        let bad = Self.block(try Self.file("bad/truncated/half-rgb.png"), "image/png")
        let photo = Self.block(try Self.file("photos/lake-4000x3000.jpg"), "image/jpeg")
        try await Setup.run(keeping: received) { setup in
            let headers = [("x-api-key", "sk-secret-key"), ("authorization", "Bearer secret-token")]
            for block in [bad, photo] {
                _ = try await setup.send(
                    Self.body([Self.message([block, #"{"type":"text","text":"secret-text"}"#])]),
                    to: "/v1/messages?secret-query", headers: headers)
            }
            let log = setup.log.text
            #expect(log.contains("refused") && log.contains("repaired"))
            #expect(!log.contains("secret") && !log.contains("iVBOR"), "\(log)")
        }
        #expect(await received.heads.first?.headerFields[.authorization] == "Bearer secret-token")
    }

    @Test("a body longer than the service accepts is refused and not sent")
    func tooLarge() async throws {
        let received = Received()
        try await Setup.run(keeping: received) { setup in
            let large = try await setup.send([UInt8](repeating: 0x20, count: (32 << 20) + 1))
            #expect(large.status == 413)
            #expect(String(decoding: large.body, as: UTF8.self).contains("request_too_large"))
        }
        #expect(await received.bodies.isEmpty)
    }

    // MARK: Memory and time

    @Test("50 concurrent requests each get their own answer")
    func atOnce() async throws {
        let received = Received()
        let photo = Self.block(try Self.file("photos/desert-2000x3000.jpg"), "image/jpeg")
        try await Setup.run(keeping: received) { setup in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        let text = #"{"type":"text","text":"number \#(number)."}"#
                        return try await setup.send(Self.body([Self.message([photo, text])])).status
                    }
                }
                for try await status in group { #expect(status == 200) }
            }
        }
        let bodies = await received.bodies
        #expect(bodies.count == 50)
        let numbers = bodies.compactMap { body in
            String(decoding: body.suffix(120), as: UTF8.self).firstMatch(of: /number (\d+)\./).flatMap {
                Int($0.1)
            }
        }
        #expect(numbers.sorted() == Array(0..<50))
        for body in bodies { #expect(try Self.images(body).map(\.size.longEdge) == [2000]) }
    }

    #if os(Linux)
        /// A number from `/proc/self/status`, in bytes.
        private static func status(_ name: String) throws -> Int {
            let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + ":") })
            return try #require(line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }) * 1024
        }

        @Test("any number of 32 MB bodies takes no more memory than the budget")
        func memory() async throws {
            let budget = 128 << 20
            let start =
                #"{"model":"claude-sonnet-5-5","max_tokens":64,"messages":[{"role":"user","content":""#
            let end = #""}]}"#
            let count = (32 << 20) - start.utf8.count - end.utf8.count
            // One buffer for all clients, so that only the proxy's memory grows.
            let body = ByteBuffer(string: start + String(repeating: "x", count: count) + end)
            #expect(body.readableBytes == 32 << 20)
            let clients = 6
            let answer: @Sendable (Request) async throws -> Response = { request in
                var count = 0
                for try await buffer in request.body { count += buffer.readableBytes }
                return Response(
                    status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: "\(count)")))
            }
            try await Setup.run(memoryForBodies: budget, answer: answer) { setup in
                @Sendable func send() async throws -> String {
                    var request = HTTPClientRequest(url: setup.proxy + "/v1/messages")
                    request.method = .POST
                    request.body = .bytes(body)
                    let response = try await setup.client.execute(request, deadline: .distantFuture)
                    return String(buffer: try await response.body.collect(upTo: 1024))
                }
                #expect(try await send() == "\(32 << 20)")
                // The high-water mark is reset here.
                try Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
                let before = try Self.status("VmRSS")
                try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<clients { group.addTask { try await send() } }
                    for try await answer in group { #expect(answer == "\(32 << 20)") }
                }
                let peak = try Self.status("VmHWM") - before
                print(
                    "memory: \(clients) bodies of 32 MB at once took \(peak >> 20) MiB more at the peak; bodies may take \(budget >> 20) MiB"
                )
                // Each connection has its own buffers at three ends.
                #expect(peak <= budget + clients * (4 << 20) + (32 << 20))
            }
        }
    #endif

    @Test("the added latency is printed")
    func latency() async throws {
        let received = Received()
        let kinds = [
            ("text", Self.body([#"{"role":"user","content":"Hi"}"#])),
            (
                "good photo",
                Self.body([
                    Self.message([Self.block(try Self.file("photos/fruit-1092x1092.jpg"), "image/jpeg")])
                ])
            ),
            (
                "12 MP photo, repaired",
                Self.body([
                    Self.message([Self.block(try Self.file("photos/lake-4000x3000.jpg"), "image/jpeg")])
                ])
            ),
        ]
        try await Setup.run(keeping: received) { setup in
            for (name, body) in kinds {
                func times(_ base: String, _ count: Int) async throws -> [Double] {
                    var times: [Double] = []
                    for _ in 0..<count {
                        let start = ContinuousClock.now
                        #expect(try await setup.send(body, through: base).status == 200)
                        let time = ContinuousClock.now - start
                        times.append(
                            Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1e3
                        )
                    }
                    return times
                }
                let first = try await times(setup.proxy, 1)[0]
                let direct = try await times(setup.service, 21).sorted()[10]
                let through = try await times(setup.proxy, 21).sorted()[10]
                func ms(_ value: Double) -> String { String(format: "%.1f ms", value) }
                print(
                    "latency, \(name): the first time \(ms(first)), then \(ms(through)) instead of \(ms(direct)): \(ms(through - direct)) added"
                )
            }
        }
    }
}
