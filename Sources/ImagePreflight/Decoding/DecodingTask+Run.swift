internal import ImageHeaders
internal import PreflightRecords
internal import SystemPackage
internal import Vips
internal import VisionRules

extension DecodingTask {
    /// Makes sure that bytes are those that the task describes.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - path: where it is; nil for an image in memory.
    /// - Throws: `PreflightError.changed`.
    func check(_ bytes: ImageBytes, path: FilePath?) throws(PreflightError) {
        let reading = bytes.withUnsafeBytes { HeaderReader.read(bytes: $0) }
        guard reading.facts == facts, reading.byteCount == byteCount else { throw .changed(path ?? "") }
    }

    /// Performs the task in this process.
    ///
    /// - Parameters:
    ///   - bytes: the file that ``facts`` describe.
    ///   - picture: the picture, if an earlier task on the same bytes decoded it; set if this task does.
    ///   - onlyDirectly: whether libvips must not be used.
    /// - Returns: the result; nil if libvips would be needed and must not be used.
    /// - Throws: a `PreflightError`.
    func run(
        on bytes: ImageBytes, picture: inout FullPicture?, onlyDirectly: Bool = false
    ) throws(PreflightError) -> Decoded? {
        var result = Decoded()
        let exceeded = bytes.withUnsafeBytes { options.limits.exceeded(by: $0, format: facts.format) }
        if let exceeded {
            if plan != nil || isReadThrough || measuresText { throw .overLimit(exceeded) }
        } else if let hashPlan {
            guard !onlyDirectly else { return nil }
            result.perceptualHash = PerceptualHash(of: bytes, facts: facts, plan: hashPlan)
        }
        if isReadThrough {
            let damage = try Pipeline.damage(
                in: bytes, facts: facts, memory: memory, onlyDirectly: onlyDirectly, text: &result.text,
                measuresText: measuresText)
            guard let damage else { return nil }
            result.damage = damage
        } else if measuresText {
            guard
                let measured = try FullPicture.measured(
                    bytes, facts: facts, options: options, memory: memory, onlyDirectly: onlyDirectly)
            else { return nil }
            (result.text, picture) = measured
        }
        if let plan {
            let pipeline = Pipeline(
                facts: facts, plan: plan, options: options, memory: memory, picture: picture)
            guard let page = try pipeline.page(of: bytes, onlyDirectly: onlyDirectly) else { return nil }
            result.pageSize = page.pageSize
            result.images = page.tiles.map { DecodedImage(tile: $0.tile, $0.image) }
        }
        if isNamed { result.sourceSHA256 = Digest.sha256(bytes) }
        return result
    }
}

extension DecodedImage {
    fileprivate init(tile: Tiling.Tile?, _ image: FittedImage) {
        self.init(
            tile: tile, format: image.codec.format, size: image.size, sha256: Digest.sha256(image.bytes),
            encodes: image.encodes, bytes: image.bytes)
    }
}

// MARK: - Verification

extension DecodingTask {
    /// Compares the result with the task, without trusting the process that made it.
    ///
    /// - Parameters:
    ///   - decoded: the result that a decoder reports.
    ///   - hashes: whether the hashes of the images are recomputed.
    /// - Returns: nil when everything is as planned.
    func discrepancy(in decoded: Decoded, hashes: Bool) -> UnplannedResult? {
        guard isNamed == (decoded.sourceSHA256 != nil), isReadThrough || decoded.damage.isEmpty,
            hashPlan != nil || decoded.perceptualHash == nil,
            decoded.text.map({ measuresText && $0.isPlausible }) ?? true
        else { return UnplannedResult(plannedSize: facts.size, plannedFormat: facts.format) }
        guard let plan else {
            return decoded.images.isEmpty
                ? nil : UnplannedResult(plannedSize: facts.size, plannedFormat: facts.format)
        }
        let target = plan.targetSize
        // Only the decoder of a HEIC may know whether it is turned.
        let isPage =
            decoded.pageSize == target
            || facts.format.isOrientedByDecoder && decoded.pageSize == target.transposed
        guard isPage, let page = decoded.pageSize, decoded.images.count == plan.tiles?.count ?? 1 else {
            return UnplannedResult(
                plannedSize: target, size: decoded.pageSize, plannedFormat: facts.format,
                format: decoded.images.first?.format)
        }
        for (index, image) in decoded.images.enumerated() {
            let full = image.tile?.size ?? page
            let header = image.bytes.withUnsafeBytes { HeaderReader.read(bytes: $0) }
            guard isPart(image.tile, index, of: page), isPlanned(image, full: full, maxBytes: plan.maxBytes),
                let made = header.facts, made.size == image.size, made.format == image.format,
                made.orientation == .up, made.frames == 1,
                !hashes || Digest.sha256(image.bytes) == image.sha256
            else {
                return UnplannedResult(
                    plannedSize: full, size: header.facts?.size, plannedFormat: image.format,
                    format: header.facts?.format)
            }
        }
        return nil
    }

    /// Whether an image may have its size, its format and its number of bytes.
    private func isPlanned(_ image: DecodedImage, full: PixelSize, maxBytes: Int) -> Bool {
        let formats = options.outputFormat.format.map { [$0] } ?? OutputCodec.allCases.map(\.format)
        guard formats.contains(image.format), (1...maxBytes).contains(image.bytes.count),
            (1...ByteFit.maxEncodes).contains(image.encodes)
        else { return false }
        if image.size == full || isWithoutText(image) { return true }
        // Smaller, because no other attempt met the byte limit.
        return image.encodes > 1 && image.size.longEdge < full.longEdge
            && image.size == LargestSize.within(full) { $0.longEdge <= image.size.longEdge }
    }

    /// Whether an image is a part of a page that needs no full detail: one without text, if text decides the size.
    func isWithoutText(_ image: DecodedImage) -> Bool {
        guard options.fit.fit == .legible, let full = image.tile?.size else { return false }
        return image.size != full && image.size == RecommendedSize.size(for: full)
    }

    /// Whether a tile is the expected one, inside the page. Where exactly it is cut depends on the pixels.
    private func isPart(_ tile: Tiling.Tile?, _ index: Int, of page: PixelSize) -> Bool {
        guard let grid = plan?.tiles else { return tile == nil }
        guard let tile, tile.index == index, tile.count == grid.count else { return false }
        return !tile.columns.isEmpty && !tile.rows.isEmpty
            && (0...page.width).contains(tile.columns.lowerBound) && tile.columns.upperBound <= page.width
            && (0...page.height).contains(tile.rows.lowerBound) && tile.rows.upperBound <= page.height
    }
}
