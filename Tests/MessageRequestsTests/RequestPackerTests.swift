import ImageHeaders
import MessageRequests
import TestSupport
import Testing
import VisionRules

@Suite("Packing images into requests")
struct RequestPackerTests {
    private func items(_ count: Int, bytes: Int = 1000, tokens: Int = 100, edge: Int = 1000) -> [PackItem] {
        Array(
            repeating: PackItem(base64Bytes: bytes, bodyBytes: bytes, tokens: tokens, size: px(edge, 28)),
            count: count)
    }

    @Test("a request has at most the platform's number of images, or the caller's")
    func count() throws {
        let portable = try destination("claude-sonnet-4-5")
        #expect(
            try RequestPacker(destination: portable).requests(items(201)) == [0..<100, 100..<200, 200..<201])
        let large = try destination("claude-sonnet-5-5", "claude-api")
        #expect(try RequestPacker(destination: large).requests(items(601)) == [0..<600, 600..<601])
        #expect(
            try RequestPacker(destination: portable, maxImagesPerRequest: 2).requests(items(5))
                == [0..<2, 2..<4, 4..<5])
        #expect(try RequestPacker(destination: portable).requests([]).isEmpty)
    }

    @Test(
        "pages count as images, a document once for the caller's limit; the many-image rule is the platform's"
    )
    func documents() throws {
        func document(_ pages: Int) -> PackItem {
            PackItem(
                base64Bytes: 6_000_000, bodyBytes: 1000, tokens: 1551 * pages, size: px(1, 1),
                documentPages: pages)
        }
        let portable = try destination("claude-sonnet-4-5")
        let packer = RequestPacker(destination: portable)
        #expect(try packer.requests(items(60) + [document(40)] + items(1)) == [0..<61, 61..<62])
        #expect(try packer.requests([document(60), document(41), document(59)]) == [0..<1, 1..<3])
        #expect(
            throws: RequestError(.imageOverLimit(index: 1, code: .tooManyImages, measured: 101, limit: 100))
        ) { try packer.requests([document(1), document(101)]) }
        #expect(
            try RequestPacker(destination: portable, maxImagesPerRequest: 2)
                .requests([document(50), document(40)] + items(2)) == [0..<2, 2..<4])
        let mixed = items(19, edge: 3000) + [document(3), document(3)]
        #expect(try packer.requests(mixed) == [0..<20, 20..<21])
        let claude = try destination("claude-sonnet-5-5", "claude-api")
        #expect(try RequestPacker(destination: claude).requests(mixed) == [0..<21])
    }

    @Test("the parts of a picture stay in one request if they fit")
    func groups() throws {
        func part(_ group: String?) -> PackItem {
            PackItem(base64Bytes: 1000, bodyBytes: 1000, tokens: 100, size: px(1000, 28), group: group)
        }
        func parts(_ group: String, _ count: Int) -> [PackItem] {
            Array(repeating: part(group), count: count)
        }
        let packer = RequestPacker(destination: try destination(), maxImagesPerRequest: 5)
        #expect(try packer.requests([part(nil)] + parts("a", 4) + parts("b", 3)) == [0..<5, 5..<8])
        #expect(
            try packer.requests([part(nil), part(nil)] + parts("a", 4) + [part(nil)]) == [0..<2, 2..<7])
        // Two adjacent groups stay separate; one that fits into no request is split like any images.
        #expect(try packer.requests(parts("a", 3) + parts("b", 3)) == [0..<3, 3..<6])
        #expect(try packer.requests([part(nil)] + parts("a", 6)) == [0..<5, 5..<7])
    }

    @Test("a request has more than 20 images only if all are small")
    func manyImageRule() throws {
        let packer = RequestPacker(destination: try destination())
        #expect(try packer.requests(items(30, edge: 2000)) == [0..<30])
        #expect(try packer.requests(items(30, edge: 2001)) == [0..<20, 20..<30])
        // A late large image closes a request with more than 20 images and starts the next.
        #expect(
            try packer.requests(items(25) + items(1, edge: 3000) + items(25)) == [0..<25, 25..<45, 45..<51])
    }

    @Test("body bytes and tokens include what every request has besides the images")
    func bytesAndTokens() throws {
        let portable = try destination("claude-sonnet-4-5")
        let four = items(8, bytes: 5_000_000)
        #expect(try RequestPacker(destination: portable).requests(four) == [0..<4, 4..<8])
        #expect(
            try RequestPacker(destination: portable, overheadBytes: 1).requests(four)
                == [0..<3, 3..<6, 6..<8])
        let heavy = items(8, tokens: 50_000)
        #expect(try RequestPacker(destination: portable).requests(heavy) == [0..<4, 4..<8])
        #expect(
            try RequestPacker(destination: portable, overheadTokens: 1).requests(heavy)
                == [0..<3, 3..<6, 6..<8])
    }

    @Test("a request stays below Haiku's price step unless a single image exceeds it")
    func priceStep() throws {
        let haiku = try destination("claude-haiku-5-5", "claude-api")
        let packer = RequestPacker(destination: haiku)
        #expect(try packer.requests(items(30, tokens: 4784)) == [0..<20, 20..<30])
        #expect(try packer.requests(items(2, tokens: 50_000)) == [0..<2], "exactly at the step")
        #expect(try packer.requests(items(2, tokens: 100_001)) == [0..<1, 1..<2])
        // The answer takes up context, but only the prompt decides the price.
        let answering = RequestPacker(destination: haiku, answerTokens: 64_000)
        #expect(try answering.requests(items(2, tokens: 50_000)) == [0..<2])
        let small = RequestPacker(destination: try destination("claude-haiku-4-5"), answerTokens: 64_000)
        #expect(try small.requests(items(4, tokens: 68_000)) == [0..<2, 2..<4])
        #expect(try small.requests(items(2, tokens: 68_001)) == [0..<1, 1..<2])
        var dear = packer
        dear.staysBelowPriceStep = false
        #expect(try dear.requests(items(30, tokens: 4784)) == [0..<30])
    }

    @Test("an image that does not fit into any request is an error that names it")
    func misfits() throws {
        let packer = RequestPacker(destination: try destination("claude-sonnet-4-5"))
        func misfit(_ item: PackItem) -> RequestError? {
            do {
                _ = try packer.requests(items(3) + [item])
                return nil
            } catch { return error }
        }
        #expect(
            misfit(PackItem(base64Bytes: 1, bodyBytes: 1, tokens: 1, size: px(8001, 1)))
                == RequestError(.imageOverLimit(index: 3, code: .edgeOverLimit, measured: 8001, limit: 8000)))
        #expect(
            misfit(PackItem(base64Bytes: 5_242_881, bodyBytes: 5_242_881, tokens: 1, size: px(1, 1)))
                == RequestError(
                    .imageOverLimit(index: 3, code: .bytesOverLimit, measured: 5_242_881, limit: 5_242_880)))
        #expect(
            misfit(PackItem(base64Bytes: 0, bodyBytes: .max, tokens: 1, size: px(1, 1)))
                == RequestError(
                    .imageOverLimit(index: 3, code: .requestTooLarge, measured: .max, limit: 20_000_000)))
        #expect(
            misfit(PackItem(base64Bytes: 0, bodyBytes: 1, tokens: 200_001, size: px(1, 1)))
                == RequestError(
                    .imageOverLimit(index: 3, code: .contextWindowExceeded, measured: 200_001, limit: 200_000)
                ))
    }

    @Test("batches respect the limits on bytes and number")
    func batches() throws {
        let packer = RequestPacker(destination: try destination())
        #expect(
            try packer.batches(requestBytes: Array(repeating: 20_000_000, count: 25))
                == [0..<12, 12..<24, 24..<25])
        #expect(
            try packer.batches(requestBytes: Array(repeating: 1, count: 100_001))
                == [0..<100_000, 100_000..<100_001])
        #expect(try packer.batches(requestBytes: []).isEmpty)
        #expect(throws: RequestError(.requestOverBatchLimit(index: 1, measured: .max, limit: 256_000_000))) {
            try packer.batches(requestBytes: [1, .max])
        }
        let bedrock = RequestPacker(destination: try destination("claude-sonnet-4-5", "bedrock"))
        #expect(throws: RequestError(.noBatches(platformID: "bedrock"))) {
            try bedrock.batches(requestBytes: [1])
        }
    }

    @Test("nothing is lost or repeated, and the order is kept")
    func properties() throws {
        var generator = FixedGenerator(seed: 7)
        let packer = RequestPacker(destination: try destination("claude-haiku-5-5", "claude-api"))
        for _ in 0..<300 {
            let items = (0..<Int.random(in: 1...200, using: &generator)).map { _ in
                PackItem(
                    base64Bytes: 1, bodyBytes: .random(in: 1...3_000_000, using: &generator),
                    tokens: .random(in: 1...4784, using: &generator),
                    size: px(.random(in: 1...2300, using: &generator), 1))
            }
            let ranges = try packer.requests(items)
            #expect(ranges.flatMap { Array($0) } == Array(items.indices))
            for range in ranges {
                let part = items[range]
                #expect(part.count <= 20 || part.allSatisfy { $0.size.longEdge <= 2000 })
                #expect(part.reduce(0) { $0 + $1.bodyBytes } <= 33_554_432)
                #expect(part.reduce(0) { $0 + $1.tokens } <= 100_000)
            }
        }
    }
}
