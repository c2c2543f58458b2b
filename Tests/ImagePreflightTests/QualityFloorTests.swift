import ImageHeaders
import Testing
import Vips

@testable import ImagePreflight
@testable import VisionRules

/// The pixels before encoding, compared with a full decode and Lanczos3 in double precision: no setting may
/// make `prepare` faster at the cost of quality. The floor is that of the benchmark's targets.
@Suite struct QualityFloorTests {
    /// How a picture is stored and how much it shrinks.
    struct Way: CustomTestStringConvertible {
        var format: ImageFormat
        var encoding: Encoding
        /// The stored long edge divided by the target's.
        var scale: Double

        var testDescription: String { "\(format) at 1/\(scale)" }
    }

    /// 3.15 is a 12-megapixel photo at the recommended size, decoded at one half; 1.26 is a 2-megapixel one;
    /// 2.3 leaves the resampler the least to do after shrink-on-load.
    static let photos: [Way] = [
        Way(format: .jpeg, encoding: .jpeg(quality: 90), scale: 3.15),
        Way(format: .jpeg, encoding: .jpeg(quality: 90), scale: 1.26),
        Way(format: .jpeg, encoding: .jpeg(quality: 90), scale: 2.3),
        Way(format: .jpeg, encoding: .jpeg(quality: 90), scale: 5.5),
        Way(format: .webp, encoding: .webp(quality: 85, effort: 0), scale: 1.26),
        Way(format: .webp, encoding: .webp(quality: 85, effort: 0), scale: 3.15),
        Way(format: .png, encoding: Pictures.losslessPNG, scale: 1.26),
    ]

    private static func quality(_ picture: PixelBuffer, _ way: Way) throws -> PictureQuality {
        let size = PixelSize(width: picture.width, height: picture.height)
        let target = PixelSize(
            width: Int(Double(size.width) / way.scale), height: Int(Double(size.height) / way.scale))
        let file = try Pictures.file(picture, way.encoding)
        let plan = Pipeline(way.format, size, to: target).plan
        let facts = ImageFacts(format: way.format, size: size)
        let memory = DecodingMemory(
            of: facts, target: target, byteCount: file.count, limits: .standard)
        guard let source = try OpenImage.open(file, facts: facts, plan: plan, memory: memory) else {
            throw VipsError(.open)
        }
        let found = try Resampling.pixels(of: source)
        let loaders: [ImageFormat: Loader] = [.jpeg: .jpeg, .png: .png, .webp: .webp]
        let decoded = try VipsImage(file, loader: #require(loaders[way.format])).pixels()
        return try PictureQuality(
            of: found, against: decoded.reference(width: target.width, height: target.height))
    }

    @Test("Pixels of a photo stay at SSIM 0.99 and 45 dB, 0.993 on average", arguments: photos)
    func photo(way: Way) throws {
        let width = Int(80 * way.scale)
        let found = try (0..<2).map {
            try Self.quality(Pictures.landscape(width, width * 3 / 4, seed: $0), way)
        }
        for quality in found {
            #expect(quality.ssim >= 0.99)
            #expect(quality.psnr >= 45)
        }
        #expect(found.map(\.ssim).reduce(0, +) / Double(found.count) >= 0.993)
    }

    @Test("Pixels of a screenshot stay at SSIM 0.995", arguments: [1.26, 1.76, 3.15])
    func screenshot(scale: Double) throws {
        let way = Way(format: .png, encoding: Pictures.losslessPNG, scale: scale)
        let width = Int(120 * scale)
        let quality = try Self.quality(Pictures.screenshot(width, width * 9 / 16), way)
        #expect(quality.ssim >= 0.995)
    }

    @Test("A picture that has lost its detail is below the floor")
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
    /// A landscape as a camera sees it: bright sky, hazy hills with an edge, texture that weakens as it gets
    /// finer, as in nature, plus a little grain.
    static func landscape(_ width: Int, _ height: Int, seed: Int) -> PixelBuffer {
        let grain = noise(width, height, amplitude: 5)
        // Detail grows with the picture, as a larger sensor sees more of it.
        let unit = Float(width) / 80
        /// A parabola for each half period: close to a sine, and the same on every machine.
        func wave(_ x: Float, _ period: Float) -> Float {
            let phase = x / (period * unit) - (x / (period * unit)).rounded(.down)
            let half = phase < 0.5 ? phase : phase - 0.5
            return (phase < 0.5 ? 1 : -1) * 16 * half * (0.5 - half)
        }
        let shift = Float(seed) * 31 * unit
        return rgb(width, height) { x, y in
            let (fx, fy) = (Float(x) + shift, Float(y))
            let offset = y * grain.stride + x * 3
            func level(_ value: Float, _ band: Int) -> UInt8 {
                UInt8(max(0, min(255, value + Float(grain.samples[offset + band]) - 128)))
            }
            let ridge = Float(height) * 0.45 + 8 * unit * wave(fx, 61) + 3 * unit * wave(fx, 17)
            if fy < ridge {
                let glow = 30 * fy / ridge
                return (level(110 + glow, 0), level(150 + glow / 2, 1), level(205 - glow / 4, 2))
            }
            var texture: Float = 0
            for period: Float in [40, 21, 11, 6] {
                texture += period / 3 * (wave(fx + fy / 2, period) + wave(fy - fx / 3, period * 1.2))
            }
            return (level(105 + texture, 0), level(125 + texture, 1), level(130 + texture / 2, 2))
        }
    }
}
