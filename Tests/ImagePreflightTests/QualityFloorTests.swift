import ImageHeaders
import Testing
import Vips

@testable import ImagePreflight
@testable import VisionRules

/// The pixels before they are encoded, against full decode and Lanczos3 in double precision: no setting may
/// make `prepare` faster at the cost of the picture. The floor is that of the benchmark's targets.
@Suite struct QualityFloorTests {
    /// A way of a picture: how it is stored, and how much smaller it becomes.
    struct Way: CustomTestStringConvertible {
        var format: ImageFormat
        var encoding: Encoding
        /// The stored long edge by the wanted one.
        var scale: Double

        var testDescription: String { "\(format) at 1/\(scale)" }
    }

    /// 3.15 is a photo of 12 megapixels at the recommended size, decoded at one half; 1.26 one of 2 megapixels.
    static let photos: [Way] = [3.15, 1.26, 2.6, 5.5, 11.0].flatMap { scale in
        [
            Way(format: .jpeg, encoding: .jpeg(quality: 90), scale: scale),
            Way(format: .webp, encoding: .webp(quality: 85, effort: 0), scale: scale),
            Way(format: .png, encoding: Pictures.losslessPNG, scale: scale),
        ]
    }

    private static func quality(_ picture: PixelBuffer, _ way: Way) throws -> PictureQuality {
        let size = PixelSize(width: picture.width, height: picture.height)
        let target = PixelSize(
            width: Int(Double(size.width) / way.scale), height: Int(Double(size.height) / way.scale))
        let file = try Pictures.file(picture, way.encoding)
        let plan = Pipeline(way.format, size, to: target).plan
        let source = try OpenImage(
            file, facts: ImageFacts(format: way.format, size: size), plan: plan, limits: DecodeLimits())
        let found = try Resampling.pixels(of: source)
        let loaders: [ImageFormat: Loader] = [.jpeg: .jpeg, .png: .png, .webp: .webp]
        let decoded = try VipsImage(file, loader: #require(loaders[way.format])).pixels()
        return try PictureQuality(
            of: found, against: decoded.reference(width: target.width, height: target.height))
    }

    @Test("Pixels of a photo stay at SSIM 0.99 and 45 dB, 0.993 on average", arguments: photos)
    func photo(way: Way) throws {
        let width = Int(100 * way.scale)
        let found = try (0..<2).map {
            try Self.quality(Pictures.landscape(width, width * 3 / 4, seed: $0), way)
        }
        for quality in found {
            #expect(quality.ssim >= 0.99)
            #expect(quality.psnr >= 45)
        }
        #expect(found.map(\.ssim).reduce(0, +) / Double(found.count) >= 0.993)
        print("QQ", way.testDescription, found.map { "\($0.ssim) \($0.psnr)" })
    }

    @Test("Pixels of a screenshot stay at SSIM 0.995", arguments: [1.26, 1.76, 3.15])
    func screenshot(scale: Double) throws {
        let way = Way(format: .png, encoding: Pictures.losslessPNG, scale: scale)
        let width = Int(120 * scale)
        let quality = try Self.quality(Pictures.screenshot(width, width * 9 / 16), way)
        #expect(quality.ssim >= 0.995)
        print("QQ shot", scale, quality.ssim, quality.psnr)
    }

    @Test("A picture that lost its detail is below the floor")
    func theMeasureMeasures() throws {
        let picture = Pictures.landscape(120, 90, seed: 0)
        #expect(try PictureQuality(of: picture, against: picture).ssim > 0.9999)
        let soft = Pictures.rgb(120, 90) { x, y in
            let here = Pictures.pixel(picture, x, y)
            let next = Pictures.pixel(picture, min(x + 1, 119), y)
            let mean = zip(here, next).map { UInt8(($0 + $1) / 2) }
            return (mean[0], mean[1], mean[2])
        }
        let quality = try PictureQuality(of: soft, against: picture)
        #expect(quality.ssim < 0.99)
        #expect(quality.psnr < 45)
    }
}

extension Pictures {
    /// What a camera sees of a landscape: a bright sky, soft hills, hard edges, fine texture and grain.
    static func landscape(_ width: Int, _ height: Int, seed: Int) -> PixelBuffer {
        let grain = noise(width, height, amplitude: 7)
        // Detail grows with the picture, as a larger sensor sees more of it.
        let unit = Float(width) / 100
        func wave(_ x: Float, _ period: Float) -> Float {
            // A parabola for each half period: close to a sine, and the same on every machine.
            let phase = x / period - (x / period).rounded(.down)
            let half = phase < 0.5 ? phase : phase - 0.5
            return (phase < 0.5 ? 1 : -1) * 16 * half * (0.5 - half)
        }
        let shift = Float(seed) * 31
        return rgb(width, height) { x, y in
            let (fx, fy) = (Float(x) + shift * unit, Float(y))
            let ridge = Float(height) * 0.45 + 8 * unit * wave(fx, 61 * unit) + 3 * unit * wave(fx, 17 * unit)
            let offset = y * grain.stride + x * 3
            func level(_ value: Float, _ band: Int) -> UInt8 {
                UInt8(max(0, min(255, value + Float(grain.samples[offset + band]) - 128)))
            }
            if fy < ridge {
                let glow = 60 * fy / ridge
                return (level(110 + glow, 0), level(150 + glow / 2, 1), level(215 - glow / 4, 2))
            }
            let texture = 22 * wave(fx + fy / 2, 6.3 * unit) + 12 * wave(fx - fy, 2.9 * unit)
            let isHut = abs(fx.truncatingRemainder(dividingBy: 40 * unit) - 20 * unit) < 4 * unit
            let light: Float = isHut && fy > ridge + 6 * unit ? 60 : 0
            return (level(90 + texture + light, 0), level(115 + texture, 1), level(60 + texture / 2 + light, 2))
        }
    }
}
