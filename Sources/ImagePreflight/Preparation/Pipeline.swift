import ImageHeaders
import Vips
import VisionRules

/// The way of one image from its bytes to the file that can be sent. Pixels never leave it.
struct Pipeline {
    /// What the header says.
    var facts: ImageFacts
    /// What is to be made of the image.
    var plan: TransformPlan
    /// How.
    var options: PrepareOptions

    /// Decodes, makes smaller, turns, converts, encodes.
    ///
    /// The picture is turned and its colours are converted after it was made smaller, because that is less
    /// work and the same picture.
    ///
    /// - Parameter bytes: the file.
    /// - Returns: the prepared file, within the plan's byte limit.
    /// - Throws: a `PreflightError`.
    func run(_ bytes: ImageBytes) throws(PreflightError) -> FittedImage {
        try checkLimits(byteCount: bytes.count)
        let source = try OpenImage(bytes, facts: facts, plan: plan, limits: options.limits)
        var pixels = try resampled(source)
        pixels = try converted(pixels, source: source)
        // What decoding took is given back before encoding takes its share.
        let orientation = Self.close(source)
        pixels = try upright(pixels, from: orientation)
        pixels = try withoutNeedlessAlpha(pixels)
        let choice = choice(for: pixels)
        pixels = try flattened(pixels, choice: choice)
        return try encoded(pixels, choice: choice)
    }

    /// What decoding all of an image says of it.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - facts: what its header says.
    ///   - limits: what decoding may take.
    /// - Returns: findings; none for a whole image, and none for a format that is not decoded here.
    /// - Throws: a `PreflightError` when it is too large to be decoded.
    static func damage(
        in bytes: ImageBytes, facts: ImageFacts, limits: DecodeLimits
    ) throws(PreflightError) -> [Finding] {
        guard facts.format.decoder != nil else { return [] }
        if let exceeded = limits.exceeded(
            by: facts, target: PixelSize(width: 1, height: 1), byteCount: bytes.count)
        {
            throw .overLimit(exceeded)
        }
        do throws(PreflightError) {
            try OpenImage.readThrough(bytes, facts: facts)
            return []
        } catch {
            guard case .image(let findings) = error else { throw error }
            return findings
        }
    }

    private func checkLimits(byteCount: Int) throws(PreflightError) {
        if let exceeded = options.limits.exceeded(
            by: facts, target: plan.targetSize, byteCount: byteCount)
        {
            throw .overLimit(exceeded)
        }
    }

    private func resampled(_ source: borrowing OpenImage) throws(PreflightError) -> PixelBuffer {
        do throws(VipsError) {
            return try Resampling.pixels(of: source)
        } catch {
            throw PreflightError(error, while: .readingPixels)
        }
    }

    private func converted(
        _ pixels: PixelBuffer, source: borrowing OpenImage
    ) throws(PreflightError) -> PixelBuffer {
        do throws(VipsError) {
            return try Colors.convertedToSRGB(pixels, source: source.image)
        } catch {
            throw PreflightError(error, while: .other)
        }
    }

    /// What is still to be done to bring the picture upright.
    private static func close(_ source: consuming OpenImage) -> Orientation { source.orientation }

    private func upright(
        _ pixels: PixelBuffer, from orientation: Orientation
    ) throws(PreflightError) -> PixelBuffer {
        guard orientation != .up else { return pixels }
        return try vipsStep { () throws(VipsError) in
            try VipsImage(pixels).upright(from: orientation.rawValue).pixels()
        }
    }

    /// An alpha channel that hides nothing is dropped.
    private func withoutNeedlessAlpha(_ pixels: PixelBuffer) throws(PreflightError) -> PixelBuffer {
        guard pixels.hasAlpha, pixels.isOpaque else { return pixels }
        return try overBackground(pixels)
    }

    private func choice(for pixels: PixelBuffer) -> OutputChoice {
        OutputChoice(
            wanted: options.outputFormat, source: facts.format, hasAlpha: pixels.hasAlpha,
            kind: ContentKind(pixels))
    }

    private func flattened(_ pixels: PixelBuffer, choice: OutputChoice) throws(PreflightError) -> PixelBuffer
    {
        guard pixels.hasAlpha, !choice.keepsAlpha else { return pixels }
        return try overBackground(pixels)
    }

    private func overBackground(_ pixels: PixelBuffer) throws(PreflightError) -> PixelBuffer {
        let background = options.background
        return try vipsStep { () throws(VipsError) in
            try VipsImage(pixels)
                .flattened(red: background.red, green: background.green, blue: background.blue).pixels()
        }
    }

    private func encoded(_ pixels: PixelBuffer, choice: OutputChoice) throws(PreflightError) -> FittedImage {
        try ByteFit(maxBytes: plan.maxBytes, choice: choice, quality: options.quality).fitted(pixels)
    }
}

extension PixelBuffer {
    /// Whether no pixel is transparent.
    var isOpaque: Bool {
        guard hasAlpha else { return true }
        var offset = bands - 1
        while offset < samples.count {
            guard samples[offset] == 255 else { return false }
            offset += bands
        }
        return true
    }
}
