import PreflightFiles
import Foundation
import ImageHeaders
import SystemPackage
import TestSupport
import Testing
import Vips

@testable import ImagePreflight
@testable import VisionRules

@Suite("Pages that become tiles")
struct TileTests {
    /// Prepares for a model and platform with room for detail, with tiles where needed.
    static func preflighter(_ change: (inout Preflighter) -> Void = { _ in }) throws -> Preflighter {
        var preflighter = Preflighter(
            destination: Destination(
                model: try ModelCatalog.builtIn.model(ModelCatalog.defaultModelID),
                platform: try ModelCatalog.builtIn.platform(ModelCatalog.defaultPlatformID)),
            options: PrepareOptions(tiling: Tiling()))
        change(&preflighter)
        return preflighter
    }

    /// The px of a prepared image.
    static func pixels(_ image: PreparedImage) throws -> PixelBuffer {
        let loaders: [ImageFormat: Loader] = [.jpeg: .jpeg, .png: .png, .webp: .webp]
        let loader = try #require(loaders[image.preparation.output.format])
        return try VipsImage(ImageBytes(copying: image.bytes), loader: loader).pixels()
    }

    /// Lines of marks, 12 rows high with a gap of 6, each in its own color.
    static func page(_ width: Int, _ height: Int) -> PixelBuffer {
        Pictures.rgb(width, height) { x, y in
            guard y % 18 < 12, x / 6 % 2 == 0 else { return (250, 250, 250) }
            return (UInt8(y / 18 % 200), UInt8(x / 12 % 200), UInt8((x / 2400 + y / 3600) % 100))
        }
    }

    @Test(
        "every pixel of a tile is where its map says, in every stored orientation",
        arguments: Orientation.allCases)
    func pixelsAndMaps(orientation: Orientation) throws {
        let display = PixelSize(width: 60, height: 3200)
        let storedSize = display.oriented(orientation)
        let stored = Self.page(storedSize.width, storedSize.height)
        var facts = ImageFacts(format: .png, size: storedSize)
        facts.orientation = orientation
        let preflighter = try Self.preflighter()
        let plan = try TransformPlan.make(
            for: facts, byteCount: 1000, destination: preflighter.destination, tiling: Tiling())
        let grid = try #require(plan.tiles)
        #expect(plan.reasons.contains(.tile) && !plan.reasons.contains(.resize))
        var options = preflighter.options
        options.tiling = Tiling()
        let made = try #require(
            try Pipeline(facts: facts, plan: plan, options: options).page(of: Pictures.file(stored)))
        #expect(made.pageSize == display)
        #expect(made.tiles.count == grid.count && grid.count > 1)
        let page = CoordinateMap(sourceSize: storedSize, orientation: orientation, outputSize: display)
        var generator = SeededGenerator(seed: 3)
        for part in made.tiles {
            let pixels = try part.image.decoded()
            let tile = try #require(part.tile)
            let map = page.of(tile, outputSize: part.image.size)
            #expect(part.image.size == tile.size)
            for _ in 0..<40 {
                let x = Int.random(in: 0..<pixels.width, using: &generator)
                let y = Int.random(in: 0..<pixels.height, using: &generator)
                let origin = map.stored(PixelPoint(x: Double(x) + 0.5, y: Double(y) + 0.5))
                #expect(
                    Pictures.pixel(pixels, x, y) == Pictures.pixel(stored, Int(origin.x), Int(origin.y)))
            }
        }
    }

    @Test("cuts are in the gaps between lines, and tiles are accepted and seen at full size")
    func quietCuts() throws {
        let images = try Self.preflighter().prepareTiles(bytes: Pictures.file(Self.page(150, 4000)).array)
        #expect(images.count > 2)
        for (index, image) in images.enumerated() {
            let preparation = image.preparation
            let tile = try #require(preparation.tile)
            #expect(tile.index == index && tile.count == images.count)
            #expect(preparation.action == .tiled && preparation.encodes == 1)
            #expect(preparation.output.assessment.verdict == .accepted)
            #expect(preparation.output.size == tile.size)
            // Rows 12 to 17 of each 18 are the gap.
            if index > 0 { #expect(tile.rows.lowerBound % 18 >= 12) }
            if index < images.count - 1 { #expect((tile.rows.upperBound - 1) % 18 >= 12) }
        }
        #expect(Set(images.map(\.preparation.sourceSHA256)).count == 1)
        let again = try Self.preflighter().prepareTiles(bytes: Pictures.file(Self.page(150, 4000)).array)
        #expect(again == images)
    }

    @Test("a photo has no quiet lines, so the planned cuts stay")
    func photo() throws {
        let photo = Pictures.noise(2000, 100)
        let images = try Self.preflighter { $0.options.fit.maxEdge = 800 }
            .prepareTiles(bytes: Pictures.file(photo).array)
        #expect(images.compactMap { $0.preparation.tile?.columns } == [0..<723, 638..<1361, 1277..<2000])
        #expect(images.allSatisfy { $0.preparation.tile?.rows == 0..<100 })
    }

    @Test("an image that needs no tiles is prepared as usual; a single result is never a tile")
    func others() throws {
        let small = try Pictures.file(Self.page(90, 900)).array
        let photo = try Pictures.file(Pictures.photo(200, 1700)).array
        let tall = try Pictures.file(Self.page(60, 4000)).array
        let (tiling, usual) = try (Self.preflighter(), Self.preflighter { $0.options.tiling = nil })
        for bytes in [small, photo] {
            #expect(try tiling.prepareTiles(bytes: bytes) == [usual.prepare(bytes: bytes)])
        }
        #expect(try tiling.prepare(bytes: tall) == usual.prepare(bytes: tall))
        #expect(try usual.prepareTiles(bytes: tall).map(\.preparation.action) == [.resized])
    }

    @Test("a tile over the byte limit is shrunk, and its map reflects that")
    func byteLimit() throws {
        let preflighter = try Self.preflighter {
            $0.destination.platform.limits.maxBase64Bytes = 40_000
            $0.options.outputFormat = .png
        }
        let images = try preflighter.prepareTiles(bytes: Pictures.file(Pictures.noise(80, 3400)).array)
        for image in images {
            let tile = try #require(image.preparation.tile)
            #expect(image.bytes.count <= 30_000)
            #expect(image.preparation.output.size.height < tile.size.height)
            #expect(image.preparation.map.cropSize == tile.size)
            #expect(image.preparation.map.outputSize == image.preparation.output.size)
        }
    }

    @Test("tiles respect every option, and a page with too many tiles is shrunk instead")
    func wishes() throws {
        func plan(_ size: PixelSize, _ change: (inout Preflighter) -> Void) throws -> TransformPlan {
            let preflighter = try Self.preflighter(change)
            let subject = ImageSubject(
                header: .success(ImageFacts(format: .png, size: size)), byteCount: 1000, promisedFormat: nil)
            return try preflighter.plan(
                CheckedImage(subject: subject, assessment: assess(subject, for: preflighter.destination)))
        }
        let page = PixelSize(width: 1440, height: 8570)
        let few = try plan(page) { $0.options.fit.maxTokens = 400 }
        #expect(
            try #require(few.tiles).tiles.allSatisfy { VisualTokens.count($0.size, tier: .standard) <= 400 })
        let edge = try plan(page) { $0.options.fit.maxEdge = 1000 }
        #expect(try #require(edge.tiles).tiles.allSatisfy { $0.size.longEdge <= 1000 })
        let native = try plan(page) { $0.options.fit.fit = .native }
        #expect(native.tiles?.count == 4)
        // The platform would take 8000 px, but the model would not see them.
        let limits = try plan(page) { $0.options.fit.fit = .limits }
        #expect(limits.tiles == native.tiles)
        let many = try plan(PixelSize(width: 1440, height: 8000)) {
            $0.options.fit.fit = .limits
            $0.destination.imagesPerRequest = 21
        }
        #expect(try #require(many.tiles).tiles.allSatisfy { $0.size.longEdge <= 2000 })
        let endless = try plan(PixelSize(width: 1440, height: 200_000)) { _ in }
        #expect(endless.tiles == nil && endless.reasons == [.resize])
        // Tiles are not snapped: that would make them smaller than the area they cover.
        let snapped = try plan(page) { $0.options.fit.snapsToPatches = true }
        #expect(snapped.tiles?.columns == [0..<1440])
    }

    @Test("either all tiles are written or none")
    func allOrNone() throws {
        let folder = try ScratchFolder()
        let source = try folder.write(Pictures.file(Self.page(60, 4000)).array, to: "page.png")
        let preflighter = try Self.preflighter()
        let files = try preflighter.prepareTiles(path: source) { format, tile in
            folder.path.appending("\((tile?.index ?? -1) + 1).\(format.rawValue)")
        }
        let names = (1...files.count).map { "\($0).png" }
        #expect(try folder.names == names + ["page.png"])
        for (file, name) in zip(files, names) {
            #expect(file.path == folder.path.appending(name))
            #expect(
                Digest.sha256(ImageBytes(copying: try folder.read(name))) == file.preparation.output.sha256)
        }
        let error = #expect(throws: PreflightError.self) {
            _ = try preflighter.prepareTiles(path: source) { _, tile in
                folder.path.appending(tile?.index == 2 ? "nowhere/x" : "b\(tile?.index ?? 9)")
            }
        }
        guard case .file(let failure) = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(failure.errno == ENOENT)
        #expect(try folder.names == names + ["page.png"])
    }

    @Test("a worker returns the tiles one after another, as in its row, or within its line")
    func worker() throws {
        let page = try Pictures.file(Self.page(60, 4000)).array
        let images = try Self.preflighter().prepareTiles(bytes: page)
        var worker = Worker(preflighter: try Self.preflighter())
        let base64 = Data(page).base64EncodedString()
        func answer(_ more: String) throws -> (Worker.Answer, ManifestRow, [String: Any]) {
            let line = #"{"id":1,"task":"prepare","name":"a/page.png","bytes_base64":"\#(base64)"\#(more)}"#
            let answer = worker.answer(ArraySlice(line.utf8))
            var writer = JSONFieldWriter()
            writer.appendLine(answer.reply)
            let object = try JSONSerialization.jsonObject(with: Data(writer.bytes)) as? [String: Any]
            return (
                answer, try JSONDecoder().decode(ManifestRow.self, from: Data(writer.bytes)),
                try #require(object)
            )
        }
        let (attached, row, reply) = try answer(#","attach":true"#)
        #expect(attached.attachments.map(\.array) == images.map(\.bytes))
        #expect(reply["attached_bytes"] as? Int == images.reduce(0) { $0 + $1.bytes.count })
        #expect(row.outputs.map(\.byteCount) == images.map(\.bytes.count))
        let count = images.count
        #expect(row.outputs.map(\.path.text) == (1...count).map { "page.tile-\($0)-of-\(count).png" })
        #expect(row.tiles.map(\.map) == images.map(\.preparation.map))
        let (_, _, object) = try answer("")
        let parts = object["tile_bytes"] as? [[String: String]]
        #expect(
            parts?.compactMap { $0["bytes_base64"].flatMap { Data(base64Encoded: $0) } }
                == images.map { Data($0.bytes) })
        #expect(object["bytes_base64"] == nil)
    }
}
