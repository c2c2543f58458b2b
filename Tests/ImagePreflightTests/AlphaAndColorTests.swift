import Foundation
import ImageHeaders
import SystemPackage
import TestSupport
import Testing
import Vips

@testable import ImagePreflight

@Suite struct AlphaAndColorTests {
    private static let size = PixelSize(width: 80, height: 60)
    private static let half = PixelSize(width: 40, height: 30)

    /// Red, with a transparent left half.
    private let halfTransparent = Pictures.rgba(80, 60) { x, _ in [200, 30, 30, x < 40 ? 0 : 255] }

    @Test("Alpha is kept if something shows through, and colors do not bleed into it")
    func keptAlpha() throws {
        let file = try Pictures.file(halfTransparent)
        let result = try Pipeline(.png, Self.size, to: Self.half).run(file)
        let pixels = try result.decoded()
        #expect(pixels.bands == 4)
        #expect(Pictures.pixel(pixels, 5, 15)[3] == 0)
        #expect(Pictures.pixel(pixels, 35, 15) == [200, 30, 30, 255])
        // The color on the edge is still red: it is weighted by alpha.
        let edge = Pictures.pixel(pixels, 20, 15)
        #expect(isNear(Array(edge[..<3]), [200, 30, 30], within: 3))
    }

    @Test("An alpha channel that hides nothing is dropped")
    func droppedAlpha() throws {
        let file = try Pictures.file(Pictures.rgba(80, 60) { _, _ in [10, 200, 30, 255] })
        let result = try Pipeline(.png, Self.size, to: Self.half).run(file)
        let pixels = try result.decoded()
        #expect(pixels.bands == 3)
        #expect(Pictures.pixel(pixels, 20, 15) == [10, 200, 30])
    }

    @Test("A transparent picture as JPEG shows the background")
    func flattened() throws {
        let file = try Pictures.file(halfTransparent)
        var options = PrepareOptions(outputFormat: .jpeg)
        let white = try Pipeline(.png, Self.size, to: Self.half, options: options).run(file).decoded()
        #expect(isNear(Pictures.pixel(white, 5, 15), [255, 255, 255], within: 3))
        #expect(isNear(Pictures.pixel(white, 35, 15), [200, 30, 30], within: 6))
        options.background = PrepareOptions.Color(red: 0, green: 90, blue: 180)
        let blue = try Pipeline(.png, Self.size, to: Self.half, options: options).run(file).decoded()
        #expect(isNear(Pictures.pixel(blue, 5, 15), [0, 90, 180], within: 6))
    }

    @Test("Gray stays gray")
    func gray() throws {
        let picture = PixelBuffer(width: 80, height: 60, bands: 1, colors: .gray)
        for index in 0..<picture.samples.count { picture.samples[index] = 120 }
        let result = try Pipeline(.png, Self.size, to: Self.half).run(Pictures.file(picture))
        let pixels = try result.decoded()
        #expect(pixels.array.allSatisfy { $0 == 120 })
    }

    @Test("16 bits become 8")
    func sixteenBits() throws {
        let samples = [UInt16](repeating: 0xC0C0, count: 80 * 60 * 3)
        let owner = ImageBytes(copying: samples.withUnsafeBytes { Array($0) })
        let file = try owner.withUnsafeBytes { bytes in
            try VipsImage(
                wrapping: bytes, owner: owner, width: 80, height: 60, bands: 3, bytesPerSample: 2,
                colors: .rgb
            )
            .encoded(as: Pictures.losslessPNG)
        }
        let opened = try VipsImage(file, loader: .png).bytesPerSample
        #expect(opened == 2)
        let result = try Pipeline(.png, Self.size, to: Self.half) { $0.bitDepth = 16 }.run(file)
        #expect(try Pictures.pixel(result.decoded(), 20, 15) == [0xC0, 0xC0, 0xC0])
    }

    @Test("A CMYK JPEG becomes sRGB: cyan is blue-green, paper is white")
    func cmyk() throws {
        let picture = PixelBuffer(width: 80, height: 60, bands: 4, colors: .cmyk)
        for index in 0..<(80 * 60) {
            picture.samples[4 * index] = index % 80 < 40 ? 255 : 0
            for band in 1..<4 { picture.samples[4 * index + band] = 0 }
        }
        let file = try Pictures.file(picture, .jpeg(quality: 95))
        let opened = try VipsImage(file, loader: .jpeg).colors
        #expect(opened == .cmyk)
        let result = try Pipeline(.jpeg, Self.size, to: Self.half) { $0.colorModel = .cmyk }.run(file)
        let pixels = try result.decoded()
        #expect(pixels.bands == 3)
        let (cyan, paper) = (Pictures.pixel(pixels, 8, 15), Pictures.pixel(pixels, 32, 15))
        #expect(isNear(paper, [255, 255, 255], within: 6))
        #expect(cyan[0] < 80 && cyan[1] > 110 && cyan[2] > 150, "\(cyan)")
    }

    @Test("A Display P3 color becomes the sRGB color that looks the same; sRGB is left untouched")
    func displayP3() throws {
        let patch = Pictures.rgb(4, 4) { _, _ in (200, 100, 50) }
        func converted(as name: String) throws -> [Int] {
            let path = FilePath(Resources.testdata.appending(path: "formats/jpeg/\(name)").path)
            let file = try ImageSource(path: path).bytes(maxBytes: 1 << 20)
            let source = try VipsImage(file, loader: .jpeg)
            let facts = try #require(file.withUnsafeBytes { HeaderReader.read(bytes: $0) }.facts)
            let result = try Colors.convertedToSRGB(
                patch, source: source, conversion: Colors.conversion(of: source, facts: facts))
            return Pictures.pixel(result, 2, 2)
        }
        // Worked out by hand from the primaries of both spaces (SMPTE EG 432-1, IEC 61966-2-1) and the gamma
        // of 2.2 that this profile has.
        let wide = try converted(as: "icc-display-p3.jpg")
        #expect(isNear(wide, [216, 93, 24], within: 2), "\(wide)")
        // Its gamma of 2.2 is not the curve of sRGB: the dark sample moves.
        let gamma = try converted(as: "icc-srgb.jpg")
        #expect(isNear(gamma, [200, 100, 46], within: 2), "\(gamma)")
    }
}
