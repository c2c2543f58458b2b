import CResampler
import Testing

/// How far apart two images are, in levels. Colors with an alpha below 32 are left out: one step of alpha
/// is many levels there.
private func difference(_ a: TestImage, _ b: TestImage, alpha: ipr_alpha) -> (worst: Int, mean: Double) {
    var worst = 0
    var sum = 0
    let last = a.channels - 1
    let hasAlpha = alpha == IPR_ALPHA_STRAIGHT && a.channels.isMultiple(of: 2)
    for y in 0..<a.height {
        for x in 0..<a.width {
            for c in 0..<a.channels where !hasAlpha || c == last || b[x, y, last] >= 32 {
                let distance = abs(Int(a[x, y, c]) - Int(b[x, y, c]))
                worst = max(worst, distance)
                sum += distance
            }
        }
    }
    return (worst, Double(sum) / Double(a.width * a.height * a.channels))
}

@Suite("Resampled pixels compared with the reference")
struct AccuracyTests {
    @Test(
        "Any size and channel count is within one level of double precision",
        arguments: 1...4, [IPR_ALPHA_STRAIGHT.rawValue, IPR_ALPHA_NONE.rawValue])
    func matchesReference(channels: Int, alpha: UInt32) throws {
        var random = TestRandom(state: UInt64(channels) << 8 + UInt64(alpha) + 1)
        for _ in 0..<25 {
            let width = Int.random(in: 1...90, using: &random)
            let height = Int.random(in: 1...90, using: &random)
            let image = TestImage.random(width, height, channels: channels, padding: 5, using: &random)
            let job = ipr_job(
                image, to: .random(in: 1...width, using: &random), .random(in: 1...height, using: &random),
                alpha: ipr_alpha(rawValue: alpha))
            let fast = try #require(job.resampled(image))
            let exact = try #require(job.reference(image))
            let found = difference(fast, exact, alpha: job.alpha)
            #expect(found.worst <= 1, "\(job)")
            if job.out_width * job.out_height > 500 { #expect(found.mean < 0.05, "\(job)") }
        }
    }

    @Test(
        "Extreme shapes and scales are within one level",
        arguments: [
            (1, 1, 1, 1), (1, 500, 1, 3), (500, 1, 3, 1), (7, 9, 7, 9), (10_000, 2, 3, 1), (2, 10_000, 2, 3),
            (3000, 40, 3, 40), (40, 3000, 40, 3), (129, 127, 128, 126), (33, 400, 33, 49), (64, 48, 16, 47),
        ])
    func extremeShapes(width: Int, height: Int, outWidth: Int, outHeight: Int) throws {
        var random = TestRandom(state: 99)
        for channels in 1...4 {
            let image = TestImage(width, height, channels: channels) { _, _, _ in
                Bool.random(using: &random) ? 255 : 0
            }
            let job = ipr_job(image, to: outWidth, outHeight, alpha: IPR_ALPHA_NONE)
            let fast = try #require(job.resampled(image))
            let exact = try #require(job.reference(image))
            #expect(difference(fast, exact, alpha: IPR_ALPHA_NONE).worst <= 1)
        }
    }

    @Test("A fractional window is resampled as the reference does it")
    func fractionalWindow() throws {
        var random = TestRandom(state: 5)
        let image = TestImage.random(101, 67, channels: 3, using: &random)
        var job = ipr_job(image, to: 40, 31)
        job.window_x = 3.25
        job.window_y = 0.5
        job.window_width = 97.5
        job.window_height = 66.25
        let fast = try #require(job.resampled(image))
        let exact = try #require(job.reference(image))
        #expect(difference(fast, exact, alpha: job.alpha).worst <= 1)
        let whole = try #require(ipr_job(image, to: 40, 31).resampled(image))
        #expect(fast != whole)
    }

    @Test("At scale 1 the pixels are copied", arguments: 1...4)
    func identity(channels: Int) throws {
        var random = TestRandom(state: 11)
        let image = TestImage.random(37, 23, channels: channels, padding: 3, using: &random)
        let result = try #require(ipr_job(image, to: 37, 23, alpha: IPR_ALPHA_NONE).resampled(image))
        for y in 0..<23 {
            for x in 0..<37 {
                for c in 0..<channels { #expect(result[x, y, c] == image[x, y, c]) }
            }
        }
    }
}
