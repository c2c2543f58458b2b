import ImageHeaders
import Vips
import VisionRules

extension Preflighter {
    /// The perceptual hash of an image, from a decoding at the smallest scale.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - facts: what its header says.
    /// - Returns: the hash; nil for a picture that is too small or too even, for one that is too large to be
    ///   decoded, and for one that cannot be.
    func perceptualHash(of bytes: ImageBytes, facts: ImageFacts) -> PerceptualHash? {
        let target = PixelSize(width: PerceptualHash.side, height: PerceptualHash.side)
        guard facts.format.decoder != nil, facts.size.shortEdge >= PerceptualHash.minEdge,
            options.limits.exceeded(by: facts, target: target, byteCount: bytes.count) == nil,
            var plan = try? TransformPlan.make(
                for: facts, byteCount: bytes.count, destination: destination, fit: FitOptions(fit: .limits))
        else { return nil }
        // Squeezed: the shape is compared on its own.
        plan.targetSize = target
        // Not the background of the options: a hash says what a picture looks like, whatever is made of it.
        let pipeline = Pipeline(facts: facts, plan: plan, options: PrepareOptions())
        return (try? pipeline.opaquePixels(of: bytes)).flatMap { PerceptualHash(gray: $0.luma) }
    }
}

extension PixelBuffer {
    /// The brightness of each pixel, 0 to 255, of grey or RGB without alpha (ITU-R BT.601).
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
