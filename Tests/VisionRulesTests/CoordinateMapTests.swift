import ImageHeaders
import TestSupport
import Testing
import VisionRules

@Suite("Mapping coordinates back to the original")
struct CoordinateMapTests {
    /// The EXIF orientation applied to pixels instead of computed: row 0 and column 0 of the
    /// stored image are these sides of the picture.
    private func displayed(_ stored: [[Int]], _ orientation: Orientation) -> [[Int]] {
        func mirrored(_ rows: [[Int]]) -> [[Int]] { rows.map { $0.reversed() } }
        func turnedClockwise(_ rows: [[Int]]) -> [[Int]] {
            rows[0].indices.map { column in rows.reversed().map { $0[column] } }
        }
        return switch orientation {
        case .up: stored
        case .upMirrored: mirrored(stored)
        case .down: turnedClockwise(turnedClockwise(stored))
        case .downMirrored: stored.reversed()
        case .leftMirrored: mirrored(turnedClockwise(stored))
        case .right: turnedClockwise(stored)
        case .rightMirrored: turnedClockwise(mirrored(stored))
        case .left: turnedClockwise(turnedClockwise(turnedClockwise(stored)))
        }
    }

    @Test(
        "the center of every displayed pixel maps to the center of its stored pixel",
        arguments: Orientation.allCases)
    func orientations(orientation: Orientation) {
        let stored = [[0, 1, 2], [3, 4, 5]]
        let shown = displayed(stored, orientation)
        let map = CoordinateMap(
            sourceSize: px(3, 2), orientation: orientation, outputSize: px(3, 2).oriented(orientation))
        for y in shown.indices {
            for x in shown[y].indices {
                let point = PixelPoint(x: Double(x) + 0.5, y: Double(y) + 0.5)
                let origin = map.stored(point)
                #expect(stored[Int(origin.y)][Int(origin.x)] == shown[y][x])
                #expect(map.upright(point) == point)
                #expect(map.seen(stored: origin) == point)
            }
        }
    }

    @Test("a round trip is off by less than half a px, for every orientation, size and crop")
    func roundTrips() {
        var generator = FixedGenerator(seed: 8)
        for _ in 0..<2000 {
            let source = px(
                .random(in: 1...8000, using: &generator), .random(in: 1...8000, using: &generator))
            let orientation = Orientation.allCases.randomElement(using: &generator) ?? .up
            let output = RecommendedSize.size(for: source.oriented(orientation))
            var map = CoordinateMap(sourceSize: source, orientation: orientation, outputSize: output)
            if Bool.random(using: &generator) {
                map.cropX = .random(in: 0..<map.cropSize.width, using: &generator)
                map.cropY = .random(in: 0..<map.cropSize.height, using: &generator)
                map.cropSize.width -= map.cropX
                map.cropSize.height -= map.cropY
            }
            let seen = Bool.random(using: &generator) ? SeenSize(of: output, tier: .standard).size : nil
            let bounds = seen ?? output
            let point = PixelPoint(
                x: .random(in: 0...Double(bounds.width), using: &generator),
                y: .random(in: 0...Double(bounds.height), using: &generator))
            let stored = map.stored(point, seen: seen)
            #expect(stored.x >= 0 && stored.x <= Double(source.width), "\(map)")
            #expect(stored.y >= 0 && stored.y <= Double(source.height), "\(map)")
            let back = map.seen(stored: stored, seen: seen)
            #expect(abs(back.x - point.x) < 0.5 && abs(back.y - point.y) < 0.5, "\(map) \(point)")
        }
    }

    @Test("corners map to corners, and points outside are clamped")
    func clamping() {
        let map = CoordinateMap(sourceSize: px(4032, 3024), orientation: .right, outputSize: px(951, 1268))
        #expect(map.upright(PixelPoint(x: 951, y: 1268)) == PixelPoint(x: 3024, y: 4032))
        #expect(map.stored(PixelPoint(x: 0, y: 0)) == PixelPoint(x: 0, y: 3024))
        #expect(map.upright(PixelPoint(x: -5, y: 99_999)) == PixelPoint(x: 0, y: 4032))
        #expect(map.seen(upright: PixelPoint(x: 99_999, y: -1)) == PixelPoint(x: 951, y: 0))
    }

    @Test("a point on an image that the model saw downsized is scaled up twice")
    func seenSmaller() {
        let map = CoordinateMap(sourceSize: px(3840, 2160), orientation: .up, outputSize: px(3840, 2160))
        let middle = map.upright(PixelPoint(x: 728, y: 409.5), seen: px(1456, 819))
        #expect(middle == PixelPoint(x: 1920, y: 1080))
    }

    @Test("a tile's points are shifted by the tile's position")
    func tiles() {
        var map = CoordinateMap(sourceSize: px(1000, 4000), orientation: .up, outputSize: px(500, 500))
        map.cropY = 3000
        map.cropSize = px(1000, 1000)
        #expect(map.upright(PixelPoint(x: 250, y: 10)) == PixelPoint(x: 500, y: 3020))
        #expect(map.seen(upright: PixelPoint(x: 500, y: 3020)) == PixelPoint(x: 250, y: 10))
        #expect(map.seen(upright: PixelPoint(x: 500, y: 10)) == PixelPoint(x: 250, y: 0), "above the tile")
    }
}
