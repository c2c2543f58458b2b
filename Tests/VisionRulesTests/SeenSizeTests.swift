import ImageHeaders
import TestSupport
import Testing
import VisionRules

@Suite("Seen sizes")
struct SeenSizeTests {
    @Test(
        "the documentation's rows are reproduced",
        arguments: [
            (px(200, 200), px(200, 200), 64, px(200, 200), 64),
            (px(1000, 1000), px(1000, 1000), 1296, px(1000, 1000), 1296),
            (px(1092, 1092), px(1092, 1092), 1521, px(1092, 1092), 1521),
            (px(1920, 1080), px(1456, 819), 1560, px(1920, 1080), 2691),
            (px(2000, 1500), px(1270, 952), 1564, px(2000, 1500), 3888),
            (px(3840, 2160), px(1456, 819), 1560, px(2576, 1449), 4784),
            (px(1075, 1520), px(924, 1307), 1551, px(1075, 1520), 2145),
            (px(4032, 3024), px(1270, 952), 1564, px(2212, 1659), 4740),
        ])
    func documentedRows(
        original: PixelSize, standard: PixelSize, standardTokens: Int, high: PixelSize, highTokens: Int
    ) {
        let standardSeen = SeenSize(of: original, tier: .standard)
        #expect(standardSeen.size == standard && standardSeen.tokens == standardTokens)
        let highSeen = SeenSize(of: original, tier: .highResolution)
        #expect(highSeen.size == high && highSeen.tokens == highTokens)
    }

    @Test("the guide's sizes are kept, cost what it states, and are recommended at their ratios")
    func recommendedTable() {
        let tokens = RecommendedSize.table.map { SeenSize(of: $0, tier: .standard) }
        #expect(tokens.allSatisfy { !$0.isDownsized })
        #expect(tokens.map(\.tokens) == [1521, 1564, 1536, 1560, 1568])
        #expect(RecommendedSize.table.map(GuideEstimate.tokens) == [1590, 1608, 1606, 1590, 1640])
        for entry in RecommendedSize.table {
            let large = px(entry.width * 3, entry.height * 3)
            #expect(RecommendedSize.size(for: large) == entry)
            #expect(RecommendedSize.size(for: large.transposed) == entry.transposed)
        }
        #expect(RecommendedSize.size(for: px(3000, 4000)) == px(951, 1268))
        #expect(
            RecommendedSize.size(for: px(4000, 3001)) == SeenSize(of: px(4000, 3001), tier: .standard).size)
        #expect(RecommendedSize.size(for: px(300, 400)) == px(300, 400))
    }

    @Test("Haiku 3.5 counts patches of 56 px as 4 tokens")
    func coarsePatches() throws {
        let tier = try model("claude-3-5-haiku").tier
        #expect(SeenSize(of: px(1001, 1001), tier: tier).tokens == 1296)
        #expect(SeenSize(of: px(57, 56), tier: tier).tokens == 8)
        #expect(SeenSize(of: px(1092, 1092), tier: tier).size == px(1064, 1064))
    }

    @Test("sides that only a broken header could claim do not overflow")
    func hostileSizes() {
        for tier in [ModelCatalog.Tier.standard, .highResolution, .coarsePatches] {
            let seen = SeenSize(of: px(1 << 31, 1 << 31), tier: tier)
            #expect(SeenSize.fits(seen.size, tier: tier))
            #expect(SeenSize(of: px(.max, 1), tier: tier).size.height == 1)
        }
        #expect(VisualTokens.count(px(.max, .max)) == .max)
        #expect(RecommendedSize.size(for: px(1 << 31, 1 << 31)) == px(1092, 1092))
        #expect(RecommendedSize.size(for: px(.max, .max)) == px(1092, 1092))
    }

    @Test("a seen size fits, is never larger, is stable, follows transposition, and is the largest")
    func properties() {
        var generator = FixedGenerator(seed: 28)
        for _ in 0..<3000 {
            let original = px(
                .random(in: 1...9000, using: &generator), .random(in: 1...9000, using: &generator))
            for tier in [ModelCatalog.Tier.standard, .highResolution, .coarsePatches] {
                let seen = SeenSize(of: original, tier: tier)
                #expect(SeenSize.fits(seen.size, tier: tier), "\(original)")
                #expect(
                    seen.size.width <= original.width && seen.size.height <= original.height, "\(original)")
                #expect(SeenSize(of: seen.size, tier: tier).size == seen.size, "\(original)")
                #expect(
                    SeenSize(of: original.transposed, tier: tier).size == seen.size.transposed, "\(original)")
                guard seen.isDownsized else { continue }
                let long = seen.size.longEdge + 1
                let ratio = Double(original.longEdge) / Double(original.shortEdge)
                let next = px(long, max(Int((Double(long) / ratio).rounded(.toNearestOrEven)), 1))
                #expect(!SeenSize.fits(next, tier: tier), "\(original)")
            }
        }
    }

    @Test("the padding fills the last patches")
    func padding() {
        #expect(SeenSize(of: px(200, 200), tier: .standard).padded(tier: .standard) == px(224, 224))
        #expect(SeenSize(of: px(1092, 28), tier: .standard).padded(tier: .standard) == px(1092, 28))
    }
}
