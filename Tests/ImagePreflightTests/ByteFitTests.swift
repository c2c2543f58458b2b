import ImageHeaders
import Testing
import Vips

@testable import ImagePreflight

@Suite struct ByteFitTests {
    private static let jpeg = OutputChoice(wanted: .jpeg, source: .png, hasAlpha: false, kind: .photo)
    private static let png = OutputChoice(wanted: .png, source: .png, hasAlpha: false, kind: .drawing)
    private let noise = Pictures.noise(240, 180)

    private func fit(
        _ choice: OutputChoice, maxBytes: Int, quality: Int = 85
    ) throws(PreflightError) -> FittedImage {
        try ByteFit(maxBytes: maxBytes, choice: choice, quality: quality).fitted(noise)
    }

    @Test("A picture that fits is encoded once, at the requested quality")
    func usual() throws {
        let result = try fit(Self.jpeg, maxBytes: 1_000_000)
        #expect(result.encodes == 1)
        #expect(result.quality == 85)
        #expect(result.size == PixelSize(width: 240, height: 180))
    }

    @Test("A slightly lower limit needs only lower quality, and the best one is found")
    func quality() throws {
        let full = try fit(Self.jpeg, maxBytes: .max).bytes.count
        let lowest = try fit(Self.jpeg, maxBytes: .max, quality: 40).bytes.count
        let limit = (full + lowest) / 2
        let result = try fit(Self.jpeg, maxBytes: limit)
        #expect(result.bytes.count <= limit)
        #expect(result.encodes <= ByteFit.maxEncodes)
        #expect(result.size == PixelSize(width: 240, height: 180))
        let quality = try #require(result.quality)
        #expect((41..<85).contains(quality))
        let next = try fit(Self.jpeg, maxBytes: .max, quality: quality + 4).bytes.count
        #expect(next > limit)
    }

    @Test(
        "Noise is shrunk until it fits, in at most six encodes", arguments: [20_000, 9_000, 3_000, 900])
    func size(maxBytes: Int) throws {
        for choice in [Self.jpeg, Self.png] {
            let result = try fit(choice, maxBytes: maxBytes)
            #expect(result.bytes.count <= maxBytes)
            #expect(result.bytes.count > maxBytes / 2)
            #expect(result.encodes <= ByteFit.maxEncodes)
            let pixels = try result.decoded()
            #expect(PixelSize(width: pixels.width, height: pixels.height) == result.size)
        }
    }

    @Test("A lossless picture over the limit becomes lossy before it becomes small")
    func fallback() throws {
        let choice = OutputChoice(wanted: .auto, source: .png, hasAlpha: false, kind: .drawing)
        let result = try fit(choice, maxBytes: 60_000)
        #expect(result.codec == .jpeg)
        #expect(result.size == PixelSize(width: 240, height: 180))
        // A lossless WebP is tried before anything is lost.
        #expect(result.encodes == (writesWebPFreely ? 3 : 2))
    }

    /// Lines in many colors on white: more than a palette holds, and flat enough for a drawing.
    private static func drawing(_ width: Int, _ height: Int) -> PixelBuffer {
        Pictures.rgb(width, height) { x, y in
            let isLine = (x / 3 * 7 + y / 5 * 13) % 17 < 4
            let shade = UInt8((x * 31 + y * 17) % 61)
            return isLine ? (20 + shade, UInt8(x % 97), UInt8(y % 89)) : (250, 250, 252)
        }
    }

    @Test("A drawing with a large PNG becomes a lossless WebP if that saves a tenth")
    func alternative() throws {
        try #require(writesWebPFreely)
        let drawing = Self.drawing(900, 700)
        #expect(ContentKind(drawing) == .drawing)
        let auto = OutputChoice(wanted: .auto, source: .png, hasAlpha: false, kind: .drawing)
        let asPNG = try ByteFit(maxBytes: .max, choice: Self.png, quality: 85).fitted(drawing)
        #expect(asPNG.codec == .png && asPNG.encodes == 1)
        #expect(asPNG.bytes.count > ByteFit.smallFile)
        let result = try ByteFit(maxBytes: .max, choice: auto, quality: 85).fitted(drawing)
        #expect(result.codec == .losslessWebP && result.encodes == 2)
        #expect(result.bytes.count <= asPNG.bytes.count / 10 * 9)
        #expect(try result.decoded().array == drawing.array)
    }

    @Test("Small files, gray and very large pictures stay PNG")
    func noAlternative() throws {
        let auto = OutputChoice(wanted: .auto, source: .png, hasAlpha: false, kind: .drawing)
        let fit = ByteFit(maxBytes: .max, choice: auto, quality: 85)
        let small = try fit.fitted(Self.drawing(120, 90))
        #expect(small.codec == .png && small.encodes == 1)
        #expect(small.bytes.count <= ByteFit.smallFile)
        let gray = PixelBuffer(width: 360, height: 360, bands: 1, colors: .gray)
        for index in 0..<gray.samples.count { gray.samples[index] = noise.samples[index] }
        let ofGray = try fit.fitted(gray)
        #expect(ofGray.codec == .png && ofGray.encodes == 1)
        #expect(ofGray.bytes.count > ByteFit.smallFile)
        let large = try fit.fitted(Self.drawing(2048, 2049))
        #expect(large.codec == .png && large.encodes == 1)
    }

    @Test("Parts of one picture are encoded alike")
    func following() {
        let auto = OutputChoice(wanted: .auto, source: .png, hasAlpha: false, kind: .drawing)
        #expect(auto.following(.losslessWebP).preferred == .losslessWebP)
        #expect(auto.following(.losslessWebP).alternative == nil)
        #expect(auto.following(.losslessWebP).fallback == .jpeg)
        #expect(auto.following(.png).preferred == .png)
        #expect(auto.following(.png).alternative == nil)
        #expect(auto.following(.jpeg) == auto)
    }

    /// Whether writing a WebP does not require starting libvips.
    private var writesWebPFreely: Bool { DirectCodecs.hasWebP || !DirectCodecs.hasPNG }

    @Test("A picture that cannot fit at all is an error that says so")
    func nothingFits() {
        let error = #expect(throws: PreflightError.self) { _ = try fit(Self.jpeg, maxBytes: 10) }
        guard case .cannotFit(let attempt) = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(attempt.maxBytes == 10)
        #expect(attempt.smallestByteCount > 10)
        #expect(attempt.encodes <= ByteFit.maxEncodes)
    }
}

@Suite struct ContentKindTests {
    @Test("A camera image is a photo, in color and in gray")
    func photos() {
        #expect(ContentKind(Pictures.photo(160, 120)) == .photo)
        #expect(ContentKind(Pictures.noise(160, 120)) == .photo)
    }

    @Test("A screenshot is a drawing, even after resizing")
    func drawings() throws {
        let screenshot = Pictures.screenshot(640, 400)
        #expect(ContentKind(screenshot) == .drawing)
        let smaller = try Resampling.smaller(screenshot, size: PixelSize(width: 364, height: 228))
        #expect(ContentKind(smaller) == .drawing)
    }

    @Test("A photo on white paper is a photo")
    func photoOnWhite() {
        let photo = Pictures.photo(160, 120)
        let page = Pictures.rgb(160, 120) { x, y in
            guard (30..<130).contains(x), (20..<100).contains(y) else { return (255, 255, 255) }
            let found = Pictures.pixel(photo, x, y)
            return (UInt8(found[0]), UInt8(found[1]), UInt8(found[2]))
        }
        #expect(ContentKind(page) == .photo)
    }

    @Test("A single color is a drawing, and so is a single pixel")
    func flat() {
        #expect(ContentKind(Pictures.rgb(40, 30) { _, _ in (9, 9, 9) }) == .drawing)
        #expect(ContentKind(Pictures.rgb(1, 1) { _, _ in (9, 9, 9) }) == .drawing)
    }

    @Test("The choice of codec depends on the options, the source and the picture")
    func choices() {
        func choice(
            _ wanted: PrepareOptions.OutputFormat, _ source: ImageFormat, alpha: Bool, _ kind: ContentKind
        ) -> [OutputCodec] {
            let choice = OutputChoice(wanted: wanted, source: source, hasAlpha: alpha, kind: kind)
            return [choice.preferred] + (choice.fallback.map { [$0] } ?? [])
        }
        #expect(choice(.auto, .jpeg, alpha: false, .drawing) == [.jpeg])
        #expect(choice(.auto, .png, alpha: false, .photo) == [.jpeg])
        #expect(choice(.auto, .png, alpha: false, .drawing) == [.png, .jpeg])
        #expect(choice(.auto, .png, alpha: true, .drawing) == [.png, .webp])
        #expect(choice(.auto, .webp, alpha: true, .photo) == [.losslessWebP, .webp])
        #expect(choice(.jpeg, .png, alpha: true, .drawing) == [.jpeg])
        #expect(choice(.png, .jpeg, alpha: false, .photo) == [.png])
        #expect(choice(.webp, .jpeg, alpha: false, .drawing) == [.webp])
        #expect(choice(.webp, .png, alpha: false, .drawing) == [.losslessWebP, .webp])
    }
}
