import ImageHeaders
import Vips
import VisionRules

/// The path of one image from its bytes to the file that can be sent. Pixels never leave it.
struct Pipeline {
    /// What the header says.
    var facts: ImageFacts
    /// How to prepare the image.
    var plan: TransformPlan
    /// The options.
    var options: PrepareOptions
    /// The memory for decoding.
    var memory: DecodingMemory
    /// The picture, if it is already decoded.
    var picture: FullPicture?

    /// Decodes, shrinks, turns, converts and encodes; if the plan has tiles, cuts at quiet lines.
    ///
    /// The picture is turned and its colors are converted after it was shrunk, because that is less work for
    /// the same picture.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - onlyDirectly: whether libvips must not decode it.
    /// - Returns: the prepared image, or its tiles, each within the plan's byte limit; nil if that requires
    ///   libvips, which must not be used.
    /// - Throws: a `PreflightError`.
    func page(of bytes: ImageBytes, onlyDirectly: Bool = false) throws(PreflightError) -> FittedTiles? {
        if let image = DirectJPEG.image(
            of: bytes, facts: facts, plan: plan, options: options, memory: memory, picture: picture?.planes)
        {
            return FittedTiles(pageSize: image.size, tiles: [FittedTiles.Part(tile: nil, image: image)])
        }
        guard let upright = try uprightPixels(of: bytes, onlyDirectly: onlyDirectly) else { return nil }
        let (pixels, choice) = try prepared(upright)
        let size = PixelSize(width: pixels.width, height: pixels.height)
        guard let grid = plan.tiles, let tiling = options.tiling else {
            let image = try encoded(pixels, choice: choice)
            return FittedTiles(pageSize: size, tiles: [FittedTiles.Part(tile: nil, image: image)])
        }
        // The format suits the whole page: a tile that happens to show a photo is still part of a screenshot.
        let cutting = TileCutting(pixels: pixels, grid: grid, overlap: tiling.overlap)
        var tiles: [FittedTiles.Part] = []
        var tileChoice = choice
        for tile in cutting.grid.tiles {
            let image = try encoded(sized(cutting.pixels(of: tile)), choice: tileChoice)
            tiles.append(FittedTiles.Part(tile: tile, image: image))
            tileChoice = tileChoice.following(image.codec)
        }
        return FittedTiles(pageSize: size, tiles: tiles)
    }

    /// A tile at its size: if text decides the size, a part of the page without text needs no full detail.
    private func sized(_ tile: PixelBuffer) throws(PreflightError) -> PixelBuffer {
        let size = PixelSize(width: tile.width, height: tile.height)
        let recommended = RecommendedSize.size(for: size)
        guard options.fit.fit == .legible, recommended != size,
            !tile.mayHaveText(background: options.background ?? .white)
        else { return tile }
        return try vipsStep { () throws(VipsError) in try Resampling.smaller(tile, size: recommended) }
    }

    private func open(_ bytes: ImageBytes, onlyDirectly: Bool) throws(PreflightError) -> OpenImage? {
        try OpenImage.open(
            bytes, facts: facts, plan: plan, memory: memory, picture: picture, onlyDirectly: onlyDirectly)
    }

    /// The upright picture at its planned size, and how it is encoded.
    private func prepared(_ pixels: PixelBuffer) throws(PreflightError) -> (PixelBuffer, OutputChoice) {
        let pixels = try withoutNeedlessAlpha(pixels)
        let choice = choice(for: pixels)
        return (try flattened(pixels, choice: choice), choice)
    }

    /// The upright picture at its planned size, in 8-bit gray or sRGB; nil if that requires libvips, which
    /// must not be used. Memory for decoding is freed before encoding takes its share.
    private func uprightPixels(
        of bytes: ImageBytes, onlyDirectly: Bool
    ) throws(PreflightError) -> PixelBuffer? {
        if let pixels = picture?.sRGBPixels
            ?? DirectDecoding.sRGBPixels(of: bytes, facts: facts, memory: memory)
        {
            let size = plan.targetSize.oriented(plan.orientation)
            let smaller =
                size == facts.size
                ? pixels
                : try vipsStep { () throws(VipsError) in try Resampling.smaller(pixels, size: size) }
            return try upright(smaller, from: plan.orientation)
        }
        guard let source = try open(bytes, onlyDirectly: onlyDirectly) else { return nil }
        try checkProfile(of: source)
        let pixels = try converted(try resampled(source), source: source)
        return try upright(pixels, from: Self.close(source))
    }

    /// Decodes and shrinks, without encoding.
    ///
    /// - Parameter bytes: the file.
    /// - Returns: the upright picture in 8-bit gray or sRGB, over the background where it is transparent.
    /// - Throws: a `PreflightError`.
    func opaquePixels(of bytes: ImageBytes) throws(PreflightError) -> PixelBuffer? {
        guard let source = try open(bytes, onlyDirectly: false) else { return nil }
        let pixels = try converted(try resampled(source), source: source)
        let upright = try upright(pixels, from: Self.close(source))
        return upright.hasAlpha ? try overBackground(upright) : upright
    }

    /// Decodes all of an image, and returns its findings.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - facts: what its header says.
    ///   - memory: the memory for decoding.
    ///   - onlyDirectly: whether libvips must not be used.
    ///   - text: set to the text of a whole image, if it is measured.
    ///   - measuresText: whether the text is measured.
    /// - Returns: findings; none for a whole image, and none for a format that is not decoded here; nil if libvips would be
    ///   needed and must not be used.
    /// - Throws: a `PreflightError` when a step fails through no fault of the image.
    static func damage(
        in bytes: ImageBytes, facts: ImageFacts, memory: DecodingMemory, onlyDirectly: Bool,
        text: inout TextMeasure?, measuresText: Bool
    ) throws(PreflightError) -> [Finding]? {
        // SVG is rendered only if requested.
        guard facts.format.decoder != nil, facts.format != .svg else { return [] }
        if !measuresText, DirectDecoding.isWhole(bytes, facts: facts, memory: memory) { return [] }
        if onlyDirectly { return nil }
        do throws(PreflightError) {
            text = try OpenImage.readThrough(bytes, facts: facts, measuresText: measuresText)
            return []
        } catch {
            guard case .image(let findings) = error.reason else { throw error }
            return findings
        }
    }

    /// The size of a packed profile is only known now; nothing has been done with it yet.
    private func checkProfile(of source: borrowing OpenImage) throws(PreflightError) {
        let limit = options.limits.maxProfileBytes
        let count = source.image.withProfile(\.count)
        guard count <= limit else {
            throw .overLimit(DecodeLimits.Exceeded(kind: .profileBytes, measured: count, limit: limit))
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
            return try Colors.convertedToSRGB(pixels, source: source.image, conversion: source.conversion)
        } catch {
            throw PreflightError(error, while: .other)
        }
    }

    /// The turn that is still needed to make the picture upright.
    private static func close(_ source: consuming OpenImage) -> Orientation { source.orientation }

    private func upright(
        _ pixels: PixelBuffer, from orientation: Orientation
    ) throws(PreflightError) -> PixelBuffer {
        guard orientation != .up else { return pixels }
        return try vipsStep { () throws(VipsError) in
            try VipsImage(pixels).upright(from: orientation.rawValue).pixels()
        }
    }

    /// An alpha channel that hides nothing is dropped, and any if a background was requested.
    private func withoutNeedlessAlpha(_ pixels: PixelBuffer) throws(PreflightError) -> PixelBuffer {
        guard pixels.hasAlpha else { return pixels }
        if pixels.isOpaque { return pixels.withoutAlpha() }
        return options.background == nil ? pixels : try overBackground(pixels)
    }

    private func choice(for pixels: PixelBuffer) -> OutputChoice {
        OutputChoice(
            wanted: options.outputFormat, formats: options.formats, source: facts.format,
            hasAlpha: pixels.hasAlpha,
            kind: ContentKind(pixels))
    }

    private func flattened(_ pixels: PixelBuffer, choice: OutputChoice) throws(PreflightError) -> PixelBuffer
    {
        guard pixels.hasAlpha, !choice.keepsAlpha else { return pixels }
        return try overBackground(pixels)
    }

    private func overBackground(_ pixels: PixelBuffer) throws(PreflightError) -> PixelBuffer {
        let background = options.background ?? .white
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
