import Foundation
import PreflightBeforeSend
import Testing

@Suite("PreflightBeforeSend")
struct RequestBuilderTests {
    private let testdata = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../../../../testdata").standardizedFileURL

    private func path(_ name: String) -> String { testdata.appending(path: name).path }

    private func blocks(_ body: [UInt8]) throws -> [[String: Any]] {
        let object = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        #expect(object?["model"] as? String == "claude-sonnet-5-5")
        let messages = object?["messages"] as? [[String: Any]]
        return messages?.first?["content"] as? [[String: Any]] ?? []
    }

    @Test("good images are sent unchanged, large ones are prepared, other files are left out")
    func build() throws {
        let paths = ["photos/fruit-1092x1092.jpg", "photos/lake-4000x3000.jpg", "README.md"].map { path($0) }
        let builder = try RequestBuilder(model: "claude-sonnet-5-5", prompt: "What is this?", imageCount: 3)
        let request = try builder.build(paths)
        #expect(request.refusals.isEmpty)
        #expect(request.images.map(\.path) == Array(paths.prefix(2)))
        #expect(request.drafts[0].note == "sent as it is, 1092x1092 px, 1521 tokens")
        #expect(request.drafts[1].note == "prepared, 4000x3000 to 1268x951 px, 1564 tokens")
        #expect(request.drafts[2].note.hasPrefix("left out: "))

        let images = try blocks(request.body).filter { $0["type"] as? String == "image" }
        let sources = images.compactMap { $0["source"] as? [String: Any] }
        #expect(sources.map { $0["media_type"] as? String } == ["image/jpeg", "image/jpeg"])
        let first = Data(base64Encoded: sources.first?["data"] as? String ?? "")
        #expect(try first == Data(contentsOf: URL(filePath: paths[0])))
        #expect(try blocks(request.body).last?["text"] as? String == "What is this?")
    }

    @Test("with many images, no side is over 2000 px")
    func many() throws {
        let paths = ["photos/city-1500x3000.jpg", "photos/fruit-1092x1092.jpg"].map { path($0) }
        let builder = try RequestBuilder(model: "claude-sonnet-5-5", prompt: "?", imageCount: 21)
        let request = try builder.build(paths)
        let sizes = request.images.compactMap(\.image?.size)
        #expect(sizes.count == 2)
        #expect(sizes.allSatisfy { max($0.width, $0.height) <= 2000 })
    }

    @Test("an unknown model is an error")
    func model() {
        #expect(throws: (any Error).self) {
            try RequestBuilder(model: "claude-nonsense", prompt: "?", imageCount: 1)
        }
    }
}
