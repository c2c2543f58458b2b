import ImageHeaders
import Testing
import Vips
import VisionRules

@testable import ImagePreflight

/// A page of small text with known content, and a reader that recognizes it by its shapes.
private struct TextPage {
    /// Hexadecimal digits of 5×7 px, like capitals of a font under 12 px: a number per row, highest bit left.
    static let glyphs: [[UInt8]] = [
        [0x0E, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0E], [0x04, 0x0C, 0x04, 0x04, 0x04, 0x04, 0x0E],
        [0x0E, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1F], [0x1F, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0E],
        [0x02, 0x06, 0x0A, 0x12, 0x1F, 0x02, 0x02], [0x1F, 0x10, 0x1E, 0x01, 0x01, 0x11, 0x0E],
        [0x06, 0x08, 0x10, 0x1E, 0x11, 0x11, 0x0E], [0x1F, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08],
        [0x0E, 0x11, 0x11, 0x0E, 0x11, 0x11, 0x0E], [0x0E, 0x11, 0x11, 0x0F, 0x01, 0x02, 0x0C],
        [0x0E, 0x11, 0x11, 0x11, 0x1F, 0x11, 0x11], [0x1E, 0x11, 0x11, 0x1E, 0x11, 0x11, 0x1E],
        [0x0E, 0x11, 0x10, 0x10, 0x10, 0x11, 0x0E], [0x1C, 0x12, 0x11, 0x11, 0x11, 0x12, 0x1C],
        [0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x1F], [0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x10],
    ]
    static let (glyphWidth, glyphHeight) = (5, 7)
    /// From one digit to the next, px.
    static let advance = 6
    /// From one line to the next, px.
    static let pitch = 16

    struct Line: Hashable {
        let x: Int
        let y: Int
        let digits: [Int]
        var rows: Range<Int> { y..<y + glyphHeight }
    }

    let size: PixelSize
    let lines: [Line]

    init(_ size: PixelSize, digitsPerLine: Int) {
        self.size = size
        var generator = SeededGenerator(seed: 12)
        lines = stride(from: 5, to: size.height - Self.pitch, by: Self.pitch).map { y in
            Line(
                x: .random(in: 10...(size.width - 10 - digitsPerLine * Self.advance), using: &generator),
                y: y,
                digits: (0..<digitsPerLine).map { _ in .random(in: 0..<16, using: &generator) })
        }
    }

    /// The weight of each px in a shape's score: more where it has ink, less where it has none, 0 in total.
    private static let shapes: [[Double]] = glyphs.indices.map { digit in
        let ink = (0..<glyphWidth * glyphHeight).map { hasInk(digit, $0 % glyphWidth, $0 / glyphWidth) }
        let share = Double(ink.count { $0 }) / Double(ink.count)
        let length = (share * (1 - share)).squareRoot()
        return ink.map { (share - ($0 ? 1 : 0)) / length }
    }

    /// Whether a glyph has ink at a px.
    static func hasInk(_ digit: Int, _ x: Int, _ y: Int) -> Bool {
        glyphs[digit][y] >> UInt8(glyphWidth - 1 - x) & 1 == 1
    }

    /// The page, black on white.
    var pixels: PixelBuffer {
        let page = PixelBuffer(width: size.width, height: size.height, bands: 3, colors: .rgb)
        page.samples.initializeMemory(as: UInt8.self, repeating: 255)
        for line in lines {
            for (index, digit) in line.digits.enumerated() {
                for y in 0..<Self.glyphHeight {
                    for x in 0..<Self.glyphWidth where Self.hasInk(digit, x, y) {
                        let column = line.x + index * Self.advance + x
                        let offset = (line.y + y) * page.stride + column * 3
                        for band in 0..<3 { page.samples[offset + band] = 0 }
                    }
                }
            }
        }
        return page
    }

    /// The best matches for a line's digits in a picture of the page or part of it.
    static func read(_ line: Line, in picture: PixelBuffer, map: CoordinateMap) -> [Int] {
        line.digits.indices.map { index in
            var values: [Double] = []
            for y in 0..<glyphHeight {
                for x in 0..<glyphWidth {
                    let column = Double(line.x + index * advance + x) + 0.5
                    let place = map.seen(upright: PixelPoint(x: column, y: Double(line.y + y) + 0.5))
                    values.append(brightness(of: picture, at: place))
                }
            }
            return mostAlike(values)
        }
    }

    /// The brightness interpolated between px centers, as a viewer shows an enlarged picture.
    private static func brightness(of picture: PixelBuffer, at point: PixelPoint) -> Double {
        func sample(_ x: Int, _ y: Int) -> Double {
            let x = min(max(x, 0), picture.width - 1)
            let y = min(max(y, 0), picture.height - 1)
            return Double(picture.samples[y * picture.stride + x * picture.bands])
        }
        let (left, top) = ((point.x - 0.5).rounded(.down), (point.y - 0.5).rounded(.down))
        let (toRight, down) = (point.x - 0.5 - left, point.y - 0.5 - top)
        let (x, y) = (Int(left), Int(top))
        let upper = sample(x, y) * (1 - toRight) + sample(x + 1, y) * toRight
        let lower = sample(x, y + 1) * (1 - toRight) + sample(x + 1, y + 1) * toRight
        return upper * (1 - down) + lower * down
    }

    /// The digit whose shape correlates most with values, regardless of contrast.
    private static func mostAlike(_ values: [Double]) -> Int {
        let scores = shapes.map { shape in
            var score = 0.0
            for index in values.indices { score += values[index] * shape[index] }
            return score
        }
        return scores.indices.max { scores[$0] < scores[$1] } ?? 0
    }
}

@Suite("Small text on a tall page")
struct LegibilityTests {
    /// The share of digits that are read correctly.
    private func share(_ lines: [TextPage.Line], in image: PreparedImage) throws -> Double {
        let pixels = try TileTests.pixels(image)
        var (right, all) = (0, 0)
        for line in lines {
            let read = TextPage.read(line, in: pixels, map: image.preparation.map)
            right += zip(read, line.digits).count { $0 == $1 }
            all += line.digits.count
        }
        return Double(right) / Double(all)
    }

    @Test("is read to the last digit in every tile of a 1440×8570 px page, and lost if the page is shrunk")
    func legibility() throws {
        let page = TextPage(PixelSize(width: 1440, height: 8570), digitsPerLine: 4)
        let file = try Pictures.file(page.pixels).array
        let tiles = try TileTests.preflighter().prepareTiles(bytes: file)
        #expect(tiles.count == 12)
        var whole: Set<TextPage.Line> = []
        for image in tiles {
            let tile = try #require(image.preparation.tile)
            let lines = page.lines.filter { tile.rows.clamped(to: $0.rows) == $0.rows }
            #expect(lines.count > 40)
            #expect(try share(lines, in: image) == 1, "\(tile)")
            whole.formUnion(lines)
        }
        #expect(whole.count == page.lines.count, "every line is complete on some tile")

        for fit in [FitOptions.Fit.recommended, .native] {
            let smaller = try TileTests.preflighter { $0.options.fit.fit = fit }.prepare(bytes: file)
            #expect(smaller.preparation.action == .resized)
            // One of sixteen digits is right by chance.
            #expect(try share(page.lines, in: smaller) < 0.25, "\(fit)")
        }
    }
}
