import ImageHeaders
import TestSupport
import Testing
import VisionRules

@Suite("Sharing a budget")
struct BudgetTests {
    @Test("a large enough budget changes nothing")
    func enough() throws {
        let sizes = [px(1092, 1092), px(200, 200)]
        let shares = try Budget(limit: .tokens(1521 + 64)).shares(of: sizes, for: try destination())
        #expect(shares.map(\.size) == sizes)
        #expect(shares.map(\.tokens) == [1521, 64])
        #expect(shares.map(\.isReduced) == [false, false])
        #expect(try Budget(limit: .tokens(0)).shares(of: [], for: try destination()).isEmpty)
    }

    @Test("small images keep their size; large ones are reduced to a common cap")
    func oneCeiling() throws {
        let sizes = [px(1092, 1092), px(280, 280), px(1092, 1092)]
        // 100 tokens for the small one leave 900 for each large one: 30 by 30 patches.
        let shares = try Budget(limit: .tokens(1900)).shares(of: sizes, for: try destination())
        #expect(shares.map(\.size) == [px(840, 840), px(280, 280), px(840, 840)])
        #expect(shares.map(\.tokens) == [900, 100, 900])
        #expect(shares.map(\.isReduced) == [true, false, true])
    }

    @Test("the remainder goes to the first image that the next step of the cap would enlarge")
    func rest() throws {
        let sizes = [px(1092, 1092), px(1092, 1092)]
        let shares = try Budget(limit: .tokens(900 + 961)).shares(of: sizes, for: try destination())
        #expect(shares.map(\.tokens) == [961, 900])
    }

    @Test("no image goes below the minimum, and a smaller budget is refused with the least one")
    func minimum() throws {
        let sizes = [px(1092, 1092), px(800, 1456), px(150, 1000)]
        let to = try destination()
        // 8 × 8, 8 × 13 and 6 × 36 patches; 224 px cost the same as 200.
        let least = 64 + 104 + 216
        let shares = try Budget(limit: .tokens(least)).shares(of: sizes, for: to)
        #expect(shares.map(\.size) == [px(224, 224), px(200, 364), px(150, 1000)])
        let error = #expect(throws: BudgetError.self) {
            try Budget(limit: .tokens(least - 1)).shares(of: sizes, for: to)
        }
        #expect(error?.least == .tokens(least))
    }

    @Test("an image narrower than the minimum is kept to the pixel, for any cap")
    func narrow() throws {
        // One px less would lose a patch of height.
        let narrow = px(150, 1401)
        let to = try destination()
        let tokens = SeenSize(of: narrow, tier: to.model.tier).tokens
        for limit in (tokens + 100)..<(tokens + 600) {
            let shares = try Budget(limit: .tokens(limit)).shares(of: [px(560, 840), narrow], for: to)
            #expect(shares[1].size == narrow, "\(limit) tokens")
        }
    }

    @Test("half the cost of 500 images is met to the micro-dollar, and nearly all of it is spent")
    func half() throws {
        var generator = FixedGenerator(seed: 500)
        let sizes = (0..<500).map { _ in
            RecommendedSize.size(
                for: px(.random(in: 20...5000, using: &generator), .random(in: 20...5000, using: &generator)))
        }
        for model in ["claude-opus-4-5", "claude-haiku-5-5", "claude-sonnet-5-5"] {
            let to = try destination(model)
            let full = sizes.map { to.cost(imageTokens: SeenSize(of: $0, tier: to.model.tier).tokens) }
            let limit = Cost(microdollars: full.reduce(.zero, +).microdollars / 2)
            let shares = try Budget(limit: .cost(limit)).shares(of: sizes, for: to)
            // All of them are below the price step.
            let sum = to.model.cost(inputTokens: shares.reduce(0) { $0 + $1.tokens }, promptTokens: 1)
            #expect(sum <= limit)
            #expect(Double(sum.microdollars) > Double(limit.microdollars) * 0.99)
            for (share, planned) in zip(shares, sizes) {
                #expect(share.size.shortEdge >= min(200, planned.shortEdge))
                #expect(share.size.width <= planned.width && share.size.height <= planned.height)
                #expect(share.cost == to.cost(imageTokens: share.tokens))
            }
            #expect(try Budget(limit: .cost(limit)).shares(of: sizes, for: to) == shares)
        }
    }

    @Test("a budget in money is compared with the total price, not with each image's rounded price")
    func roundedOnce() throws {
        // 64 tokens at 0.10 USD per million are 6.4 micro-dollars.
        let sizes = [PixelSize](repeating: px(200, 200), count: 1000)
        let to = try destination("claude-haiku-5-5")
        var demand = BudgetDemand()
        for size in sizes { demand.append(size) }
        let enough = try Budget(limit: .cost(Cost(microdollars: 6400))).shares(of: demand, for: to)
        #expect(enough.planned == .cost(Cost(microdollars: 6400)) && enough.reducedCount == 0)
        let error = #expect(throws: BudgetError.self) {
            try Budget(limit: .cost(Cost(microdollars: 6399))).shares(of: sizes, for: to)
        }
        #expect(error?.least == .cost(Cost(microdollars: 6400)))
        // 49 tokens are 4.9: half of the images keep their 64, and no budget is left.
        let smaller = try Budget(limit: .cost(Cost(microdollars: 5650)), minimumEdge: 1)
            .shares(of: demand, for: to)
        #expect(smaller.given == .cost(Cost(microdollars: 5650)) && smaller.reducedCount == 500)
    }

    @Test("a share has the size that the planner makes from its tokens")
    func planner() throws {
        let to = try destination()
        let display = px(4032, 3024)
        let planned = try TransformPlan.make(
            for: ImageFacts(format: .jpeg, size: display), byteCount: 1000, destination: to
        ).targetSize
        let share = try #require(try Budget(limit: .tokens(700)).shares(of: [planned], for: to).first)
        let plan = try TransformPlan.make(
            for: ImageFacts(format: .jpeg, size: display), byteCount: 1000, destination: to,
            fit: FitOptions(maxTokens: share.tokens))
        #expect(SeenSize(of: plan.targetSize, tier: to.model.tier).tokens <= share.tokens)
        #expect(abs(plan.targetSize.width - share.size.width) <= 2)
    }

    @Test(
        "with snapping, reduced images have sides of whole patches, unless below the minimum")
    func snapped() throws {
        let sizes = [px(1092, 1092), px(400, 1500), px(300, 280)]
        let budget = Budget(limit: .tokens(1400), snapsToPatches: true)
        let shares = try budget.shares(of: sizes, for: try destination())
        #expect(shares.map(\.size) == [px(700, 700), px(364, 1344), px(300, 280)])
        for share in shares where share.isReduced {
            for (side, before) in [
                (share.size.width, share.plannedSize.width), (share.size.height, share.plannedSize.height),
            ] {
                #expect(side % 28 == 0 || side - side % 28 < 200)
                #expect(side <= before)
            }
            #expect(share.size.shortEdge >= 200)
        }
        #expect(shares.reduce(0) { $0 + $1.tokens } <= 1400)
    }
}
