import Foundation
import Testing
import Vips

@Suite struct VipsImageTests {
    /// 5×3 px RGB whose samples are all different.
    private static func numbered(bands: Int = 3, colors: SampleColors = .rgb) -> PixelBuffer {
        let pixels = PixelBuffer(width: 5, height: 3, bands: bands, colors: colors)
        for index in 0..<pixels.samples.count { pixels.samples[index] = UInt8(index * 3) }
        return pixels
    }

    private static func samples(_ pixels: PixelBuffer) -> [UInt8] { pixels.array }

    private static let plainPNG = Encoding.png(compression: 1, filters: .none)

    @Test(
        "Lossless codecs give back identical samples",
        arguments: [
            (plainPNG, Loader.png), (.losslessWebP(quality: 20, effort: 1), .webp),
            (.png(compression: 9, filters: [.sub, .up, .average, .paeth], isInterlaced: true), .png),
        ])
    func losslessRoundTrip(encoding: Encoding, loader: Loader) throws {
        let pixels = Self.numbered()
        let file = try VipsImage(pixels).encoded(as: encoding)
        let image = try VipsImage(file, loader: loader)
        #expect(image.width == 5)
        #expect(image.height == 3)
        #expect(try Self.samples(image.pixels()) == Self.samples(pixels))
    }

    @Test("Alpha survives PNG and lossless WebP")
    func alphaRoundTrip() throws {
        let pixels = Self.numbered(bands: 4)
        for index in stride(from: 3, to: 60, by: 4) { pixels.samples[index] = 200 }
        let png = try VipsImage(VipsImage(pixels).encoded(as: Self.plainPNG), loader: .png)
        let hasAlpha = png.hasAlpha
        #expect(hasAlpha)
        #expect(try Self.samples(png.pixels()) == Self.samples(pixels))
        let webp = try VipsImage(
            VipsImage(pixels).encoded(as: .losslessWebP(quality: 20, effort: 1)), loader: .webp)
        #expect(try Self.samples(webp.pixels()) == Self.samples(pixels))
    }

    @Test("A JPEG is decoded at one half, one quarter and one eighth", arguments: [2, 4, 8])
    func shrinkOnLoad(shrink: Int) throws {
        let pixels = PixelBuffer(width: 33, height: 17, bands: 3, colors: .rgb)
        for index in 0..<pixels.samples.count { pixels.samples[index] = 90 }
        let file = try VipsImage(pixels).encoded(as: .jpeg(quality: 90))
        let image = try VipsImage(file, loader: .jpeg, shrink: shrink)
        let (width, height) = (image.width, image.height)
        #expect(width == 33 / shrink)
        #expect(height == 17 / shrink)
        #expect(try Self.samples(image.pixels()).allSatisfy { $0 == 90 })
    }

    /// The version to test, set by `make test-newer-libvips`.
    private static let wantedVersion = ProcessInfo.processInfo.environment["IMAGE_PREFLIGHT_TEST_LIBVIPS"]

    @Test("The requested libvips is the one that is loaded", .enabled(if: wantedVersion != nil))
    func loadedVersion() throws {
        _ = try VipsImage(Self.numbered()).encoded(as: Self.plainPNG)
        #expect(VipsRuntime.version == Self.wantedVersion)
    }

    @Test("Only the named loader is tried")
    func namedLoader() throws {
        let png = try VipsImage(Self.numbered()).encoded(as: Self.plainPNG)
        for loader in Loader.allCases where loader != .png {
            let error = #expect(throws: VipsError.self) { _ = try VipsImage(png, loader: loader) }
            #expect(error?.code == .open)
        }
    }

    @Test("Bytes of no format are refused by every loader", arguments: Loader.allCases)
    func garbage(loader: Loader) {
        let error = #expect(throws: VipsError.self) {
            _ = try VipsImage(ImageBytes(copying: [UInt8](repeating: 7, count: 100)), loader: loader)
        }
        #expect(error?.code == .open)
        #expect(error?.description == "libvips could not open the image")
    }

    @Test("An empty file is refused without a crash")
    func empty() {
        #expect(throws: VipsError.self) { _ = try VipsImage(ImageBytes(copying: []), loader: .png) }
    }

    @Test("Truncated data is an error when the pixels are read, not when the file is opened")
    func truncated() throws {
        let pixels = PixelBuffer(width: 64, height: 64, bands: 3, colors: .rgb)
        for index in 0..<pixels.samples.count {
            pixels.samples[index] = UInt8(truncatingIfNeeded: index * index)
        }
        for (encoding, loader) in [(Self.plainPNG, Loader.png), (.jpeg(quality: 95), .jpeg)] {
            let file = try VipsImage(pixels).encoded(as: encoding).array
            let half = ImageBytes(copying: Array(file.prefix(file.count / 2)))
            let image = try VipsImage(half, loader: loader)
            let error = #expect(throws: VipsError.self) { try image.readThrough() }
            #expect(error?.code == .readPixels)
        }
    }

    @Test(
        "The stored top left pixel ends up where EXIF says",
        arguments: [
            (1, 0, 0), (2, 4, 0), (3, 4, 2), (4, 0, 2), (5, 0, 0), (6, 2, 0), (7, 2, 4), (8, 0, 4),
        ])
    func orientation(exif: Int, x: Int, y: Int) throws {
        let pixels = Self.numbered()
        let upright = try VipsImage(pixels).upright(from: exif).pixels()
        #expect(upright.width == (exif < 5 ? 5 : 3))
        #expect(upright.height == (exif < 5 ? 3 : 5))
        let offset = y * upright.stride + x * 3
        #expect(Array(upright.samples[offset..<(offset + 3)]) == Array(pixels.samples[0..<3]))
    }

    @Test("Rows come in order, in strips of the requested height, and then end")
    func rows() throws {
        let pixels = Self.numbered()
        var rows = try VipsRows(VipsImage(pixels))
        var counts: [Int] = []
        var first: [UInt8] = []
        while let strip = try rows.next(2) {
            counts.append(strip.count)
            first.append(strip.samples[0])
        }
        #expect(counts == [2, 1])
        #expect(first == [0, pixels.samples[2 * pixels.stride]])
        #expect(try rows.next(2) == nil)
    }

    @Test(
        "libvips' resizing gives exactly the requested size", arguments: [(1, 1), (7, 5), (99, 50), (100, 1)])
    func resize(width: Int, height: Int) throws {
        let pixels = PixelBuffer(width: 100, height: 51, bands: 4, colors: .rgb)
        for index in 0..<pixels.samples.count { pixels.samples[index] = 128 }
        let result = try VipsImage(pixels).resized(width: width, height: height).pixels()
        #expect(result.width == width)
        #expect(result.height == height)
        #expect(Self.samples(result).allSatisfy { (127...129).contains($0) })
    }

    @Test("16 bits become 8, with their alpha")
    func sixteenBits() throws {
        let samples: [UInt16] = [0, 0x8080, 0xFFFF, 0x4040]
        let owner = ImageBytes(copying: samples.withUnsafeBytes { Array($0) })
        let result = try owner.withUnsafeBytes { bytes in
            try VipsImage(
                wrapping: bytes, owner: owner, width: 1, height: 1, bands: 4, bytesPerSample: 2, colors: .rgb
            )
            .convertedToSRGB(honorsProfile: true).pixels()
        }
        #expect(Self.samples(result) == [0, 0x80, 0xFF, 0x40])
    }

    @Test("CMYK without a profile becomes sRGB: no ink is white, and black ink is dark")
    func cmyk() throws {
        let pixels = PixelBuffer(width: 2, height: 1, bands: 4, colors: .cmyk)
        pixels.samples.copyBytes(from: [0, 0, 0, 0, 0, 0, 0, 255])
        let result = try VipsImage(pixels).convertedToSRGB(honorsProfile: true).pixels()
        #expect(result.bands == 3)
        #expect(Self.samples(result)[..<3].allSatisfy { $0 >= 250 })
        #expect(Self.samples(result)[3...].allSatisfy { $0 <= 60 })
    }

    @Test("A transparent pixel shows the background, an opaque one shows itself")
    func flatten() throws {
        let pixels = PixelBuffer(width: 2, height: 1, bands: 4, colors: .rgb)
        pixels.samples.copyBytes(from: [9, 9, 9, 0, 50, 60, 70, 255])
        let result = try VipsImage(pixels).flattened(red: 10, green: 20, blue: 30).pixels()
        #expect(Self.samples(result) == [10, 20, 30, 50, 60, 70])
    }

    @Test("Gray with alpha becomes RGB over a colored background and stays gray over white")
    func flattenGray() throws {
        let pixels = PixelBuffer(width: 2, height: 1, bands: 2, colors: .gray)
        pixels.samples.copyBytes(from: [9, 0, 50, 255])
        let colored = try VipsImage(pixels).flattened(red: 10, green: 20, blue: 30).pixels()
        #expect(Self.samples(colored) == [10, 20, 30, 50, 50, 50])
        let gray = try VipsImage(pixels).flattened(red: 255, green: 255, blue: 255).pixels()
        #expect(Self.samples(gray) == [255, 50])
    }

    @Test("A picture keeps its pixels alive after all other owners release them")
    func ownership() throws {
        func make() throws -> VipsImage {
            let pixels = PixelBuffer(width: 300, height: 300, bands: 3, colors: .rgb)
            for index in 0..<pixels.samples.count { pixels.samples[index] = 77 }
            return try VipsImage(pixels).upright(from: 6)
        }
        let image = try make()
        #expect(try Self.samples(image.pixels()).allSatisfy { $0 == 77 })
    }
}
