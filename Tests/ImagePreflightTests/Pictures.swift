import ImageHeaders
import Testing
import Vips

@testable import ImagePreflight
@testable import VisionRules

/// Pictures for tests, and helpers to inspect results.
enum Pictures {
    typealias Pixel = (red: UInt8, green: UInt8, blue: UInt8)

    /// RGB pixels from a function of x and y.
    static func rgb(_ width: Int, _ height: Int, _ color: (Int, Int) -> Pixel) -> PixelBuffer {
        let pixels = PixelBuffer(width: width, height: height, bands: 3, colors: .rgb)
        for y in 0..<height {
            for x in 0..<width {
                let (red, green, blue) = color(x, y)
                let offset = y * pixels.stride + x * 3
                pixels.samples[offset] = red
                pixels.samples[offset + 1] = green
                pixels.samples[offset + 2] = blue
            }
        }
        return pixels
    }

    /// RGBA pixels from a function of x and y for all four samples.
    static func rgba(_ width: Int, _ height: Int, _ samples: (Int, Int) -> [UInt8]) -> PixelBuffer {
        let pixels = PixelBuffer(width: width, height: height, bands: 4, colors: .rgb)
        for y in 0..<height {
            for x in 0..<width {
                for (band, sample) in samples(x, y).enumerated() {
                    pixels.samples[y * pixels.stride + x * 4 + band] = sample
                }
            }
        }
        return pixels
    }

    /// A quarter each of red, green, blue and yellow: top left, top right, bottom left, bottom right.
    static func quarters(_ width: Int, _ height: Int) -> PixelBuffer {
        rgb(width, height) { x, y in
            switch (2 * x < width, 2 * y < height) {
            case (true, true): (255, 0, 0)
            case (false, true): (0, 255, 0)
            case (true, false): (0, 0, 255)
            case (false, false): (255, 255, 0)
            }
        }
    }

    /// The same noise on every call.
    static func noise(_ width: Int, _ height: Int, amplitude: Int = 255) -> PixelBuffer {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func next() -> UInt8 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: 128 - amplitude / 2 + Int(state >> 40) % (amplitude + 1))
        }
        return rgb(width, height) { _, _ in (next(), next(), next()) }
    }

    /// Shading and a little noise everywhere, as from a camera.
    static func photo(_ width: Int, _ height: Int) -> PixelBuffer {
        let grain = noise(width, height, amplitude: 9)
        return rgb(width, height) { x, y in
            let offset = y * grain.stride + x * 3
            let light = 40 + 150 * (x + y) / (width + height)
            return (
                UInt8(light + Int(grain.samples[offset]) - 124),
                UInt8(light / 2 + 40 + Int(grain.samples[offset + 1]) - 124),
                UInt8(220 - light + Int(grain.samples[offset + 2]) - 124)
            )
        }
    }

    /// A window with a title bar and lines of dark marks on white, as in a screenshot.
    static func screenshot(_ width: Int, _ height: Int) -> PixelBuffer {
        rgb(width, height) { x, y in
            if y < height / 12 { return (40, 44, 52) }
            let isMark = y % 24 < 10 && (x / 5 * 7 + y / 24 * 13) % 11 < 4 && x % 200 < 120
            return isMark ? (20, 20, 40) : (250, 250, 252)
        }
    }

    static let losslessPNG = Encoding.png(compression: 1, filters: .none)

    /// The picture as a file.
    static func file(_ pixels: PixelBuffer, _ encoding: Encoding = losslessPNG) throws -> ImageBytes {
        try VipsImage(pixels).encoded(as: encoding)
    }

    /// The px of a decoded file or of a buffer.
    static func pixel(_ pixels: PixelBuffer, _ x: Int, _ y: Int) -> [Int] {
        let offset = y * pixels.stride + x * pixels.bands
        return pixels.samples[offset..<(offset + pixels.bands)].map(Int.init)
    }
}

extension FittedImage {
    /// The file decoded again.
    func decoded() throws -> PixelBuffer {
        let loaders: [ImageFormat: Loader] = [.jpeg: .jpeg, .png: .png, .webp: .webp]
        let loader = try #require(loaders[codec.format])
        return try VipsImage(bytes, loader: loader).pixels()
    }
}

extension Pipeline {
    /// A pipeline for a picture that a test describes by hand.
    init(
        _ format: ImageFormat, _ size: PixelSize, to target: PixelSize, orientation: Orientation = .up,
        maxBytes: Int = 3_932_160, options: PrepareOptions = PrepareOptions(),
        facts change: (inout ImageFacts) -> Void = { _ in }
    ) {
        var facts = ImageFacts(format: format, size: size)
        facts.orientation = orientation
        change(&facts)
        let plan = TransformPlan(
            sourceSize: size, orientation: orientation, targetSize: target, maxBytes: maxBytes,
            reasons: [.resize])
        self.init(facts: facts, plan: plan, options: options)
    }

    init(facts: ImageFacts, plan: TransformPlan, options: PrepareOptions) {
        self.init(
            facts: facts, plan: plan, options: options,
            memory: DecodingMemory(
                of: facts, target: plan.targetSize, byteCount: 0, limits: options.limits))
    }

    /// The image that a plan without tiles makes.
    func run(_ bytes: ImageBytes) throws -> FittedImage {
        try #require(try page(of: bytes)?.tiles.first?.image)
    }
}

/// Whether two colors are the same within a tolerance of each sample.
func isNear(_ left: [Int], _ right: [Int], within tolerance: Int) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { abs($0 - $1) <= tolerance }
}
