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
        if facts.format == .jpeg {
            try checkLimits(bytes)
            if let image = DirectJPEG.image(of: bytes, facts: facts, plan: plan, options: options) {
                return image
            }
        }
        let (pixels, choice) = try prepared(bytes)
        return try encoded(pixels, choice: choice)
    }

    /// Does the same for a plan that has tiles: decodes once, cuts at quiet lines, encodes each.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - grid: the tiles of the plan.
    ///   - tiling: how they were cut.
    /// - Returns: the tiles in reading order, each within the plan's byte limit.
    /// - Throws: a `PreflightError`.
    func run(_ bytes: ImageBytes, grid: TileGrid, tiling: Tiling) throws(PreflightError) -> FittedTiles {
        // The format suits the whole page: a tile that happens to hold a photo is part of a screenshot still.
        let (pixels, choice) = try prepared(bytes)
        let cutting = TileCutting(pixels: pixels, grid: grid, overlap: tiling.overlap)
        var tiles: [FittedTiles.Part] = []
        for tile in cutting.grid.tiles {
            tiles.append(
                FittedTiles.Part(tile: tile, image: try encoded(cutting.pixels(of: tile), choice: choice)))
        }
        return FittedTiles(pageSize: PixelSize(width: pixels.width, height: pixels.height), tiles: tiles)
    }

    /// The upright picture at its planned size, and how it is encoded.
    private func prepared(_ bytes: ImageBytes) throws(PreflightError) -> (PixelBuffer, OutputChoice) {
        try checkLimits(bytes)
        var pixels = try uprightPixels(bytes)
        pixels = withoutNeedlessAlpha(pixels)
        let choice = choice(for: pixels)
        return (try flattened(pixels, choice: choice), choice)
    }

    /// The upright picture at its planned size, in 8-bit gray or sRGB. What decoding took is given back before encoding
    /// takes its share.
    private func uprightPixels(_ bytes: ImageBytes) throws(PreflightError) -> PixelBuffer {
        if let pixels = DirectDecoding.sRGBPixels(of: bytes, facts: facts, plan: plan, limits: options.limits)
        {
            let size = plan.targetSize.oriented(plan.orientation)
            let smaller =
                size == facts.size
                ? pixels
                : try vipsStep { () throws(VipsError) in try Resampling.smaller(pixels, size: size) }
            return try upright(smaller, from: plan.orientation)
        }
        let source = try OpenImage(bytes, facts: facts, plan: plan, limits: options.limits)
        try checkProfile(of: source)
        let pixels = try converted(try resampled(source), source: source)
        return try upright(pixels, from: Self.close(source))
    }

    /// Decodes and makes smaller, without encoding.
    ///
    /// - Parameter bytes: the file.
    /// - Returns: the upright picture in 8-bit grey or sRGB, over the background where it is transparent.
    /// - Throws: a `PreflightError`.
    func opaquePixels(of bytes: ImageBytes) throws(PreflightError) -> PixelBuffer {
        let source = try OpenImage(bytes, facts: facts, plan: plan, limits: options.limits)
        let pixels = try converted(try resampled(source), source: source)
        let upright = try upright(pixels, from: Self.close(source))
        return upright.hasAlpha ? try overBackground(upright) : upright
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
        try limits.check(bytes, facts: facts, target: PixelSize(width: 1, height: 1))
        do throws(PreflightError) {
            try OpenImage.readThrough(bytes, facts: facts)
            return []
        } catch {
            guard case .image(let findings) = error else { throw error }
            return findings
        }
    }

    private func checkLimits(_ bytes: ImageBytes) throws(PreflightError) {
        try options.limits.check(bytes, facts: facts, target: plan.targetSize)
    }

    /// A profile that was packed is as large as it is only now; nothing has been done with it yet.
    private func checkProfile(of source: borrowing OpenImage) throws(PreflightError) {
        let limit = options.limits.maxProfileBytes
        let count = source.image.withProfile(\.count)
        guard count <= limit else {
            throw .overLimit(ExceededLimit(kind: .profileBytes, measured: count, limit: limit))
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
    private func withoutNeedlessAlpha(_ pixels: PixelBuffer) -> PixelBuffer {
        pixels.hasAlpha && pixels.isOpaque ? pixels.withoutAlpha() : pixels
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

extension DecodeLimits {
    /// Refuses a file that is over a limit.
    fileprivate func check(
        _ bytes: ImageBytes, facts: ImageFacts, target: PixelSize
    ) throws(PreflightError) {
        let exceeded =
            exceeded(by: facts, target: target, byteCount: bytes.count)
            ?? bytes.withUnsafeBytes { self.exceeded(by: $0, format: facts.format) }
        if let exceeded { throw .overLimit(exceeded) }
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
