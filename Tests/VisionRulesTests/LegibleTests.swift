import ImageHeaders
import TestSupport
import Testing
import VisionRules

@Suite("Sizes at which text is legible")
struct LegibleTests {
    private func plan(
        _ width: Int, _ height: Int, xHeight: Double?, model: String? = nil,
        _ fit: FitOptions = .legible(), tiling: Tiling? = nil
    ) throws -> TransformPlan {
        try TransformPlan.make(
            for: ImageFacts(format: .png, size: px(width, height)), byteCount: 1000,
            destination: try model.map { try destination($0) } ?? destination(), fit: fit, tiling: tiling,
            text: xHeight.map { TextMeasure(letters: 100, smallestXHeight: $0, bulkXHeight: $0) })
    }

    @Test("The smallest text keeps its x-height, and the size grows while the token count stays the same")
    func smaller() throws {
        // Half of each side is 500×250 px: 18 by 9 patches.
        #expect(try plan(1000, 500, xHeight: 12).targetSize == px(504, 252))
        #expect(try plan(500, 1000, xHeight: 12).targetSize == px(252, 504))
        #expect(try plan(1000, 500, xHeight: 12, .legible(minXHeight: 9)).targetSize == px(756, 378))
    }

    @Test("Nothing is enlarged, and text that is already too small keeps all of its px")
    func kept() throws {
        #expect(try plan(1000, 500, xHeight: 6).isCopy)
        #expect(try plan(1000, 500, xHeight: 4).isCopy)
    }

    @Test("No short edge falls below 200 px, where the guide warns about worse answers")
    func shortEdge() throws {
        #expect(try plan(1000, 500, xHeight: 60).targetSize == px(420, 210))
        #expect(try plan(1000, 150, xHeight: 60).isCopy)
    }

    @Test("Without text, the size is the recommended one")
    func withoutText() throws {
        let recommended = try plan(3000, 2000, xHeight: nil, FitOptions())
        #expect(try plan(3000, 2000, xHeight: nil) == recommended)
        var none = FitOptions.legible()
        none.maxEdge = 700
        #expect(try plan(3000, 2000, xHeight: nil, none).targetSize.longEdge == 700)
    }

    @Test(
        "No image costs more tokens than the model's own tier keeps",
        arguments: ["claude-opus-5-5", "claude-opus-4-6"])
    func native(model: String) throws {
        let native = try plan(5000, 4000, xHeight: 7, model: model, FitOptions(fit: .native))
        #expect(try plan(5000, 4000, xHeight: 7, model: model) == native)
    }

    @Test("An image of any shape becomes tiles only if its text would be too small")
    func tiles() throws {
        let tiled = try plan(5000, 4000, xHeight: 7, tiling: Tiling())
        #expect(tiled.tiles != nil && tiled.targetSize == px(5000, 4000))
        #expect(try plan(5000, 4000, xHeight: 20, tiling: Tiling()).tiles == nil)
        #expect(try plan(5000, 4000, xHeight: nil, tiling: Tiling()).tiles == nil)
        // Tall, but still large enough to read.
        #expect(try plan(1000, 6000, xHeight: 40, tiling: Tiling()).tiles == nil)
    }

    @Test("I306: text is too small below the x-height, not at it, and only if measured")
    func rule() throws {
        let there = try destination("claude-opus-4-6")
        func found(_ xHeight: Double, letters: Int = 50, minXHeight: Double = 6) -> Finding? {
            var subject = image(2184, 2184)
            let measure = TextMeasure(letters: letters, smallestXHeight: xHeight, bulkXHeight: xHeight)
            subject.text = TextSubject(measure: measure, minXHeight: minXHeight)
            return assess(subject, for: there).findings.first { $0.code == .textTooSmall }
        }
        // It is seen at 1092 px: half.
        #expect(found(12) == nil)
        let small = try #require(found(11))
        #expect(
            small.message
                == "the smallest text has an x-height of 5.5 px in what the model sees (11 px in the original), and 6 px "
                + "can be read; a larger size, tiles or a model of the high-resolution tier keep it readable")
        #expect(small.severity == .warning && small.measured == 5 && small.limit == 6)
        #expect(found(5)?.message.hasSuffix("it is no larger in the original") == true)
        #expect(found(11, minXHeight: 5) == nil)
        #expect(found(0, letters: 0) == nil)
        #expect(assess(image(2184, 2184), for: there).findings.allSatisfy { $0.code != .textTooSmall })
    }

    @Test("A budget shrinks images without text first, and text only if nothing else is left")
    func budget() throws {
        func sizes(_ tokens: Int) throws -> [PixelSize] {
            var demand = BudgetDemand()
            demand.append(px(1092, 1092), hasText: true)
            demand.append(px(1092, 1092))
            let shares = try Budget(limit: .tokens(tokens)).shares(of: demand, for: destination())
            return (0..<shares.count).map { shares[$0].size }
        }
        #expect(try sizes(1521 + 900) == [px(1092, 1092), px(840, 840)])
        #expect(try sizes(1521 + 63).allSatisfy { $0.longEdge < 1092 })
    }
}
