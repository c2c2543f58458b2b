import CResampler
import Testing
import Vips

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// How close a picture is to a reference, as `Benchmarks/quality/compare.py` measures it.
struct PictureQuality {
    /// Wang's structural similarity of 2004 on luma: Gaussian window of 11 px with sigma 1.5; 1 is identical.
    let ssim: Double
    /// The peak signal-to-noise ratio over all samples, dB.
    let psnr: Double

    /// Compares 8-bit gray or RGB of the same size, at least 11 px on each side.
    init(of picture: PixelBuffer, against reference: PixelBuffer) throws {
        try #require(picture.width == reference.width && picture.height == reference.height)
        try #require(picture.bands == reference.bands && picture.width >= 11 && picture.height >= 11)
        var sum = 0
        for index in 0..<picture.samples.count {
            let difference = Int(picture.samples[index]) - Int(reference.samples[index])
            sum += difference * difference
        }
        let error = Double(sum) / Double(picture.samples.count)
        psnr = error == 0 ? 99 : 10 * log10(255 * 255 / error)
        ssim = Plane(luma: picture).similarity(to: Plane(luma: reference))
    }
}

/// One value for each px.
private struct Plane {
    let width: Int
    let height: Int
    let values: [Float]

    init(luma pixels: PixelBuffer) {
        (width, height) = (pixels.width, pixels.height)
        let weights: [Float] = pixels.bands < 3 ? [1] : [0.299, 0.587, 0.114]
        values = (0..<pixels.width * pixels.height).map { index in
            weights.indices.reduce(0) { sum, band in
                sum + weights[band] * Float(pixels.samples[index * pixels.bands + band])
            }
        }
    }

    private init(width: Int, height: Int, values: [Float]) {
        (self.width, self.height, self.values) = (width, height, values)
    }

    private static let window: [Float] = {
        let weights = (-5...5).map { exp(-0.5 * Double($0 * $0) / (1.5 * 1.5)) }
        let sum = weights.reduce(0, +)
        return weights.map { Float($0 / sum) }
    }()

    private func combined(_ other: Plane, _ combine: (Float, Float) -> Float) -> Plane {
        Plane(width: width, height: height, values: zip(values, other.values).map(combine))
    }

    /// The window at every position where it fits completely.
    private var blurred: Plane {
        let window = Self.window
        let rows = height - 10
        var down = [Float](repeating: 0, count: width * rows)
        values.withUnsafeBufferPointer { values in
            for (offset, weight) in window.enumerated() {
                for index in 0..<width * rows { down[index] += weight * values[index + offset * width] }
            }
        }
        let columns = width - 10
        var across = [Float](repeating: 0, count: columns * rows)
        down.withUnsafeBufferPointer { down in
            for (offset, weight) in window.enumerated() {
                for y in 0..<rows {
                    for x in 0..<columns { across[y * columns + x] += weight * down[y * width + x + offset] }
                }
            }
        }
        return Plane(width: columns, height: rows, values: across)
    }

    func similarity(to other: Plane) -> Double {
        let (mean, otherMean) = (blurred, other.blurred)
        let square = combined(self, *).blurred
        let otherSquare = other.combined(other, *).blurred
        let product = combined(other, *).blurred
        let (c1, c2): (Float, Float) = (2.55 * 2.55, 7.65 * 7.65)
        var sum = 0.0
        for index in mean.values.indices {
            let (a, b) = (mean.values[index], otherMean.values[index])
            let variances = square.values[index] - a * a + otherSquare.values[index] - b * b
            let covariance = product.values[index] - a * b
            sum += Double(
                (2 * a * b + c1) * (2 * covariance + c2) / ((a * a + b * b + c1) * (variances + c2)))
        }
        return sum / Double(mean.values.count)
    }
}

extension PixelBuffer {
    /// Downsized with Lanczos3 in double precision: the reference for fast code.
    func reference(width: Int, height: Int) throws -> PixelBuffer {
        let result = PixelBuffer(width: width, height: height, bands: bands, colors: colors)
        var job = ipr_job()
        (job.in_width, job.in_height) = (Int32(self.width), Int32(self.height))
        (job.out_width, job.out_height) = (Int32(width), Int32(height))
        job.channels = Int32(bands)
        let from = try #require(samples.baseAddress?.assumingMemoryBound(to: UInt8.self))
        let to = try #require(result.samples.baseAddress?.assumingMemoryBound(to: UInt8.self))
        try #require(ipr_resample_reference(&job, from, stride, to, result.stride) == 0)
        return result
    }
}
