import ImageHeaders
import TestSupport
import Testing
import VisionRules

@Suite("Points mapped through plans")
struct LocateTests {
    /// The map of an image planned as in `prepare`.
    private func plannedMap(using generator: inout FixedGenerator) throws -> CoordinateMap {
        let longest = [30, 300, 3000, 8000].randomElement(using: &generator) ?? 300
        let orientation = Orientation.allCases.randomElement(using: &generator) ?? .up
        var facts = ImageFacts(
            format: .jpeg,
            size: px(.random(in: 1...longest, using: &generator), .random(in: 1...longest, using: &generator))
        )
        facts.orientation = orientation
        let fit = FitOptions(
            fit: FitOptions.Fit.allCases.randomElement(using: &generator) ?? .recommended,
            maxEdge: Bool.random(using: &generator) ? .random(in: 1...2000, using: &generator) : nil,
            maxTokens: Bool.random(using: &generator) ? .random(in: 1...2000, using: &generator) : nil,
            snapsToPatches: Bool.random(using: &generator))
        let plan = try TransformPlan.make(
            for: facts, byteCount: 1000, destination: try destination(), fit: fit)
        var map = CoordinateMap(
            sourceSize: facts.size, orientation: orientation, outputSize: plan.targetSize)
        if Bool.random(using: &generator) {
            map.cropX = .random(in: 0..<map.cropSize.width, using: &generator)
            map.cropY = .random(in: 0..<map.cropSize.height, using: &generator)
            map.cropSize = px(
                .random(in: 1...map.cropSize.width - map.cropX, using: &generator),
                .random(in: 1...map.cropSize.height - map.cropY, using: &generator))
        }
        return map
    }

    @Test("10,000 random points come back within half a px, from the model's and the original's side")
    func roundTrips() throws {
        var generator = FixedGenerator(seed: 5)
        var worst = 0.0
        for _ in 0..<10_000 {
            let map = try plannedMap(using: &generator)
            let tier = Bool.random(using: &generator) ? ModelCatalog.Tier.standard : .highResolution
            let seen = SeenSize(of: map.outputSize, tier: tier).size
            let point = PixelPoint(
                x: .random(in: 0...Double(seen.width), using: &generator),
                y: .random(in: 0...Double(seen.height), using: &generator))

            let upright = map.upright(point, seen: seen)
            let back = map.seen(upright: upright, seen: seen)
            let stored = map.stored(point, seen: seen)
            let backFromStored = map.seen(stored: stored, seen: seen)
            let again = map.upright(back, seen: seen)
            worst = max(
                worst, abs(back.x - point.x), abs(back.y - point.y), abs(backFromStored.x - point.x),
                abs(backFromStored.y - point.y), abs(again.x - upright.x), abs(again.y - upright.y))

            let display = map.sourceSize.oriented(map.orientation)
            let isInside =
                (0...Double(display.width)).contains(upright.x)
                && (0...Double(display.height)).contains(upright.y)
                && (0...Double(map.sourceSize.width)).contains(stored.x)
                && (0...Double(map.sourceSize.height)).contains(stored.y)
            #expect(isInside, "\(point) of \(map)")
        }
        #expect(worst < 0.5)
    }
}
