import CResampler
import Testing

@Suite("Properties of every resampled image")
struct PropertyTests {
    @Test("A flat area stays exactly flat", arguments: [0, 1, 127, 254, 255] as [UInt8])
    func flatStaysFlat(level: UInt8) throws {
        for (width, height) in [(17, 5), (33, 32), (100, 9)] {
            for channels in 1...4 {
                let image = TestImage(100, 90, channels: channels) { _, _, c in
                    c == 3 || (channels == 2 && c == 1) ? 255 : level
                }
                let result = try #require(ipr_job(image, to: width, height).resampled(image))
                let expected = TestImage(width, height, channels: channels, padding: 3) { _, _, c in
                    c == 3 || (channels == 2 && c == 1) ? 255 : level
                }
                #expect(result.pixels == expected.pixels)
            }
        }
    }

    @Test("Overshoot at a hard edge is clamped, not wrapped around")
    func overshootIsClamped() throws {
        let image = TestImage(200, 8, channels: 1) { x, _, _ in x < 101 ? 0 : 255 }
        let result = try #require(ipr_job(image, to: 77, 8).resampled(image))
        for x in 0..<77 where x < 38 { #expect(result[x, 4, 0] < 30) }
        for x in 0..<77 where x > 39 { #expect(result[x, 4, 0] > 225) }
        #expect(result[0, 4, 0] == 0)
        #expect(result[76, 4, 0] == 255)
    }

    @Test("A ramp stays monotone", arguments: [1.1, 1.577, 3.15, 9.7])
    func rampStaysMonotone(scale: Double) throws {
        let image = TestImage(1024, 12, channels: 3) { x, _, _ in UInt8(x / 4) }
        let result = try #require(ipr_job(image, to: Int(1024 / scale), 5).resampled(image))
        for x in 1..<result.width { #expect(result[x, 2, 1] >= result[x - 1, 2, 1]) }
    }

    @Test("Invisible red next to opaque blue does not bleed into it", arguments: [1.4, 2.6, 11.0])
    func transparentColorDoesNotBleed(scale: Double) throws {
        let image = TestImage(120, 120, channels: 4) { x, y, c in
            let inside = x >= 61 && y > 20
            return c == 0 ? (inside ? 0 : 255) : c == 1 ? 0 : inside ? 255 : 0
        }
        let side = Int(120 / scale)
        let result = try #require(ipr_job(image, to: side, side).resampled(image))
        var visible = 0
        for y in 0..<side {
            for x in 0..<side where result[x, y, 3] > 0 {
                visible += 1
                #expect(result[x, y, 0] == 0)
                #expect(result[x, y, 2] == 255)
            }
        }
        #expect(visible > 0)
        // Without alpha, the red is an ordinary color.
        let mixed = try #require(ipr_job(image, to: side, side, alpha: IPR_ALPHA_NONE).resampled(image))
        #expect(mixed != result)
    }

    @Test("Opaque areas stay opaque and match an image without alpha", arguments: [2, 4])
    func opaqueIsUntouched(channels: Int) throws {
        var random = TestRandom(state: 3)
        let opaque = TestImage(150, 140, channels: channels) { _, _, c in
            c == channels - 1 ? 255 : .random(in: 0...255, using: &random)
        }
        var holed = opaque
        holed.bytes[139 * holed.stride + channels - 1] = 7
        let plain = try #require(ipr_job(opaque, to: 95, 88, alpha: IPR_ALPHA_NONE).resampled(opaque))
        let whole = try #require(ipr_job(opaque, to: 95, 88).resampled(opaque))
        let partly = try #require(ipr_job(holed, to: 95, 88).resampled(holed))
        #expect(whole == plain)
        #expect(partly != plain)
        for y in 0..<60 { #expect(partly.row(y) == plain.row(y)) }
    }

    @Test("An invalid job is refused")
    func refusesNonsense() {
        let image = TestImage(8, 8, channels: 3) { _, _, _ in 0 }
        let good = ipr_job(image, to: 4, 4)
        let changes: [(String, (inout ipr_job) -> Void)] = [
            ("no width", { $0.in_width = 0 }), ("negative height", { $0.in_height = -1 }),
            ("no output", { $0.out_height = 0 }), ("enlarging", { $0.out_width = 9 }),
            ("no channels", { $0.channels = 0 }), ("five channels", { $0.channels = 5 }),
            ("too wide for arithmetic", { $0.in_width = .max }), ("window outside", { $0.window_x = 8 }),
            ("window too wide", { $0.window_width = 11 }), ("window not a number", { $0.window_y = .nan }),
            ("window of infinite height", { $0.window_height = .infinity }),
            ("unknown kernel", { $0.kernel = ipr_kernel(rawValue: 77) }),
        ]
        #expect(good.resampled(image) != nil)
        for (what, change) in changes {
            var job = good
            change(&job)
            var byte = [UInt8](repeating: 0, count: 64)
            #expect(ipr_resample(&job, image.bytes, image.stride, &byte, 12) == -1, "\(what)")
        }
    }
}

extension TestImage {
    func row(_ y: Int) -> [UInt8] { Array(bytes[y * stride..<y * stride + width * channels]) }

    /// The bytes without padding.
    var pixels: [UInt8] { (0..<height).flatMap(row) }
}
