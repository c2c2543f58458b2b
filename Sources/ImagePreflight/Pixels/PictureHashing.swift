import ImageHeaders
import Vips
import VisionRules

extension PerceptualHash {
    /// The hash of an image, from a decoding at the smallest scale; nil for a picture that is too even, and for one that
    /// cannot be decoded.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - facts: what its header says.
    ///   - plan: squeezes it, as ``Preflighter/hashPlan(for:byteCount:)`` does.
    init?(of bytes: ImageBytes, facts: ImageFacts, plan: TransformPlan) {
        // Not the background of the options: a hash says what a picture looks like, whatever is made of it.
        let options = PrepareOptions()
        let memory = DecodingMemory(
            of: facts, target: plan.targetSize, byteCount: bytes.count, limits: options.limits)
        let pipeline = Pipeline(facts: facts, plan: plan, options: options, memory: memory)
        guard let pixels = try? pipeline.opaquePixels(of: bytes) else { return nil }
        self.init(gray: pixels.luma)
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
        // Squeezed: the shape is compared on its own.
        plan.targetSize = PixelSize(width: PerceptualHash.side, height: PerceptualHash.side)
        return plan
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
