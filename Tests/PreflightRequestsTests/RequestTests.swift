import Foundation
import ImagePreflight
import MessageRequests
import PreflightRequests
import SystemPackage
import TestSupport
import Testing

@Suite("Requests with prepared images")
struct RequestTests {
    private let preflighter: Preflighter

    init() throws { preflighter = try Preflighter(model: "claude-sonnet-5-5") }

    private func path(_ name: String) -> String { Resources.testdata.appending(path: name).path }

    private func text(_ body: RequestBody) async -> [UInt8] {
        var bytes: [UInt8] = []
        for await chunk in body {
            #expect(chunk.count <= 1 << 16)
            bytes += chunk
        }
        return bytes
    }

    @Test("a streamed body has the same bytes as the whole, and the linter accepts them")
    func streams() async throws {
        let images = ["photos/lake-4000x3000.jpg", "photos/fruit-1092x1092.jpg"].map(path)
        let body = try await preflighter.request(
            "What is on these “pictures”?", images: images, system: "Be brief.")
        let bytes = body.bytes
        #expect(await text(body) == bytes)
        #expect(bytes.count == body.byteCount)
        let report = try RequestLinter().lint(bytes: bytes)
        #expect(report.images.count == 2)
        #expect(report.findings.allSatisfy { $0.severity != .error })
        #expect(report.file.imageTokens == body.imageTokens)
        let folder = try TemporaryFolder()
        let file = try FileDescriptor.open(
            FilePath(folder.path + "/body.json"), .writeOnly, options: .create, permissions: .ownerReadWrite)
        try body.write(to: file)
        try file.close()
        #expect(try Array(Data(contentsOf: URL(filePath: folder.path + "/body.json"))) == bytes)
    }

    @Test("tiles come with labels that say what they show")
    func tiles() async throws {
        var preflighter = preflighter
        preflighter.options.tiling = Tiling()
        let image = try await preflighter.prepare(path("screenshots/page-1440x4000.png"))
        #expect(image.images.count > 1)
        let body = try await preflighter.request("Read it.", images: [path("screenshots/page-1440x4000.png")])
        let text = String(decoding: body.bytes, as: UTF8.self)
        for number in 1...image.images.count {
            #expect(text.contains("Image 1, part \(number) of \(image.images.count), rows "))
        }
    }

    @Test("images prepared in advance give the same body, including tiles")
    func prepared() async throws {
        var preflighter = preflighter
        preflighter.options.tiling = Tiling()
        preflighter.destination.imagesPerRequest = 2
        let paths = ["photos/fruit-1092x1092.jpg", "screenshots/page-1440x4000.png"].map(path)
        var images: [PreparedImage] = []
        for path in paths { images.append(try await preflighter.prepare(path)) }
        let body = try preflighter.request("What is this?", prepared: images, system: "Be brief.")
        let expected = try await preflighter.request("What is this?", images: paths, system: "Be brief.")
        #expect(body.bytes == expected.bytes)
        #expect(body.images == images.flatMap(\.images))
        #expect((body.imageTokens, body.cost) == (expected.imageTokens, expected.cost))
    }

    @Test("images that need more than one request are an error")
    func tooMany() async throws {
        let photo = path("photos/fruit-1092x1092.jpg")
        let error = await #expect(throws: RequestError.self) {
            try await preflighter.request("?", images: Array(repeating: photo, count: 101))
        }
        #expect(error?.code == .moreThanOneRequest)
    }

    @Test("a request without images is its prompt")
    func noImages() async throws {
        let body = try await preflighter.request("Hello", images: [])
        #expect(try RequestLinter().lint(bytes: body.bytes).findings.isEmpty)
        #expect(body.cost == .zero)
    }

    @Test("an image that the service would refuse is repaired in memory, and nothing else changes")
    func repairs() async throws {
        let data = try Data(contentsOf: Resources.testdata.appending(path: "photos/fruit-1092x1092.jpg"))
        let good = """
            {"model":"claude-sonnet-5-5","max_tokens":100,"messages":[{"role":"user","content":[\
            {"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"\
            \(data.base64EncodedString())"}},{"type":"text","text":"What is it?"}]}]}
            """
        let untouched = try await preflighter.repair(Data(good.utf8))
        #expect(untouched.passes)
        #expect(untouched.changes.isEmpty)
        #expect(untouched.bytes == Array(good.utf8))
        let bad = good.replacing("image/jpeg", with: "image/png")
        let repaired = try await preflighter.repair(Array(bad.utf8))
        #expect(repaired.passes)
        #expect(repaired.changes.map(\.done) == [.relabel])
        #expect(repaired.bytes == Array(good.utf8))
    }

    private func body(_ names: [String], mediaType: String = "image/jpeg") throws -> [UInt8] {
        let images = try names.map { name in
            let data = try Data(contentsOf: Resources.testdata.appending(path: name))
            return
                #"{"type":"image","source":{"type":"base64","media_type":"\#(mediaType)","data":"\#(data.base64EncodedString())"}}"#
        }
        return Array(
            #"{"model":"claude-sonnet-5-5","max_tokens":9,"messages":[{"role":"user","content":[\#(images.joined(separator: ","))]}]}"#
                .utf8)
    }

    @Test("an image is repaired for the destination's images per request, even if there are fewer")
    func plans() async throws {
        let request = try body(["photos/desert-2000x3000.jpg"])
        #expect(try await preflighter.repair(request).bytes == request)
        var planning = preflighter
        planning.destination.imagesPerRequest = 20
        #expect(try await planning.repair(request).bytes == request)
        planning.destination.imagesPerRequest = 21
        let repaired = try await planning.repair(request)
        #expect(repaired.passes)
        #expect(repaired.changes.map(\.size?.longEdge) == [2000])
    }

    @Test("damage after a good header is found on request and reported in the service's words")
    func damage() async throws {
        let request = try body(["bad/hostile/png-corrupt-idat.png"], mediaType: "image/png")
        #expect(try await preflighter.repair(request).passes)
        var thorough = preflighter
        thorough.options.decodesCopies = true
        let cache = RepairCache()
        for _ in 0..<2 {
            let repaired = try await thorough.repair(request, cache: cache)
            #expect(!repaired.passes && repaired.bytes == request && repaired.changes.isEmpty)
            let finding = try #require(repaired.report.images[0].findings.first { $0.severity == .error })
            #expect(finding.code == .truncatedData)
            #expect(finding.serviceError == "Could not process image")
        }
        let good = try body(["photos/fruit-1092x1092.jpg"])
        let repaired = try await thorough.repair(good, cache: cache)
        #expect(repaired.passes && repaired.bytes == good)
    }

    @Test("a cache of any size does not change the results", arguments: [0, 100_000, 1 << 28])
    func caches(maxBytes: Int) async throws {
        var planning = preflighter
        planning.destination.imagesPerRequest = 21
        planning.options.decodesCopies = true
        let cache = RepairCache(maxBytes: maxBytes)
        let names = ["photos/desert-2000x3000.jpg", "photos/sea-1920x1080.jpg", "photos/city-1500x3000.jpg"]
        let plain = try await planning.repair(try body(names))
        for _ in 0..<2 {
            let cached = try await planning.repair(try body(names), cache: cache)
            #expect(cached.bytes == plain.bytes && cached.changes == plain.changes)
            #expect(cached.report == plain.report)
        }
        // The same image for another destination is a separate entry.
        let other = try await preflighter.repair(try body(names), cache: cache)
        #expect(try other.bytes == body(names))
    }

    @Test("a cached image is valid for any number of images")
    func cacheOfGrowingRequests() async throws {
        var planning = preflighter
        planning.destination.imagesPerRequest = 21
        planning.options.decodesCopies = true
        let cache = RepairCache()
        let names = ["photos/desert-2000x3000.jpg", "photos/fruit-1092x1092.jpg"]
        #expect(try await planning.repair(try body(names), cache: cache).passes)
        // Nothing can be decoded from here on.
        planning.decoder = .workers(executable: "/nowhere/image-preflight")
        let many = try body(Array(repeating: names, count: 12).flatMap { $0 })
        #expect(try await planning.repair(many, cache: cache).passes)
        await #expect(throws: PreflightError.self) { try await planning.repair(many) }
    }

    @Test("thinking after a repaired image is kept, or removed on request")
    func thinking() async throws {
        let file = Resources.testdata.appending(path: "requests/R407-thinking-bound-to-prefix.json")
        let body = try Data(contentsOf: file)
        let kept = try await preflighter.repair(body)
        #expect(kept.changes.map(\.done) == [.reencode, .keep] && kept.passes)
        let stripped = try await preflighter.repair(body, thinking: .strip)
        #expect(stripped.changes.map(\.done) == [.reencode, .strip] && stripped.passes)
        #expect(!String(decoding: stripped.bytes, as: UTF8.self).contains("thinking"))
    }
}
