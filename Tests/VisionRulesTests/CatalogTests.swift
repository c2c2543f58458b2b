import ImageHeaders
import TestSupport
import Testing
import VisionRules

@Suite("The built-in catalog")
struct CatalogTests {
    @Test(
        "prices match the published ones, in micro-dollars per million tokens",
        arguments: [
            ("claude-fable-5-2", [8, 40, 10, 16, 0.20], 1_000_000, "high", ModelCatalog.Model.State.active),
            ("claude-mythos-5-2", [8, 40, 10, 16, 0.20], 1_000_000, "high", .limited),
            ("claude-fable-5-1", [10, 50, 12.50, 20, 0.25], 1_000_000, "high", .active),
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
            ("claude-3-5-sonnet", [3, 15, 3.75, 6, 0.30], 200_000, "standard", .retired),
            ("claude-3-opus", [15, 75, 18.75, 30, 1.50], 200_000, "standard", .retired),
            ("claude-3-haiku", [0.25, 1.25, 0.30, 0.50, 0.03], 200_000, "standard", .retired),
        ] as [(String, [Double], Int, String, ModelCatalog.Model.State)])
    func publishedPrices(
        id: String, usd: [Double], context: Int, tier: String, state: ModelCatalog.Model.State
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

    @Test("Haiku 5.5 has a second price step")
    func priceStep() throws {
        let step = try #require(try model("claude-haiku-5-5").priceSteps.last)
        #expect(step.abovePromptTokens == 100_000)
        #expect(step.price == price(0.50, 2.50, 0.625, 1, 0.05))
    }

    private func price(
        _ input: Double, _ output: Double, _ write5m: Double, _ write1h: Double, _ read: Double
    ) -> ModelCatalog.Price {
        let amounts = [input, output, write5m, write1h, read].map { Int(($0 * 1_000_000).rounded()) }
        return ModelCatalog.Price(
            input: amounts[0], output: amounts[1], cacheWrite5m: amounts[2], cacheWrite1h: amounts[3],
            cacheRead: amounts[4])
    }

    @Test("fast prices match the published ones")
    func fastPrices() throws {
        let fast = Dictionary(
            uniqueKeysWithValues: ModelCatalog.builtIn.models.compactMap { model in
                model.fastPrice.map { (model.id, $0) }
            })
        #expect(
            fast == [
                "claude-fable-5-2": price(16, 80, 20, 32, 0.40),
                "claude-mythos-5-2": price(16, 80, 20, 32, 0.40),
                "claude-opus-5-5": price(8, 40, 10, 16, 0.40),
                "claude-opus-5": price(10, 50, 12.50, 20, 1), "claude-opus-4-8": price(10, 50, 12.50, 20, 1),
            ])
        #expect(try model("claude-opus-4-8").fastRemovedOn == "2026-11-30")
        #expect(ModelCatalog.builtIn.models.filter(\.ignoresFastMode).map(\.id) == ["claude-opus-4-6"])
    }

    @Test("missing fast mode is reported, and the usual price applies")
    func fastNotes() throws {
        func note(_ modelID: String, _ platformID: String = "claude-api") throws -> String? {
            try destination(modelID, platformID, terms: ServiceTerms(isFast: true)).fastModeNote
        }
        #expect(try note("claude-opus-5-5") == nil)
        #expect(try note("claude-opus-5-5", "foundry") == nil)
        #expect(try note("claude-opus-5-5", "google-cloud") == nil)
        #expect(try note("claude-opus-5-5", "bedrock")?.hasPrefix("Amazon Bedrock has no fast mode") == true)
        #expect(try note("claude-opus-4-8") == "the fast mode of claude-opus-4-8 is removed on 2026-11-30")
        #expect(try note("claude-opus-4-7")?.hasPrefix("claude-opus-4-7 has no fast mode") == true)
        #expect(try note("claude-opus-4-6")?.contains("usual speed and price") == true)
        #expect(try note("claude-sonnet-5-5")?.hasPrefix("claude-sonnet-5-5 has no fast mode") == true)
        #expect(try destination("claude-sonnet-5-5").fastModeNote == nil)
        let bedrock = try destination("claude-opus-5-5", "bedrock", terms: ServiceTerms(isFast: true))
        #expect(bedrock.cost(imageTokens: 1000).microdollars == 4000)
        let foundry = try destination("claude-opus-5-5", "foundry", terms: ServiceTerms(isFast: true))
        #expect(foundry.cost(imageTokens: 1000).microdollars == 8000)
    }

    @Test("US-only inference is for Claude 4.6 and later on the Claude API")
    func usOnly() throws {
        let old = ModelCatalog.builtIn.models.filter { !$0.hasUSOnly }.map(\.id)
        #expect(
            old == [
                "claude-opus-4-5", "claude-opus-4-1", "claude-opus-4-0", "claude-sonnet-4-5",
                "claude-sonnet-4-0", "claude-3-7-sonnet", "claude-haiku-4-5", "claude-3-5-haiku",
                "claude-3-5-sonnet", "claude-3-opus", "claude-3-haiku",
            ])
        func error(_ modelID: String, _ platformID: String, _ terms: ServiceTerms) throws -> TermsError? {
            let destination = try destination(modelID, platformID, terms: terms)
            do throws(TermsError) { try destination.checkTerms() } catch { return error }
            return nil
        }
        let usOnly = ServiceTerms(isUSOnly: true)
        #expect(try error("claude-opus-4-6", "claude-api", usOnly) == nil)
        #expect(try error("claude-opus-4-6", "portable", usOnly) == nil)
        #expect(
            try error("claude-sonnet-4-5", "claude-api", usOnly)
                == .modelWithoutUSOnly(modelID: "claude-sonnet-4-5"))
        for id in ["bedrock", "google-cloud", "foundry", "claude-ai"] {
            let platform = try ModelCatalog.builtIn.platform(id)
            #expect(
                try error("claude-opus-5-5", id, usOnly)
                    == .platformWithoutUSOnly(platformName: platform.name))
        }
        #expect(
            try error("claude-opus-5-5", "claude-api", ServiceTerms(isBatch: true, isFast: true))
                == .fastBatch)
        #expect(
            try error("claude-opus-5-5", "foundry", ServiceTerms(isBatch: true))
                == .platformWithoutBatches(platformName: "Microsoft Foundry"))
    }

    @Test("which models bind thinking blocks to the text before them")
    func thinkingBinding() {
        let bound = Dictionary(
            uniqueKeysWithValues: ModelCatalog.builtIn.models.filter { $0.thinkingBinding != .none }
                .map { ($0.id, $0.thinkingBinding) })
        #expect(
            bound == [
                "claude-fable-5-2": .everyAccount, "claude-mythos-5-2": .everyAccount,
                "claude-mythos-5-1": .everyAccount, "claude-fable-5-1": .newerAccounts,
                "claude-opus-5-5": .possible, "claude-sonnet-5-5": .possible, "claude-haiku-5-5": .possible,
            ])
    }

    @Test(
        "platforms retire a model on different days",
        arguments: [
            ("claude-sonnet-4-5", "claude-api", "2026-11-30"), ("claude-sonnet-4-5", "bedrock", nil),
            ("claude-opus-4-1", "claude-api", "2026-10-09"), ("claude-opus-4-1", "bedrock", nil),
            ("claude-opus-4-1", "google-cloud", nil), ("claude-opus-4-0", "bedrock", "2026-10-09"),
            ("claude-opus-4-0", "google-cloud", nil), ("claude-sonnet-4-0", "bedrock", nil),
            ("claude-3-5-haiku", "google-cloud", nil), ("claude-3-7-sonnet", "bedrock", "2026-10-09"),
            ("claude-3-opus", "foundry", "2026-10-09"), ("claude-opus-4-1", "portable", "2026-10-09"),
            ("claude-sonnet-5-5", "claude-api", nil),
        ] as [(String, String, String?)])
    func retirements(modelID: String, platformID: String, day: String?) throws {
        let platform = try ModelCatalog.builtIn.platform(platformID)
        #expect(try model(modelID).retirement(on: platform) == day)
    }

    @Test(
        "every form of a model ID seen in practice is known",
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
            ("claude-fable-5-2", "claude-fable-5-2"),
            ("anthropic/claude-mythos-5.2", "claude-mythos-5-2"),
            ("claude-opus-5-5-fast", "claude-opus-5-5"),
            ("claude-opus-5-fast", "claude-opus-5"),
        ])
    func ids(given: String, resolved: String) throws {
        #expect(try ModelCatalog.builtIn.model(given).id == resolved)
    }

    @Test("an ID that ends in -fast names the fast mode of a model that has one")
    func fastIDs() throws {
        let catalog = ModelCatalog.builtIn
        #expect(catalog.namesFastMode("claude-opus-5-5-fast"))
        #expect(!catalog.namesFastMode("claude-opus-5-5"))
        #expect(throws: CatalogError.self) { try catalog.model("claude-sonnet-5-5-fast") }
    }

    @Test("the error for an unknown ID lists the nearest known ones")
    func unknownModel() {
        #expect(throws: CatalogError.self) { try model("claude-2.1") }
        #expect(throws: CatalogError.self) { try model("claude-sonnet-5-6") }
        #expect(throws: CatalogError.self) { try model("") }
        do {
            _ = try ModelCatalog.builtIn.model("anthropic/claude-sonet-5.5")
            Issue.record("the id is not one of the catalog's")
        } catch {
            #expect(error.code == .unknownModel)
            #expect(error.nearestIDs.first == "claude-sonnet-5-5")
            #expect(
                error.description.hasPrefix(
                    "unknown model “anthropic/claude-sonet-5.5”; the closest ids are claude-sonnet-5-5, ")
            )
        }
    }

    @Test("the platforms have the published limits")
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
                == [20_000_000, 33_554_432, 20_000_000, 31_457_280, 33_554_432, nil])
        #expect(limits.map { $0.maxImages(contextWindow: 999_999) } == [100, 100, 100, 100, 100, 20])
        #expect(
            limits.map { SourceKind.allCases.filter($0.sources.contains) }
                == [[.base64], [.base64, .url, .file], [.base64], [.base64], [.base64, .url], [.base64]])
        #expect(
            ModelCatalog.builtIn.platforms.map(\.hasBatches) == [true, true, false, false, false, false])
        #expect(throws: CatalogError.self) { try ModelCatalog.builtIn.platform("azure") }
        for (alias, id) in [
            ("claude-platform-aws", "claude-api"), ("google-cloud-anthropic", "google-cloud"),
            ("google-cloud-google", "google-cloud"), ("Microsoft-Foundry", "foundry"),
        ] {
            #expect(try ModelCatalog.builtIn.platform(alias).id == id)
        }
        #expect(try ModelCatalog.builtIn.platform("Bedrock").name == "Amazon Bedrock")
        var catalog = ModelCatalog.builtIn
        catalog.platforms[0].id = "Our-Gateway"
        #expect(try catalog.platform("our-gateway").id == "Our-Gateway")
        catalog.platforms[1].id = "our-gateway"
        #expect(try catalog.platform("our-gateway").id == "our-gateway")
    }

    @Test("the portable profile is within every platform's limits")
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

    @Test("the many-image rule applies above its threshold")
    func manyImages() throws {
        let limits = try ModelCatalog.builtIn.platform("portable").limits
        #expect(limits.maxEdge(imagesPerRequest: 20) == 8000)
        #expect(limits.maxEdge(imagesPerRequest: 21) == 2000)
    }
}
