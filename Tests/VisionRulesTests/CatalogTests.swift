import ImageHeaders
import TestSupport
import Testing
import VisionRules

@Suite("The built-in catalogue")
struct CatalogTests {
    @Test(
        "the published prices, micro-dollars per million tokens",
        arguments: [
            ("claude-fable-5-1", [10, 50, 12.50, 20, 0.25], 1_000_000, "high", Model.State.active),
            ("claude-mythos-5-1", [10, 50, 12.50, 20, 0.25], 1_000_000, "high", .limited),
            ("claude-fable-5", [10, 50, 12.50, 20, 1], 1_000_000, "high", .active),
            ("claude-mythos-5", [10, 50, 12.50, 20, 1], 1_000_000, "high", .limited),
            ("claude-opus-5-5", [4, 20, 5, 8, 0.20], 1_000_000, "high", .active),
            ("claude-opus-5", [5, 25, 6.25, 10, 0.50], 1_000_000, "high", .active),
            ("claude-opus-4-8", [5, 25, 6.25, 10, 0.50], 1_000_000, "high", .active),
            ("claude-opus-4-7", [5, 25, 6.25, 10, 0.50], 1_000_000, "high", .active),
            ("claude-opus-4-6", [5, 25, 6.25, 10, 0.50], 1_000_000, "standard", .active),
            ("claude-opus-4-5", [5, 25, 6.25, 10, 0.50], 200_000, "standard", .active),
            ("claude-opus-4-1", [15, 75, 18.75, 30, 1.50], 200_000, "standard", .retired),
            ("claude-opus-4-0", [15, 75, 18.75, 30, 1.50], 200_000, "standard", .retired),
            ("claude-sonnet-5-5", [2, 10, 2.50, 4, 0.10], 1_000_000, "high", .active),
            ("claude-sonnet-5", [2, 10, 2.50, 4, 0.20], 1_000_000, "high", .active),
            ("claude-sonnet-4-6", [3, 15, 3.75, 6, 0.30], 1_000_000, "standard", .active),
            ("claude-sonnet-4-5", [3, 15, 3.75, 6, 0.30], 200_000, "standard", .active),
            ("claude-sonnet-4-0", [3, 15, 3.75, 6, 0.30], 200_000, "standard", .retired),
            ("claude-3-7-sonnet", [3, 15, 3.75, 6, 0.30], 200_000, "standard", .retired),
            ("claude-haiku-5-5", [0.10, 0.50, 0.125, 0.20, 0.01], 1_000_000, "high", .active),
            ("claude-haiku-4-5", [1, 5, 1.25, 2, 0.10], 200_000, "standard", .active),
            ("claude-3-5-haiku", [0.80, 4, 1, 1.60, 0.08], 200_000, "coarse-patches", .retired),
        ] as [(String, [Double], Int, String, Model.State)])
    func publishedPrices(
        id: String, usd: [Double], context: Int, tier: String, state: Model.State
    ) throws {
        let model = try model(id)
        #expect(model.id == id)
        let price = try #require(model.priceSteps.first).price
        let written = [price.input, price.output, price.cacheWrite5m, price.cacheWrite1h, price.cacheRead]
        #expect(written == usd.map { Int(($0 * 1_000_000).rounded()) })
        #expect(model.contextWindow == context)
        #expect(model.tier.id == tier)
        #expect(model.state == state)
        #expect(model.overheadTokensPerImage == (tier == "high" ? 3 : 4))
        #expect(model.priceSteps.count == (id == "claude-haiku-5-5" ? 2 : 1))
    }

    @Test("Haiku 5.5 has a second price step, Opus 5.5 a fast price")
    func stepsAndFastPrices() throws {
        let step = try #require(try model("claude-haiku-5-5").priceSteps.last)
        #expect(step.abovePromptTokens == 100_000)
        #expect(
            step.price
                == Price(
                    input: 500_000, output: 2_500_000, cacheWrite5m: 625_000, cacheWrite1h: 1_000_000,
                    cacheRead: 50_000))
        let fast = try #require(try model("claude-opus-5-5").fastPrice)
        #expect(fast.input == 8_000_000 && fast.output == 40_000_000)
        #expect(ModelCatalog.builtIn.models.filter { $0.fastPrice != nil }.map(\.id) == ["claude-opus-5-5"])
    }

    @Test(
        "every form of an id that is seen in the wild",
        arguments: [
            ("claude-sonnet-5-5", "claude-sonnet-5-5"),
            ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
            ("claude-sonnet-4-20250514", "claude-sonnet-4-0"),
            ("claude-sonnet-4", "claude-sonnet-4-0"),
            ("claude-opus-4-20250514", "claude-opus-4-0"),
            ("claude-opus-4-5-20251101", "claude-opus-4-5"),
            ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
            ("claude-3-7-sonnet-20250219", "claude-3-7-sonnet"),
            ("claude-3-7-sonnet-latest", "claude-3-7-sonnet"),
            ("claude-sonnet-3-7", "claude-3-7-sonnet"),
            ("claude-3-7-sonnet@20250219", "claude-3-7-sonnet"),
            ("claude-sonnet-4-5@20250929", "claude-sonnet-4-5"),
            ("claude-opus-4-8@default", "claude-opus-4-8"),
            ("anthropic.claude-3-5-sonnet-20240620-v1:0", "claude-3-5-sonnet"),
            ("anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet"),
            ("anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku"),
            ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
            ("global.anthropic.claude-opus-4-6-v1", "claude-opus-4-6"),
            (
                "arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.claude-haiku-4-5-20251001-v1:0",
                "claude-haiku-4-5"
            ),
            ("anthropic/claude-sonnet-4.5", "claude-sonnet-4-5"),
            ("openrouter/anthropic/claude-3.7-sonnet:beta", "claude-3-7-sonnet"),
            ("anthropic/claude-4.5-sonnet", "claude-sonnet-4-5"),
            ("publishers/anthropic/models/claude-opus-4-1@20250805", "claude-opus-4-1"),
            ("claude-3-5-haiku-latest", "claude-3-5-haiku"),
            ("claude-3-opus-20240229", "claude-3-opus"),
            ("Claude-Opus-5.5", "claude-opus-5-5"),
            ("claude-sonnet-4-6[1m]", "claude-sonnet-4-6"),
            ("claude-fable-5", "claude-fable-5"),
        ])
    func ids(given: String, resolved: String) throws {
        #expect(try ModelCatalog.builtIn.model(given).id == resolved)
    }

    @Test("an unknown id is answered with the nearest known ones")
    func unknownModel() {
        #expect(throws: UnknownModelError.self) { try model("claude-2.1") }
        #expect(throws: UnknownModelError.self) { try model("claude-sonnet-5-6") }
        #expect(throws: UnknownModelError.self) { try model("") }
        do {
            _ = try ModelCatalog.builtIn.model("anthropic/claude-sonet-5.5")
            Issue.record("the id is not one of the catalogue's")
        } catch {
            #expect(error.id == "anthropic/claude-sonet-5.5")
            #expect(error.nearestIDs.first == "claude-sonnet-5-5")
            #expect(
                error.description.hasPrefix(
                    "no model “anthropic/claude-sonet-5.5” is known; the nearest ids are claude-sonnet-5-5, ")
            )
        }
    }

    @Test("the platforms and their limits")
    func platforms() throws {
        #expect(
            ModelCatalog.builtIn.platforms.map(\.id)
                == ["portable", "claude-api", "bedrock", "google-cloud", "foundry", "claude-ai"])
        let limits = ModelCatalog.builtIn.platforms.map(\.limits)
        let five = 5_242_880
        let ten = 10_485_760
        #expect(limits.map(\.maxBase64Bytes) == [five, ten, five, five, ten, ten])
        #expect(limits.allSatisfy { $0.maxEdge == 8000 })
        #expect(limits.map(\.manyImageMaxEdge) == [2000, 2000, 2000, 2000, 2000, nil])
        #expect(limits.map { $0.maxImages(contextWindow: 200_000) } == [100, 100, 100, 100, 100, 20])
        #expect(limits.map { $0.maxImages(contextWindow: 1_000_000) } == [100, 600, 600, 600, 600, 20])
        #expect(
            limits.map(\.maxRequestBytes)
                == [20_000_000, 33_554_432, 20_971_520, 31_457_280, 33_554_432, nil])
        #expect(throws: UnknownPlatformError.self) { try ModelCatalog.builtIn.platform("azure") }
        #expect(try ModelCatalog.builtIn.platform("Bedrock").name == "Amazon Bedrock")
        var catalog = ModelCatalog.builtIn
        catalog.platforms[0].id = "Our-Gateway"
        #expect(try catalog.platform("our-gateway").id == "Our-Gateway")
        catalog.platforms[1].id = "our-gateway"
        #expect(try catalog.platform("our-gateway").id == "our-gateway")
    }

    @Test("what passes the portable profile passes every platform's limits")
    func portableIsTheStrictest() throws {
        let portable = try ModelCatalog.builtIn.platform("portable").limits
        for platform in ModelCatalog.builtIn.platforms where platform.id != "claude-ai" {
            let limits = platform.limits
            #expect(portable.maxEdge <= limits.maxEdge)
            #expect(try #require(portable.manyImageMaxEdge) <= limits.manyImageMaxEdge ?? .max)
            #expect(portable.maxBase64Bytes <= limits.maxBase64Bytes)
            #expect(portable.maxImages <= limits.maxImages)
            #expect(portable.maxImagesLargeContext <= limits.maxImagesLargeContext)
            #expect(try #require(portable.maxRequestBytes) <= limits.maxRequestBytes ?? .max)
            #expect(portable.sources.isSubset(of: limits.sources))
        }
    }

    @Test("the many-image rule begins above its threshold")
    func manyImages() throws {
        let limits = try ModelCatalog.builtIn.platform("portable").limits
        #expect(limits.maxEdge(imagesPerRequest: 20) == 8000)
        #expect(limits.maxEdge(imagesPerRequest: 21) == 2000)
    }
}
