import Foundation
import ImageHeaders
import SystemPackage
import TestSupport
import Testing
import Vips
import VisionRules

@testable import ImagePreflight

@Suite("Measuring text and preparing by it")
struct TextMeasureTests {
    private static func path(_ name: String) -> FilePath {
        FilePath(Resources.testdata.appending(path: name).path)
    }

    private func preflighter(_ options: PrepareOptions, _ decoder: Preflighter.Decoder = .inProcess) throws
        -> Preflighter
    {
        try Preflighter(model: "claude-opus-5-5", platform: "claude-api", options: options, decoder: decoder)
    }

    private var workers: Preflighter.Decoder {
        .workers(executable: FilePath(FaultyDecoder.path), timeout: 60)
    }

    private let legible = PrepareOptions(fit: .legible())

    @Test("Pages have text of about their x-height; photos and logos have none")
    func kinds() throws {
        let preflighter = try preflighter(PrepareOptions())
        for (name, xHeight) in [
            ("screenshots/page-dark-1280x800.png", 12.0), ("screenshots/scan-1240x1754.jpg", 12),
            ("screenshots/fax-1728x2200.png", 15),
        ] {
            let text = try #require(try preflighter.inspectDeeply(path: Self.path(name)).text, "\(name)")
            #expect(abs(text.smallestXHeight - xHeight) <= 1 && text.letters > 500, "\(name): \(text)")
        }
        for name in [
            "screenshots/logo-800x800.png", "photos/fruit-1092x1092.jpg", "photos/valley-360x270.gif",
        ] {
            let image = try preflighter.inspectDeeply(path: Self.path(name))
            #expect(image.text == nil && image.subject.text?.measure == TextMeasure.none, "\(name)")
        }
        #expect(try preflighter.inspect(path: Self.path("screenshots/scan-1240x1754.jpg")).text == nil)
    }

    @Test("Luminance row by row gives the same measure as a deep check")
    func luminance() throws {
        let path = Self.path("screenshots/page-dark-1280x800.png")
        let pixels = try VipsImage(
            ImageBytes(copying: Array(try Data(contentsOf: URL(filePath: path.string)))), loader: .png
        ).pixels()
        var luminance: [UInt8] = []
        withExtendedLifetime(pixels) {
            for index in stride(from: 0, to: pixels.samples.count, by: pixels.bands) {
                let red = Int(pixels.samples[index]) * 77
                let green = Int(pixels.samples[index + 1]) * 150
                let blue = Int(pixels.samples[index + 2]) * 29
                luminance.append(UInt8((red + green + blue + 128) >> 8))
            }
        }
        let measure = TextMeasure(width: 1280, height: 800) { index, row in
            _ = row.update(fromContentsOf: luminance[index * 1280..<(index + 1) * 1280])
        }
        #expect(try preflighter(PrepareOptions()).inspectDeeply(path: path).text == measure)
        #expect(TextMeasure(width: 1280, height: 800) { _, row in row.update(repeating: 9) } == nil)
        #expect(TextMeasure(width: 0, height: 800) { _, _ in } == nil)
        #expect(TextMeasure(width: 1 << 25, height: 1) { _, _ in } == nil)
    }

    @Test("A page is measured upright in every stored orientation", arguments: Orientation.allCases)
    func orientations(orientation: Orientation) throws {
        let upright = try VipsImage(
            ImageBytes(
                copying: Array(
                    try Data(
                        contentsOf: Resources.testdata.appending(path: "screenshots/page-dark-1280x800.png")))
            ),
            loader: .png
        ).pixels()
        func measure(_ pixels: PixelBuffer, _ orientation: Orientation) -> TextMeasure? {
            let size = PixelSize(width: pixels.width, height: pixels.height)
            guard var reading = TextReading(size: size, orientation: orientation, background: .white) else {
                return nil
            }
            reading.take(pixels)
            return reading.finish()
        }
        // Turned back: the inverse of a quarter turn is the other one.
        let inverse: Orientation = orientation == .right ? .left : orientation == .left ? .right : orientation
        let stored = try VipsImage(upright).upright(from: inverse.rawValue).pixels()
        let measured = measure(stored, orientation)
        #expect(measured?.letters ?? 0 > 500 && measured == measure(upright, .up))
    }

    @Test(
        "Workers give the same measures and images as this process",
        arguments: [
            "screenshots/page-dark-1280x800.png", "screenshots/scan-1240x1754.jpg",
            "screenshots/chart-1600x900.webp",
            "photos/fruit-2000x2000.jpg", "screenshots/logo-800x800.png", "formats/convertible/bigtiff.tif",
        ])
    func places(name: String) throws {
        let url = Resources.testdata.appending(path: name)
        let bytes = Array(try Data(contentsOf: url))
        let (here, there) = (try preflighter(legible), try preflighter(legible, workers))
        let one = try here.prepareTiles(bytes: bytes)
        #expect(try there.prepareTiles(bytes: bytes) == one)
        let (_, made) = try there.made(path: FilePath(url.path))
        #expect(made.map { $0.bytes.array } == one.map(\.bytes))
        #expect(made.map(\.preparation.output) == one.map(\.preparation.output))
        #expect(made.first?.preparation.source.text == one.first?.source.text)
    }

    @Test("Preparing from the kept picture gives the same result as from the file")
    func kept() throws {
        let bytes = Array(
            try Data(contentsOf: Resources.testdata.appending(path: "screenshots/page-dark-1280x800.png")))
        let measured = try preflighter(legible).prepare(bytes: bytes)
        #expect(measured.action == .resized && measured.tokens < 400)
        var options = PrepareOptions()
        options.fit.size = measured.size
        #expect(try preflighter(options).prepare(bytes: bytes).bytes == measured.bytes)
    }

    @Test("Text that stays too small is a finding about the output, and tiles avoid it")
    func tooSmall() throws {
        let name = "screenshots/page-1440x4000.png"
        var options = PrepareOptions(fit: .legible(minXHeight: 12))
        let bytes = Array(try Data(contentsOf: Resources.testdata.appending(path: name)))
        let whole = try preflighter(options).prepare(bytes: bytes)
        #expect(whole.findings.map(\.code).contains(.textTooSmall))
        #expect(whole.source.findings.map(\.code).contains(.textTooSmall))
        options.tiling = Tiling()
        let tiles = try preflighter(options).prepareTiles(bytes: bytes)
        #expect(tiles.count > 1 && tiles.allSatisfy { !$0.findings.map(\.code).contains(.textTooSmall) })
    }

    @Test("Of the tiles of a page, only those with text keep full detail")
    func tilesWithoutText() throws {
        // Text of 7 px above, a shade and one short word below.
        let pixels = Pictures.rgb(1600, 7000) { x, y in
            let (column, row) = (x % 9, y % 21)
            let isInk = column < 6 && row < 7 && (column % 5 == 0 || row % 6 == 0)
            let hasText = y < 2000 && (x / 9) % 6 != 5 || (6000..<6021).contains(y) && (90..<140).contains(x)
            return isInk && hasText ? (0, 0, 0) : (240, UInt8(200 + y / 200), 250)
        }
        let bytes = try Pictures.file(pixels).array
        var options = legible
        options.tiling = Tiling()
        let tiles = try preflighter(options).prepareTiles(bytes: bytes)
        #expect(tiles.count > 2)
        for tile in tiles {
            let part = try #require(tile.tile)
            let hasText = part.rows.lowerBound < 2000 || part.rows.contains(6010)
            #expect(tile.size == (hasText ? part.size : RecommendedSize.size(for: part.size)), "\(part)")
            #expect(!tile.findings.map(\.code).contains(.textTooSmall))
            let all = PixelBox(
                x: 0, y: 0, width: Double(tile.size.width), height: Double(tile.size.height))
            #expect(abs(tile.original(all).height - Double(part.rows.count)) < 0.01)
        }
        #expect(tiles.contains { $0.size != $0.tile?.size } && tiles.contains { $0.size == $0.tile?.size })
        #expect(try preflighter(options, workers).prepareTiles(bytes: bytes) == tiles)
    }

    @Test(
        "A worker that lies or dies costs only the image, not the run",
        arguments: ["crash", "lie-size"])
    func faults(fault: String) throws {
        let folder = try TemporaryFolder()
        let page = Array(
            try Data(contentsOf: Resources.testdata.appending(path: "screenshots/page-dark-1280x800.png")))
        let preflighter = try preflighter(legible, workers)
        let broken = FilePath(try folder.write("fault-\(fault).png", page))
        let error = #expect(throws: PreflightError.self) { try preflighter.made(path: broken) }
        #expect(error?.findings.map(\.code) == [.decoderFailed])
        #expect(try preflighter.made(path: FilePath(try folder.write("honest.png", page))).1.count == 1)
    }
}
