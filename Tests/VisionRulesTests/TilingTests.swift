import ImageHeaders
import Testing
import VisionRules

@Suite("Cutting into tiles")
struct TilingTests {
    @Test("a tall page becomes rows of its whole width, from top to bottom")
    func tallPage() throws {
        let tiles = try #require(Tiling().tiles(of: px(1440, 8570), tier: .standard))
        // 52 patches wide leave 30 rows of patches, 840 px: 84 of them shared, 12 advance 756 px each.
        #expect(tiles.count == 12)
        #expect(tiles.allSatisfy { $0.x == 0 && $0.size.width == 1440 && $0.size.height <= 840 })
        #expect(tiles.map(\.y) == tiles.map(\.y).sorted())
        #expect(tiles.first?.y == 0)
        #expect(tiles.last.map { $0.y + $0.size.height } == 8570)
    }

    @Test("a panorama is cut from left to right")
    func panorama() throws {
        let tiles = try #require(Tiling().tiles(of: px(6000, 800), tier: .highResolution))
        #expect(tiles.allSatisfy { $0.y == 0 && $0.size.height == 800 })
        #expect(tiles.count == 3)
        #expect(tiles.map(\.x) == [0, 1972, 3944])
    }

    @Test("what is needed, and what is not")
    func needed() {
        let tiling = Tiling()
        #expect(tiling.isNeeded(for: px(1440, 8570), tier: .standard))
        #expect(tiling.isNeeded(for: px(8570, 1440), tier: .highResolution))
        #expect(!tiling.isNeeded(for: px(1440, 4000), tier: .highResolution), "64 % is seen")
        #expect(!tiling.isNeeded(for: px(8000, 6000), tier: .standard), "a picture, not a page")
        #expect(!tiling.isNeeded(for: px(100, 1500), tier: .standard), "it fits")
    }

    @Test("an image that fits is one tile; one that takes too many is none")
    func extremes() {
        let one = Tiling().tiles(of: px(1092, 1092), tier: .standard)
        #expect(one?.map(\.size) == [px(1092, 1092)])
        #expect(Tiling().tiles(of: px(2_147_483_647, 2_147_483_647), tier: .standard) == nil)
        #expect(Tiling().tiles(of: px(1, .max), tier: .standard) == nil)
    }

    @Test("tiles cover every px, overlap as asked, and none is downsized")
    func properties() throws {
        var generator = FixedGenerator(seed: 12)
        for _ in 0..<500 {
            let size = px(
                .random(in: 1...6000, using: &generator), .random(in: 1...20_000, using: &generator))
            let tier = Bool.random(using: &generator) ? Tier.standard : .highResolution
            let tiling = Tiling(overlap: .random(in: 0...200, using: &generator), maxTiles: 200)
            let tiles = try #require(tiling.tiles(of: size, tier: tier), "\(size)")
            #expect(tiles.allSatisfy { SeenSize.fits($0.size, tier: tier) && $0.count == tiles.count })
            #expect(tiles.map(\.index) == Array(0..<tiles.count))
            // In reading order each step goes right, or to the left end of the next row.
            let xs = Set(tiles.map(\.x)).sorted()
            let ys = Set(tiles.map(\.y)).sorted()
            #expect(tiles.map { [$0.y, $0.x] } == ys.flatMap { y in xs.map { [y, $0] } })
            for (starts, length, whole) in [
                (xs, tiles[0].size.width, size.width), (ys, tiles[0].size.height, size.height),
            ] {
                #expect(starts.first == 0 && starts.last.map { $0 + length } == whole)
                for (one, next) in zip(starts, starts.dropFirst()) {
                    #expect(one + length - next >= tiling.overlap, "\(size) \(tiling)")
                }
            }
        }
    }

    @Test("a point on a tile is found on the page, also when the page was stored turned")
    func maps() throws {
        let tiles = try #require(Tiling().tiles(of: px(1440, 8570), tier: .standard))
        let tile = tiles[3]
        let map = tile.map(sourceSize: px(8570, 1440), orientation: .right)
        let point = PixelPoint(x: 100, y: 50)
        #expect(map.upright(point) == PixelPoint(x: 100, y: Double(tile.y) + 50))
        #expect(map.stored(point) == PixelPoint(x: Double(tile.y) + 50, y: 1340))
        #expect(map.seen(stored: map.stored(point)) == point)
    }
}
