import ImageHeaders
import TestSupport
import Testing

@testable import VisionRules

@Suite("Cutting into tiles")
struct TilingTests {
    private func grid(_ size: PixelSize, tier: ModelCatalog.Tier, _ tiling: Tiling = Tiling()) -> TileGrid? {
        tiling.grid(of: size) { SeenSize.fits($0, tier: tier) }
    }

    @Test("a tall page is cut into full-width rows from top to bottom")
    func tallPage() throws {
        let tiles = try #require(grid(px(1440, 8570), tier: .standard)).tiles
        // 52 patches wide leave 30 rows of patches, 840 px: 84 px overlap, so 12 tiles advance 756 px each.
        #expect(tiles.count == 12)
        #expect(tiles.allSatisfy { $0.columns == 0..<1440 && $0.rows.count <= 840 })
        #expect(tiles.map(\.rows.lowerBound) == tiles.map(\.rows.lowerBound).sorted())
        #expect(tiles.first?.rows.lowerBound == 0)
        #expect(tiles.last?.rows.upperBound == 8570)
    }

    @Test("a panorama is cut from left to right")
    func panorama() throws {
        let grid = try #require(self.grid(px(6000, 800), tier: .highResolution))
        #expect(grid == TileGrid(columns: [0..<2056, 1972..<4028, 3944..<6000], rows: [0..<800]))
        #expect(grid.tiles.map(\.columns) == grid.columns)
    }

    @Test("tiles are needed only if more than half of each side is lost")
    func needed() {
        func isNeeded(_ size: PixelSize, _ tier: ModelCatalog.Tier) -> Bool {
            Tiling().isNeeded(for: size, seen: SeenSize(of: size, tier: tier).size)
        }
        #expect(isNeeded(px(1440, 8570), .standard))
        #expect(isNeeded(px(8570, 1440), .highResolution))
        #expect(!isNeeded(px(1440, 4000), .highResolution), "64 % is seen")
        #expect(!isNeeded(px(8000, 6000), .standard), "a picture, not a page")
        #expect(!isNeeded(px(100, 1500), .standard), "it fits")
        // Exactly half of each side is not a loss of more than half.
        #expect(!Tiling().isNeeded(for: px(1000, 3000), seen: px(500, 1500)))
        #expect(Tiling().isNeeded(for: px(1000, 3000), seen: px(499, 1499)))
    }

    @Test("an image that fits is one tile; one that takes too many is not cut")
    func extremes() {
        #expect(grid(px(1092, 1092), tier: .standard) == TileGrid(columns: [0..<1092], rows: [0..<1092]))
        #expect(grid(px(2_147_483_647, 2_147_483_647), tier: .standard) == nil)
        #expect(grid(px(1, .max), tier: .standard) == nil)
    }

    @Test("tiles cover every pixel, overlap as requested, and are never downsized")
    func properties() throws {
        var generator = FixedGenerator(seed: 12)
        for _ in 0..<500 {
            let size = px(
                .random(in: 1...6000, using: &generator), .random(in: 1...20_000, using: &generator))
            let tier = Bool.random(using: &generator) ? ModelCatalog.Tier.standard : .highResolution
            let tiling = Tiling(overlap: .random(in: 0...200, using: &generator), maxTiles: 200)
            let planned = try #require(grid(size, tier: tier, tiling), "\(size)")
            #expect(planned.tiles.map(\.index) == Array(0..<planned.count))
            #expect(planned.tiles.allSatisfy { $0.count == planned.count })
            // In reading order: the columns of the first row, then those of the next.
            #expect(
                planned.tiles.map { [$0.rows, $0.columns] }
                    == planned.rows.flatMap { row in planned.columns.map { [row, $0] } })
            // Cuts moved to quiet lines keep all of that, except for some of the overlap.
            let moved = planned.cutAtQuietLines(
                overlap: tiling.overlap, rowEdges: { _ in .random(in: 0...3, using: &generator) },
                columnEdges: { _ in .random(in: 0...3, using: &generator) })
            for (grid, overlap) in [(planned, tiling.overlap), (moved, tiling.overlap / 3)] {
                #expect(grid.tiles.allSatisfy { SeenSize.fits($0.size, tier: tier) })
                for (parts, whole) in [(grid.columns, size.width), (grid.rows, size.height)] {
                    #expect(parts.first?.lowerBound == 0 && parts.last?.upperBound == whole)
                    for (one, next) in zip(parts, parts.dropFirst()) {
                        #expect(one.upperBound - next.lowerBound >= overlap, "\(size) \(tiling)")
                    }
                }
            }
        }
    }

    @Test("a point on a tile is found on the page, even if the page is stored rotated")
    func maps() throws {
        let tile = try #require(grid(px(1440, 8570), tier: .standard)).tiles[3]
        let page = CoordinateMap(
            sourceSize: px(8570, 1440), orientation: .right, outputSize: px(1440, 8570))
        let map = page.of(tile, outputSize: tile.size)
        let point = PixelPoint(x: 100, y: 50)
        let y = Double(tile.rows.lowerBound) + 50
        #expect(map.upright(point) == PixelPoint(x: 100, y: y))
        #expect(map.stored(point) == PixelPoint(x: y, y: 1340))
        #expect(map.seen(stored: map.stored(point)) == point)
    }

    @Test("10,000 points on planned tiles come back within half a px in every orientation")
    func roundTrips() throws {
        var generator = FixedGenerator(seed: 77)
        var worst = 0.0
        for _ in 0..<1000 {
            let orientation = Orientation.allCases.randomElement(using: &generator) ?? .up
            let display = px(
                .random(in: 900...1600, using: &generator), .random(in: 4000...9000, using: &generator))
            var facts = ImageFacts(
                format: .png,
                size: (Bool.random(using: &generator) ? display : display.transposed).oriented(orientation))
            facts.orientation = orientation
            let plan = try TransformPlan.make(
                for: facts, byteCount: 1000, destination: try destination(), tiling: Tiling())
            let tile = try #require(plan.tiles?.tiles.randomElement(using: &generator))
            // A tile over the byte limit is smaller than the area it covers.
            let output = Bool.random(using: &generator) ? tile.size : px(700, 401)
            let page = CoordinateMap(
                sourceSize: facts.size, orientation: orientation, outputSize: plan.targetSize)
            let map = page.of(tile, outputSize: output)
            for _ in 0..<10 {
                let point = PixelPoint(
                    x: .random(in: 0...Double(output.width), using: &generator),
                    y: .random(in: 0...Double(output.height), using: &generator))
                let stored = map.stored(point)
                let back = map.seen(stored: stored)
                worst = max(worst, abs(back.x - point.x), abs(back.y - point.y))
                let isInside =
                    (0...Double(facts.size.width)).contains(stored.x)
                    && (0...Double(facts.size.height)).contains(stored.y)
                #expect(isInside, "\(point) of \(map)")
            }
        }
        #expect(worst < 0.5)
    }
}

@Suite("Cutting at quiet lines")
struct QuietCutTests {
    @Test(
        "a cut moves to the middle of the longest of the quietest runs",
        arguments: [
            // All alike, or already quiet: the edge stays.
            ([0, 0, 0, 0], 0), ([5, 5, 5], 0), ([0, 0, 9, 0], 0),
            // A gap between two lines of text.
            ([30, 40, 0, 0, 0, 50], 3), ([30, 40, 0, 0, 50], 2),
            // The gap below the dot of an i is shorter than the gap between lines.
            ([30, 0, 40, 40, 0, 0, 0, 30], 5),
            // The nearer of two equal gaps.
            ([30, 0, 0, 40, 0, 0, 30], 1),
            // A border on both sides runs through every line; fewest edges win.
            ([34, 4, 4, 4, 30], 2), ([34, 4, 2, 2, 30], 2),
            // Noise everywhere, so no line is quiet.
            ([900, 800, 700], 0), ([16, 17, 18], 0), ([], 0),
        ])
    func offsets(edges: [Int], offset: Int) {
        // A quiet line has at most 15 edges in 1000 px.
        #expect(QuietCut.offset(in: edges, lineLength: 1000) == offset)
    }

    @Test("tiles start and end in the gaps next to the planned cuts, and nothing else moves")
    func grid() {
        // Lines of text 14 rows high with a gap of 6 below.
        func edges(_ row: Int) -> Int { row % 20 < 14 ? 200 : 0 }
        let planned = TileGrid(columns: [0..<1440], rows: [0..<800, 700..<1500, 1400..<2200])
        let moved = planned.cutAtQuietLines(
            overlap: 84, rowEdges: edges,
            columnEdges: { _ in
                Issue.record("no column is cut"); return 0
            })
        #expect(moved == TileGrid(columns: [0..<1440], rows: [0..<800, 716..<1500, 1416..<2200]))
        // Row 799 is the last of a gap: that end stays. The next begins at row 700, within a line of text.
        let text = planned.cutAtQuietLines(
            overlap: 84, rowEdges: { edges($0 + 7) }, columnEdges: { _ in 0 })
        #expect(text == TileGrid(columns: [0..<1440], rows: [0..<791, 709..<1491, 1409..<2200]))
    }
}
