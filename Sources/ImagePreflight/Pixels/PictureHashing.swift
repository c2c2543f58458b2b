import ImageHeaders
import PreflightFiles
import PreflightRecords
import Vips
import VisionRules

extension PerceptualHash {
    /// The hash of an image, decoded at the smallest scale; nil for a picture that is too even, and
    /// for one that cannot be decoded.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - facts: what its header says.
    ///   - plan: squeezes it, as ``Preflighter/hashPlan(for:byteCount:)`` does.
    init?(of bytes: ImageBytes, facts: ImageFacts, plan: TransformPlan) {
        // Not the background of the options: a hash describes a picture, independent of the output.
        let options = PrepareOptions()
        let memory = DecodingMemory(
            of: facts, target: plan.targetSize, byteCount: bytes.count, limits: options.limits)
        let pipeline = Pipeline(facts: facts, plan: plan, options: options, memory: memory)
        guard let pixels = try? pipeline.opaquePixels(of: bytes) else { return nil }
        self.init(gray: pixels.luma)
    }
}

extension PerceptualHash {
    private static let frequencies = 16

    /// The hash of a picture; nil if it is so even that its frequencies are noise.
    ///
    /// - Parameter gray: 32 rows of 32 samples from 0 to 255.
    init?(gray: [Int]) {
        let side = Self.side
        precondition(gray.count == side * side, "the picture is 32×32 px")
        let sum = gray.reduce(0, +)
        let squares = gray.reduce(0) { $0 + $1 * $1 }
        // The variance, times the square of the number of px: a standard deviation below 2 is noise.
        guard squares * gray.count - sum * sum >= 4 * gray.count * gray.count else { return nil }
        let mean = sum / gray.count

        var columns = [Int](repeating: 0, count: Self.frequencies * side)
        for frequency in 0..<Self.frequencies {
            for y in 0..<side {
                let factor = Self.cosines[frequency * side + y]
                for x in 0..<side {
                    columns[frequency * side + x] += factor * (gray[y * side + x] - mean)
                }
            }
        }
        var words: [UInt64] = [0, 0, 0, 0]
        for vertical in 0..<Self.frequencies {
            for horizontal in 0..<Self.frequencies where vertical + horizontal > 0 {
                var value = 0
                for x in 0..<side {
                    value += columns[vertical * side + x] * Self.cosines[horizontal * side + x]
                }
                guard value > 0 else { continue }
                // The four quarters of the 16×16 frequencies, the lowest first.
                let word = vertical / 8 * 2 + horizontal / 8
                words[word] |= 1 << UInt64(vertical % 8 * 8 + horizontal % 8)
            }
        }
        self.init(low: words[0], high: SIMD3(words[1], words[2], words[3]))
    }

    /// `cos(π (2x + 1) f / 64)` in units of 1/4096, for each frequency f and each x.
    private static let cosines: [Int] = (0..<frequencies).flatMap { frequency in
        (0..<side).map { x in
            Int((cos(Double.pi * Double((2 * x + 1) * frequency) / Double(2 * side)) * 4096).rounded())
        }
    }
}

extension Preflighter {
    /// How an image is decoded for its perceptual hash.
    ///
    /// - Parameters:
    ///   - facts: what its header says.
    ///   - byteCount: the size of the file in bytes.
    /// - Returns: the plan; nil for a picture that is too small.
    func hashPlan(for facts: ImageFacts, byteCount: Int) -> TransformPlan? {
        guard facts.format.decoder != nil, facts.size.shortEdge >= PerceptualHash.minEdge,
            var plan = try? TransformPlan.make(
                for: facts, byteCount: byteCount, destination: destination, fit: FitOptions(fit: .limits))
        else { return nil }
        // Squeezed: the shape is compared separately.
        plan.targetSize = PixelSize(width: PerceptualHash.side, height: PerceptualHash.side)
        return plan
    }
}

extension PixelBuffer {
    /// The brightness of each pixel, 0 to 255, of gray or RGB without alpha (ITU-R BT.601).
    fileprivate var luma: [Int] {
        withExtendedLifetime(self) {
            (0..<width * height).map { index in
                let start = index * bands
                guard bands >= 3 else { return Int(samples[start]) }
                let (red, green, blue) = (samples[start], samples[start + 1], samples[start + 2])
                return (Int(red) * 299 + Int(green) * 587 + Int(blue) * 114 + 500) / 1000
            }
        }
    }
}
