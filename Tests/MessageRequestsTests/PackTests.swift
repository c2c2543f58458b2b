import Foundation
import ImageHeaders
import MessageRequests
import TestSupport
import Testing
import VisionRules

/// Requests written from images: within every limit, and without findings.
@Suite("Pack")
struct PackTests {
    private let template = RequestTemplate(model: "claude-sonnet-5-5", prompt: "What \"differs\"?\n")

    private func destination(
        _ modelID: String = "claude-sonnet-5-5", _ platformID: String = "claude-api",
        _ change: (inout ModelCatalog.Limits) -> Void = { _ in }
    ) throws -> Destination {
        var platform = try ModelCatalog.builtIn.platform(platformID)
        change(&platform.limits)
        return Destination(model: try ModelCatalog.builtIn.model(modelID), platform: platform)
    }

    private func picture(_ width: Int, _ height: Int, count: Int = 45) -> RequestImage {
        RequestImage(
            .bytes(png(width, height, count: count), format: .png),
            size: PixelSize(width: width, height: height))
    }

    private func written(
        _ images: [RequestImage], _ template: RequestTemplate? = nil, customID: String? = nil
    ) throws -> String {
        let writer = RequestWriter(template: template ?? self.template)
        var sink = MemorySink()
        try writer.write(images, customID: customID, to: &sink)
        #expect(writer.byteCount(images, customID: customID) == sink.bytes.count)
        return String(decoding: sink.bytes, as: UTF8.self)
    }

    @Test("one image has only the prompt, several are labeled, with these exact characters")
    func letters() throws {
        let one = try written([picture(980, 980)])
        #expect(
            one == #"{"model":"claude-sonnet-5-5","max_tokens":1024,"messages":[{"role":"user","content":["#
                + imageBlock(png(980, 980)) + #",{"type":"text","text":"What \"differs\"?\n"}]}]}"#)
        #expect(try codes(one).isEmpty)
        let sources = [
            RequestImage(.url("https://a/\"b\""), size: PixelSize(width: 9, height: 9)),
            RequestImage(.fileID("file_1"), size: PixelSize(width: 9, height: 9)),
        ]
        let two = try written(sources, customID: "a-1")
        #expect(
            two == #"{"custom_id":"a-1","params":{"model":"claude-sonnet-5-5","max_tokens":1024,"messages":["#
                + #"{"role":"user","content":[{"type":"text","text":"Image 1:"},{"type":"image","source":"#
                + #"{"type":"url","url":"https://a/\"b\""}},{"type":"text","text":"Image 2:"},{"type":"image","#
                + #""source":{"type":"file","file_id":"file_1"}},{"type":"text","text":"What \"differs\"?\n"}]}]}}"#
                + "\n")
        #expect(try codes(two) == ["R208", "R209"])
    }

    @Test("parts of a picture share its number and give their position, even a single part")
    func parts() throws {
        func part(_ source: String, _ number: Int, rows: Range<Int>?, columns: Range<Int>? = nil)
            -> RequestImage
        {
            var image = picture(980, 980)
            image.part = ImagePart(source: source, number: number, count: 2, rows: rows, columns: columns)
            return image
        }
        let images = [
            picture(980, 980), part("a", 1, rows: 0..<775), part("a", 2, rows: 721..<1496),
            part("b", 1, rows: nil, columns: 0..<2056), part("b", 2, rows: 0..<9, columns: 7..<8),
            picture(980, 980),
        ]
        let text = try written(images)
        let labels = text.components(separatedBy: #"{"type":"text","text":""#).dropFirst()
            .compactMap { $0.components(separatedBy: "\"").first }
        #expect(
            labels.prefix(6) == [
                "Image 1:", "Image 2, part 1 of 2, rows 0–775:", "Image 2, part 2 of 2, rows 721–1496:",
                "Image 3, part 1 of 2, columns 0–2056:", "Image 3, part 2 of 2, rows 0–9, columns 7–8:",
                "Image 4:",
            ])
        #expect(try !codes(text).contains("R402"))
        let alone = try written([images[2]], customID: "x")
        #expect(alone.contains(#""text":"Image 1, part 2 of 2, rows 721–1496:""#))
        let plan = try PackPlanner(template: template, destination: destination(), maxImagesPerRequest: 3)
            .plan(images)
        #expect(plan.requests.map(\.images) == [0..<3, 3..<6])
        let writer = RequestWriter(template: template)
        for request in plan.requests {
            #expect(request.bodyBytes == writer.byteCount(images[request.images]))
        }
    }

    @Test("a template's other members are copied; explicit properties take precedence")
    func templates() throws {
        var template = template
        template.system = "Be brief."
        template.cachesImages = true
        try template.addMembers(
            json: Array(
                #"{"model":"x","system":"y", "temperature" : 0.50 ,"messages":[1],"m\u0061x":{"a":[]},"max_tokens":1}"#
                    .utf8))
        #expect(template.otherMembers == #""temperature":0.50,"m\u0061x":{"a":[]}"#)
        let text = try written([picture(980, 980)], template)
        #expect(
            text.contains(
                #""max_tokens":1024,"system":"Be brief.","temperature":0.50,"m\u0061x":{"a":[]},"messages""#))
        #expect(text.contains(#""cache_control":{"type":"ephemeral"}}"#))
        #expect(try codes(text).isEmpty)
        template.dialect = .bedrock
        let bedrock = try lint(written([picture(980, 980)], template), platform: nil)
        #expect(bedrock.requests.first?.platform == "bedrock" && bedrock.findings.isEmpty)
        #expect(throws: RequestTemplateError.self) { try template.addMembers(json: Array("[]".utf8)) }
        do {
            try template.addMembers(json: Array("{\"a\":1\n\"b\"}".utf8))
        } catch {
            #expect(
                error.description
                    == "the template is not a JSON object: line 2, column 1: expected “,” or “}”, found “\"”")
        }
    }

    @Test("1,000 mixed images: every request is within limits, in order, nothing lost or repeated")
    func thousand() throws {
        var generator = FixedGenerator(seed: 1000)
        let images = (0..<1000).map { index in
            let width = Int.random(in: 200...(index % 40 == 0 ? 7000 : 1900), using: &generator)
            return picture(
                width, Int.random(in: 200...1900, using: &generator),
                count: 45 + Int.random(in: 0...3000, using: &generator))
        }
        let there = try destination("claude-haiku-5-5") {
            $0.maxRequestBytes = 60_000
            $0.maxBatchBytes = 900_000
            $0.maxBatchRequests = 40
        }
        var template = template
        template.model = "claude-haiku-5-5"
        let plan = try PackPlanner(template: template, destination: there, isBatch: true).plan(images)
        #expect(plan.requests.flatMap { Array($0.images) } == Array(0..<1000))
        #expect(plan.batches.flatMap { Array($0) } == Array(plan.requests.indices))
        #expect(plan.batches.count > 1 && Set(plan.requests.map(\.images.count)).count > 3)

        var catalog = ModelCatalog.builtIn
        catalog.platforms = [there.platform, try ModelCatalog.builtIn.platform("portable")]
        let linter = try RequestLinter(options: LintOptions(catalog: catalog, platformID: "claude-api"))
        let writer = RequestWriter(template: template)
        var seen: [PixelSize] = []
        for batch in plan.batches {
            var sink = MemorySink()
            for request in plan.requests[batch] {
                let before = sink.bytes.count
                try writer.write(images[request.images], customID: request.customID, to: &sink)
                #expect(sink.bytes.count - before == request.bodyBytes)
            }
            let report = linter.lint(bytes: sink.bytes)
            #expect(!report.findings.contains { $0.severity == .error || $0.code == .priceStepCrossed })
            #expect(report.requests.map(\.imageTokens) == plan.requests[batch].map(\.imageTokens))
            #expect(report.requests.map(\.cost) == plan.requests[batch].map(\.cost))
            #expect(report.requests.map(\.customID) == plan.requests[batch].map(\.customID))
            seen += report.images.compactMap { $0.image?.size }
        }
        #expect(seen == images.map(\.size))
    }

    @Test("a request is filled to the last byte of the limit", arguments: [false, true], [1, 2, 11])
    func lastByte(isBatch: Bool, count: Int) throws {
        var destination = Destination(
            model: try ModelCatalog.builtIn.model("claude-sonnet-5-5"),
            platform: try ModelCatalog.builtIn.platform(isBatch ? "claude-api" : "portable"))
        // So little room besides the images that the prompt filling it stays within the context window.
        let limit = count * 1_600_000 + 100_000
        destination.platform.limits.maxRequestBytes = limit
        let size = PixelSize(width: 224, height: 224)
        func image(_ byteCount: Int) -> RequestImage {
            RequestImage(.file(path: "x.png", byteCount: byteCount, format: .png), size: size)
        }
        func plan(_ images: [RequestImage], _ prompt: String) throws -> PackPlan {
            let template = RequestTemplate(model: "claude-sonnet-5-5", prompt: prompt, cachesImages: true)
            return try PackPlanner(template: template, destination: destination, isBatch: isBatch).plan(
                images)
        }
        // Images of 1.6 MB of base64 each, as many as leave some room, and a prompt that fills it to the byte.
        let images = (0..<count).map { _ in image(3 * 400_000) }
        let rest = try limit - #require(plan(images, "?").requests.first).bodyBytes
        try #require(rest > 0)
        let full = try plan(images, "?" + String(repeating: "x", count: rest))
        #expect(full.requests.map(\.bodyBytes) == [limit])
        let over = try plan(images + [image(3)], "?" + String(repeating: "x", count: rest))
        #expect(over.requests.count == 2)
        if images.count > 1 {
            #expect(try plan(images, "?" + String(repeating: "x", count: rest + 1)).requests.count == 2)
        }
    }

    @Test("room for a long answer does not split a request whose prompt is below the price step")
    func answerTokens() throws {
        var template = template
        template.model = "claude-haiku-5-5"
        template.maxOutputTokens = 64_000
        let planner = PackPlanner(template: template, destination: try destination("claude-haiku-5-5"))
        // 4784 plus 3 tokens each: nearly 48,000.
        let plan = try planner.plan([RequestImage](repeating: picture(1932, 1932), count: 10))
        #expect(plan.requests.map(\.images) == [0..<10])
        #expect(plan.requests.allSatisfy { $0.promptTokens < 100_000 })
    }

    @Test("an image that no request may contain is an error, and so is a platform without batches")
    func refusals() throws {
        let planner = PackPlanner(template: template, destination: try destination())
        #expect(
            throws: RequestError(.imageOverLimit(index: 1, code: .edgeOverLimit, measured: 8001, limit: 8000))
        ) {
            try planner.plan([picture(9, 9), picture(8001, 9)])
        }
        let bedrock = PackPlanner(
            template: template, destination: try destination("claude-haiku-4-5", "bedrock"), isBatch: true)
        #expect(throws: RequestError(.noBatches(platformID: "bedrock"))) { try bedrock.plan([picture(9, 9)]) }
        #expect(try planner.plan([]).requests.isEmpty)
    }

    @Test("a file is read while the request is written, and its size must match the plan")
    func files() throws {
        let folder = try TemporaryFolder()
        // More than two chunks of 48 KiB, and not a multiple of 3.
        let bytes = png(980, 980, count: 100_000)
        let path = try folder.write("a.png", bytes)
        func image(_ count: Int) -> RequestImage {
            RequestImage(
                .file(path: path, byteCount: count, format: .png),
                size: PixelSize(width: 980, height: 980))
        }
        #expect(try written([image(100_000)]) == written([picture(980, 980, count: 100_000)]))
        for count in [99_999, 100_001] {
            #expect(throws: RequestWriteError.changed(path: PathBytes(path))) { try written([image(count)]) }
        }
        let gone = RequestImage(
            .file(path: PathBytes(path + "x"), byteCount: 1, format: .png),
            size: PixelSize(width: 1, height: 1))
        #expect(throws: RequestWriteError.self) { try written([gone]) }
    }
}
