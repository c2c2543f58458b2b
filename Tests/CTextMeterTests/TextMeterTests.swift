import CTextMeter
import Testing

/// A picture with one byte per px.
private struct Picture {
    let width: Int
    let height: Int
    var rows: [UInt8]

    init(_ width: Int, _ height: Int, _ value: UInt8 = 255) {
        (self.width, self.height) = (width, height)
        rows = [UInt8](repeating: value, count: width * height)
    }

    mutating func fill(_ columns: Range<Int>, _ lines: Range<Int>, _ value: UInt8) {
        for y in lines { for x in columns { rows[y * width + x] = value } }
    }

    /// Copies a picture that is not wider than this one to the left edge.
    mutating func draw(_ other: Picture, below top: Int) {
        for y in 0..<other.height {
            let start = (top + y) * width
            let row = other.rows[y * other.width..<(y + 1) * other.width]
            rows.replaceSubrange(start..<start + other.width, with: row)
        }
    }

    /// Lines of frames, some with an ascender: shaped like letters.
    static func text(
        xHeight: Int, letters: Int = 40, lines: Int = 4, ink: UInt8 = 0, paper: UInt8 = 255
    ) -> Picture {
        let (stroke, pitch) = (max(xHeight / 6, 1), xHeight * 5 / 4)
        var picture = Picture(pitch * (letters + 2), xHeight * 3 * (lines + 1), paper)
        for line in 0..<lines {
            let bottom = xHeight * 3 * (line + 1)
            for letter in 0..<letters where letter % 6 != 0 {
                let height = letter % 3 == 2 ? xHeight * 3 / 2 : xHeight
                let (left, right) = (pitch * (letter + 1), pitch * (letter + 1) + xHeight * 4 / 5)
                picture.fill(left..<right, bottom - height..<bottom, ink)
                picture.fill(
                    left + stroke..<right - stroke, bottom - height + stroke..<bottom - stroke, paper)
            }
        }
        return picture
    }

    /// Lines of words whose letters hang on a line, as in Devanagari, up to twelve times as wide as high.
    static func hangingWords(height: Int, lines: Int = 5) -> Picture {
        var picture = Picture(height * 70, height * 2 * (lines + 1))
        for line in 0..<lines {
            let top = height * 2 * (line + 1) - height
            var left = height
            for word in 0..<9 {
                let letters = 3 + (word * 5 + line) % 6
                let right = left + letters * height
                picture.fill(left..<right, top..<top + height / 8 + 1, 0)
                for letter in 0..<letters {
                    let stem = left + letter * height + height / 2
                    picture.fill(stem..<stem + height / 8 + 1, top..<top + height, 0)
                    let middle = top + height / 2
                    picture.fill(left + letter * height..<stem, middle..<middle + height / 8 + 1, 0)
                    picture.fill(stem..<stem + height / 3, top + height * 2 / 3..<top + height * 2 / 3 + 2, 0)
                }
                left = right + height / 2
            }
        }
        return picture
    }

    func measure(rowsAtOnce: Int = .max) throws -> itm_text {
        let meter = try #require(itm_meter_new(Int32(width), Int32(height)))
        defer { itm_meter_free(meter) }
        var row = 0
        while row < height {
            let count = min(rowsAtOnce, height - row)
            let part = Array(rows[row * width..<(row + count) * width])
            #expect(itm_meter_push(meter, part, width, Int32(count)) == 0)
            row += count
        }
        return itm_meter_finish(meter)
    }
}

@Suite("The height of letters")
struct TextMeterTests {
    @Test(
        "Letters are measured within a px or 15 %, dark on light and light on dark",
        arguments: [5, 7, 10, 16, 23])
    func heights(xHeight: Int) throws {
        for (ink, paper) in [(0, 255), (230, 20), (90, 160)] as [(UInt8, UInt8)] {
            let text = try Picture.text(xHeight: xHeight, ink: ink, paper: paper).measure()
            #expect(text.letters >= 100)
            let error = abs(Double(text.smallest) / 16 - Double(xHeight))
            #expect(error <= max(1, Double(xHeight) * 0.15), "\(ink) on \(paper)")
            #expect(text.bulk >= text.smallest)
        }
    }

    @Test("Large letters are measured at a smaller scale, within 15 %", arguments: [30, 44, 64, 90])
    func largeHeights(xHeight: Int) throws {
        let text = try Picture.text(xHeight: xHeight, letters: 24).measure()
        #expect(abs(Double(text.smallest) / 16 - Double(xHeight)) <= Double(xHeight) * 0.15)
    }

    @Test("The smaller of two sizes is reported if a tenth of the letters has it")
    func twoSizes() throws {
        let (large, small) = (Picture.text(xHeight: 20, lines: 6), Picture.text(xHeight: 9, lines: 3))
        var page = Picture(large.width, large.height + small.height)
        page.draw(large, below: 0)
        page.draw(small, below: large.height)
        let text = try page.measure()
        #expect(abs(Double(text.smallest) / 16 - 9) <= 1 && abs(Double(text.bulk) / 16 - 20) <= 3)
    }

    @Test("Words that are a single shape are measured by their height", arguments: [12, 16, 24])
    func words(height: Int) throws {
        let text = try Picture.hangingWords(height: height).measure()
        #expect(text.letters >= 20)
        #expect(abs(Double(text.smallest) / 16 - Double(height)) <= Double(height) * 0.15)
    }

    @Test("A few letters are too few for a measure, but still look like text")
    func candidates() throws {
        let word = try Picture.text(xHeight: 12, letters: 7, lines: 1).measure()
        #expect(word.letters == 0 && word.candidates > 0)
        #expect(try Picture(400, 300).measure().candidates == 0)
        let page = try Picture.text(xHeight: 12).measure()
        #expect(page.candidates >= page.letters)
    }

    @Test("Noise, gradients, stripes, checkerboards and blank images are not text")
    func texture() throws {
        var state: UInt64 = 7
        func random() -> UInt8 {
            state = state &* 6_364_136_223_846_793_005 &+ 1
            return UInt8(truncatingIfNeeded: state >> 56)
        }
        var noise = Picture(300, 200)
        for index in noise.rows.indices { noise.rows[index] = random() }
        var gradient = Picture(300, 200)
        for index in gradient.rows.indices { gradient.rows[index] = UInt8(index % 300 * 255 / 300) }
        var stripes = Picture(300, 200)
        for x in stride(from: 0, to: 290, by: 8) { stripes.fill(x..<x + 4, 0..<200, 0) }
        var board = Picture(300, 200)
        for y in 0..<20 {
            for x in 0..<30 where (x + y) % 2 == 0 {
                board.fill(x * 10..<x * 10 + 10, y * 10..<y * 10 + 10, 0)
            }
        }
        for picture in [noise, gradient, stripes, board, Picture(1, 1), Picture(1, 400), Picture(400, 1)] {
            #expect(try picture.measure().letters == 0)
        }
    }

    @Test("The result does not depend on how many rows come at once or where bands end")
    func rows() throws {
        let short = Picture.text(xHeight: 8, letters: 30, lines: 200)
        let whole = try short.measure()
        #expect(whole.letters > 4000)
        for count in [1, 7, 333] {
            let parts = try short.measure(rowsAtOnce: count)
            #expect(
                parts.letters == whole.letters && parts.smallest == whole.smallest && parts.bulk == whole.bulk
            )
        }
    }

    @Test("Letters are counted even if there are more than a band holds")
    func manyLetters() throws {
        let text = try Picture.text(xHeight: 6, letters: 400, lines: 120).measure()
        #expect(text.letters > 36_000)
        #expect(abs(Double(text.smallest) / 16 - 6) <= 1)
    }

    @Test("Invalid sizes and more rows than announced are refused")
    func refusals() throws {
        for (width, height) in [(0, 1), (1, 0), (-1, 5), (1 << 25, 1), (1, 1 << 25)] as [(Int32, Int32)] {
            #expect(itm_meter_new(width, height) == nil)
        }
        let meter = try #require(itm_meter_new(4, 2))
        defer { itm_meter_free(meter) }
        let rows = [UInt8](repeating: 0, count: 12)
        #expect(itm_meter_push(meter, rows, 4, 3) == -1)
        #expect(itm_meter_push(meter, rows, 4, 2) == 0)
        #expect(itm_meter_push(meter, rows, 4, 1) == -1)
        #expect(itm_meter_finish(meter).letters == 0)
        #expect(itm_meter_push(meter, rows, 4, 1) == -1)
    }

    @Test(
        "Contrast matches its definition", arguments: [(1, 1), (3, 40), (64, 33), (131, 70), (257, 5)])
    func contrast(width: Int, height: Int) {
        var state: UInt64 = 11
        let rows = (0..<width * height).map { index -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1
            // Runs and noise.
            return index / 9 % 3 == 0 ? UInt8(truncatingIfNeeded: state >> 56) : index / 40 % 2 == 0 ? 255 : 0
        }
        var (dark, light) = (rows, rows)
        var (plainDark, plainLight) = (rows, rows)
        #expect(itm_contrast(rows, Int32(width), Int32(height), &dark, &light) == 0)
        itm_contrast_reference(rows, Int32(width), Int32(height), &plainDark, &plainLight)
        #expect(dark == plainDark && light == plainLight)
    }

    @Test("Luminance is BT.601 luma, with transparent px over the background")
    func luminance() {
        func luminance(_ pixels: [UInt8], bands: Int32, background: UInt8 = 255) -> [UInt8] {
            var result = [UInt8](repeating: 0, count: pixels.count / Int(bands))
            itm_luminance(pixels, Int32(result.count), bands, background, &result)
            return result
        }
        #expect(luminance([0, 99, 255], bands: 1) == [0, 99, 255])
        #expect(luminance([255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255], bands: 3) == [255, 77, 149, 29])
        #expect(luminance([0, 0, 0, 255, 100, 128], bands: 2) == [255, 0, 177])
        #expect(luminance([0, 0, 0, 0, 9, 9, 9, 255], bands: 4, background: 40) == [40, 9])
    }
}
