import CResampler

/// A small deterministic generator, so that a failing case can be rerun.
struct TestRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

/// An 8-bit interleaved image; `padding` bytes follow every row.
struct TestImage: Equatable {
    let width: Int
    let height: Int
    let channels: Int
    var padding = 0
    var bytes: [UInt8]

    var stride: Int { width * channels + padding }

    init(_ width: Int, _ height: Int, channels: Int, padding: Int = 0, fill: (Int, Int, Int) -> UInt8) {
        self.width = width
        self.height = height
        self.channels = channels
        self.padding = padding
        bytes = []
        bytes.reserveCapacity(height * (width * channels + padding))
        for y in 0..<height {
            for x in 0..<width {
                for c in 0..<channels { bytes.append(fill(x, y, c)) }
            }
            bytes.append(contentsOf: repeatElement(0xAA, count: padding))
        }
    }

    subscript(x: Int, y: Int, c: Int) -> UInt8 { bytes[y * stride + x * channels + c] }

    /// Bytes of every kind: noise, only extremes, ramps, or nearly flat.
    static func random(
        _ width: Int, _ height: Int, channels: Int, padding: Int = 0, using random: inout TestRandom
    ) -> TestImage {
        let kind = Int.random(in: 0..<4, using: &random)
        return TestImage(width, height, channels: channels, padding: padding) { x, y, c in
            switch kind {
            case 0: .random(in: 0...255, using: &random)
            case 1: Bool.random(using: &random) ? 255 : 0
            case 2: UInt8(truncatingIfNeeded: 3 * x + 7 * y + 50 * c)
            default: .random(in: 200...229, using: &random)
            }
        }
    }
}

let vectorKernels = [IPR_KERNEL_VECTOR128, IPR_KERNEL_AVX2, IPR_KERNEL_AVX512]
    .filter { ipr_kernel_is_available($0) == 1 }

extension ipr_job {
    init(_ image: TestImage, to width: Int, _ height: Int, alpha: ipr_alpha = IPR_ALPHA_STRAIGHT) {
        self.init()
        in_width = Int32(image.width)
        in_height = Int32(image.height)
        out_width = Int32(width)
        out_height = Int32(height)
        channels = Int32(image.channels)
        self.alpha = alpha
    }

    /// The empty result.
    var blank: TestImage {
        TestImage(Int(out_width), Int(out_height), channels: Int(channels), padding: 3) { _, _, _ in 1 }
    }

    func resampled(_ image: TestImage, kernel: ipr_kernel = IPR_KERNEL_AUTO) -> TestImage? {
        var job = self
        job.kernel = kernel
        var out = blank
        let status = ipr_resample(&job, image.bytes, image.stride, &out.bytes, out.stride)
        return status == 0 ? out : nil
    }

    func reference(_ image: TestImage) -> TestImage? {
        var job = self
        var out = blank
        let status = ipr_resample_reference(&job, image.bytes, image.stride, &out.bytes, out.stride)
        return status == 0 ? out : nil
    }

    /// The image pushed in chunks; `next` gives the rows of each.
    func streamed(_ image: TestImage, kernel: ipr_kernel, next: () -> Int) -> TestImage? {
        var job = self
        job.kernel = kernel
        var out = blank
        let outStride = out.stride
        let complete = out.bytes.withUnsafeMutableBufferPointer { buffer -> Bool in
            guard let resampler = ipr_resampler_new(&job, buffer.baseAddress, outStride) else { return false }
            defer { ipr_resampler_free(resampler) }
            var row = 0
            var done: Int32 = 0
            while row < image.height {
                let count = min(next(), image.height - row)
                // A copy of just these rows: a sanitizer catches a resampler that reads others.
                let chunk = Array(image.bytes[row * image.stride..<(row + count) * image.stride])
                done = ipr_resampler_push_rows(resampler, chunk, image.stride, Int32(count))
                row += count
            }
            return done == out_height
        }
        return complete ? out : nil
    }
}
