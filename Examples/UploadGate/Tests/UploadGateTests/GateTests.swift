import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ImagePreflight
import NIOCore
import Testing
import UploadGate

@Suite("UploadGate")
struct GateTests {
    private static let testdata = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../../../../testdata").standardizedFileURL

    private func gate(maxBytes: Int = 50 << 20) throws -> some ApplicationProtocol {
        let catalog = ModelCatalog.builtIn
        let gate = Gate(
            preflighter: Preflighter(
                destination: Destination(
                    model: try catalog.model("claude-sonnet-5-5"),
                    platform: try catalog.platform("claude-api"))),
            maxBytes: maxBytes)
        return Application(router: gate.router())
    }

    private func file(_ name: String) throws -> ByteBuffer {
        ByteBuffer(bytes: try Data(contentsOf: Self.testdata.appending(path: name)))
    }

    private func post(
        _ body: ByteBuffer, maxBytes: Int = 50 << 20, through setup: TestingSetup = .router
    ) async throws -> TestResponse {
        try await gate(maxBytes: maxBytes).test(setup) { client in
            try await client.execute(uri: "/images", method: .post, body: body)
        }
    }

    private func header(_ name: String, of response: TestResponse) throws -> String? {
        response.headers[try #require(HTTPField.Name(name))]
    }

    /// The type and message of a refusal.
    private func refusal(_ response: TestResponse) throws -> (type: String?, message: String) {
        let body =
            try JSONSerialization.jsonObject(with: Data(buffer: response.body)) as? [String: Any] ?? [:]
        #expect(body["type"] as? String == "error")
        let error = body["error"] as? [String: Any]
        return (error?["type"] as? String, error?["message"] as? String ?? "")
    }

    @Test("a large photo is returned at a size that will not be downsized")
    func prepared() async throws {
        let response = try await post(try file("photos/lake-4000x3000.jpg"))
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "image/jpeg")
        #expect(try header("image-action", of: response) == "resized")
        #expect(try header("image-size", of: response) == "1268x951")
        let image = HeaderReader.read(bytes: Array(buffer: response.body))
        #expect(image.facts?.size == PixelSize(width: 1268, height: 951))
    }

    @Test("a good image is returned byte for byte")
    func copied() async throws {
        let photo = try file("photos/fruit-1092x1092.jpg")
        let response = try await post(photo)
        #expect(response.status == .ok)
        #expect(try header("image-action", of: response) == "copied")
        #expect(response.body == photo)
    }

    @Test("the result is the same over a real connection")
    func live() async throws {
        let response = try await post(try file("photos/lake-4000x3000.jpg"), through: .live)
        #expect(response.status == .ok)
        #expect(try header("image-size", of: response) == "1268x951")
    }

    @Test("a file that is not an image is refused by its first bytes, and the rest is not read")
    func noImage() async throws {
        let text = ByteBuffer(string: String(repeating: "no image at all\n", count: 1 << 16))
        let response = try await post(text)
        #expect(response.status == .badRequest)
        #expect(try refusal(response).type == "invalid_request_error")
        let read = try #require(try header("upload-bytes-read", of: response).flatMap { Int($0) })
        #expect((1...65_536).contains(read))
        #expect(response.headers[.connection] == "close")
    }

    @Test("an image of which only the header arrived is refused at its end")
    func truncated() async throws {
        let start = try file("photos/lake-4000x3000.jpg").getSlice(at: 0, length: 60_000)
        let response = try await post(try #require(start))
        #expect(response.status == .badRequest)
        #expect(try refusal(response).type == "invalid_request_error")
    }

    @Test("an empty body is not an image")
    func empty() async throws {
        let response = try await post(ByteBuffer())
        #expect(response.status == .badRequest)
        #expect(try refusal(response).type == "invalid_request_error")
    }

    @Test("an upload that declares too large a size is refused before its first byte")
    func tooLarge() async throws {
        let response = try await post(try file("photos/lake-4000x3000.jpg"), maxBytes: 1000)
        #expect(response.status == .contentTooLarge)
        #expect(try refusal(response).type == "request_too_large")
        #expect(try header("upload-bytes-read", of: response) == "0")
    }

    @Test("a header that claims more px than may be decoded is refused")
    func tooManyPixels() async throws {
        let response = try await post(try file("bad/hostile/jpeg-65535x65535.jpg"))
        #expect(response.status == .badRequest)
        let refusal = try refusal(response)
        #expect(refusal.type == "invalid_request_error")
        #expect(refusal.message.contains("4294836225 px"))
    }
}
