import TestSupport
import Testing
import VisionRules

@Suite("Costs")
struct CostTests {
    @Test("amounts are exact in USD")
    func usdText() {
        let texts = [3120, 0, 1, 1_000_000, 4_770_000, 12_000_001, -500_000].map {
            Cost(microdollars: $0).usdText
        }
        #expect(texts == ["0.00312", "0", "0.000001", "1", "4.77", "12.000001", "-0.5"])
        #expect(Cost(microdollars: .max).usdText == "9223372036854.775807")
        #expect(Cost(microdollars: .min).usdText == "-9223372036854.775808")
    }

    @Test("cents are rounded half up, and small amounts keep two digits")
    func displayTexts() {
        #expect(
            [4_770_000, 4_994_999, 4_995_000, 0, 5000, -5000, 1_234_567_890].map {
                Cost(microdollars: $0).centsText
            } == ["$4.77", "$4.99", "$5.00", "$0.00", "$0.01", "-$0.01", "$1234.57"])
        #expect(
            [4770, 160, 4000, 3, 0, 99_999, 123_456, 7_000_000, 16].map { Cost(microdollars: $0).shortText }
                == [
                    "$0.0048", "$0.00016", "$0.004", "$0.000003", "$0.00", "$0.10", "$0.12", "$7.00",
                    "$0.000016",
                ])
    }

    @Test(
        "the guide's prices on Claude Sonnet 3.7: for one image and for a thousand",
        arguments: [
            (200, 54, "0.000162", "$0.16"), (1000, 1334, "0.004002", "$4.00"),
            (1092, 1590, "0.00477", "$4.77"),
        ])
    func guidePrices(edge: Int, tokens: Int, one: String, thousand: String) throws {
        let sonnet = try model("claude-3-7-sonnet-20250219")
        let guide = GuideEstimate.tokens(px(edge, edge))
        #expect(guide == tokens)
        #expect(sonnet.cost(inputTokens: guide).usdText == one)
        // The guide rounds its thousands from the unrounded estimate, 53.3 and 1333.3 tokens.
        let thousandth = sonnet.cost(inputTokens: edge * edge * 1000 / 750)
        #expect(thousandth.centsText == thousand)
    }

    @Test("a sum of prices is rounded once, for any terms and price steps")
    func sums() throws {
        var haiku = try destination("claude-haiku-5-5")
        var sum = CostSum()
        for _ in 0..<1000 { sum += haiku.costSum(imageTokens: 64) }
        #expect(sum.cost == haiku.cost(imageTokens: 64, count: 1000) && sum.cost.microdollars == 6400)
        haiku.terms = ServiceTerms(isBatch: true, isUSOnly: true)
        sum += haiku.costSum(imageTokens: 1)
        #expect(sum.cost.microdollars == 6400)
        for _ in 0..<9 { sum += haiku.costSum(imageTokens: 1) }
        #expect(sum.cost.microdollars == 6401, "ten times 0.055")
        // A prompt of more than 100,000 tokens costs five times as much.
        haiku.terms = ServiceTerms()
        haiku.imagesPerRequest = 600
        sum += haiku.costSum(imageTokens: 1000)
        #expect(sum.cost.microdollars == 6901)
        sum -= haiku.costSum(imageTokens: 1000)
        #expect(sum.cost.microdollars == 6401)
        sum += haiku.costSum(imageTokens: .max, count: .max)
        sum += haiku.costSum(imageTokens: .max, count: .max)
        #expect(sum.cost.microdollars > 0)
    }

    @Test("every term changes the price, and they stack")
    func terms() throws {
        let sonnet = try model("claude-sonnet-5-5")
        func cost(_ terms: ServiceTerms) -> Int {
            sonnet.cost(inputTokens: 1000, terms: terms).microdollars
        }
        #expect(cost(ServiceTerms()) == 2000)
        #expect(cost(ServiceTerms(isBatch: true)) == 1000)
        #expect(cost(ServiceTerms(isUSOnly: true)) == 2200)
        #expect(cost(ServiceTerms(isBatch: true, isUSOnly: true)) == 1100)
        #expect(cost(ServiceTerms(cache: .write5m)) == 2500)
        #expect(cost(ServiceTerms(cache: .write1h)) == 4000)
        #expect(cost(ServiceTerms(cache: .read)) == 100)
        #expect(cost(ServiceTerms(isBatch: true, cache: .read, isUSOnly: true)) == 55)
        #expect(cost(ServiceTerms(isFast: true)) == 2000, "Sonnet has no fast price")
        let fast = try model("claude-opus-5-5").cost(inputTokens: 1000, terms: ServiceTerms(isFast: true))
        #expect(fast.microdollars == 8000)
    }

    @Test("the whole prompt decides Haiku's price step, not the priced tokens")
    func priceStep() throws {
        let haiku = try model("claude-haiku-5-5")
        #expect(haiku.cost(inputTokens: 1000, promptTokens: 100_000).microdollars == 100)
        #expect(haiku.cost(inputTokens: 1000, promptTokens: 100_001).microdollars == 500)
        #expect(haiku.cost(inputTokens: 100_000).microdollars == 10_000)
        #expect(haiku.cost(inputTokens: 100_001).microdollars == 50_001, "50,000.5 is rounded half up")
    }

    @Test("an amount is rounded once, half up, and never overflows")
    func rounding() throws {
        let haiku = try model("claude-haiku-5-5")
        // 0.10 USD per million: 5 tokens are half a micro-dollar.
        #expect(haiku.cost(inputTokens: 4).microdollars == 0)
        #expect(haiku.cost(inputTokens: 5).microdollars == 1)
        // 9 tokens in a batch, US-only: 9 × 0.1 × 0.5 × 1.1 = 0.495; rounding each step would give 1.
        #expect(
            haiku.cost(inputTokens: 9, terms: ServiceTerms(isBatch: true, isUSOnly: true)).microdollars == 0)
        #expect(haiku.cost(inputTokens: 0).microdollars == 0)
        #expect(haiku.cost(inputTokens: -5).microdollars == 0)
        let opus = try model("claude-opus-4-1")
        #expect(opus.cost(inputTokens: .max, terms: ServiceTerms(isUSOnly: true)).microdollars == .max)
        #expect(Cost(microdollars: .max) + Cost(microdollars: 1) == Cost(microdollars: .max))
    }

    @Test("an amount is read exactly and never rounded")
    func read() {
        for text in ["0", "3", "12.5", "0.000001", "0.123456"] {
            #expect(Cost(usdText: text)?.usdText == text)
        }
        #expect(Cost(usdText: "5.")?.microdollars == 5_000_000)
        #expect(Cost(usdText: ".5")?.microdollars == 500_000)
        for text in ["", ".", "-1", "+1", "1e3", "1,5", "0.1234567", "99999999999999999999", "１"] {
            #expect(Cost(usdText: text) == nil, "\(text)")
        }
    }
}
