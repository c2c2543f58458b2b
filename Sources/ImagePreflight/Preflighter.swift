public import ImageHeaders
public import SystemPackage
import Vips
public import VisionRules

/// Inspects, plans and prepares images for one destination.
///
/// Everything is synchronous and runs in the calling thread; a preflighter may be used from any number of
/// threads at once.
public struct Preflighter: Sendable {
    /// Where the images are about to be sent.
    public var destination: Destination
    /// How they are prepared.
    public var options: PrepareOptions

    /// A preflighter.
    ///
    /// - Parameters:
    ///   - destination: where the images are about to be sent.
    ///   - options: how they are prepared.
    public init(destination: Destination, options: PrepareOptions = PrepareOptions()) {
        self.destination = destination
        self.options = options
    }
}

// MARK: - Inspecting

extension Preflighter {
    /// Judges a file by its header alone.
    ///
    /// - Parameter path: the file.
    /// - Returns: what its header says, and what the rules say of that.
    /// - Throws: `PreflightError.file` when it cannot be read.
    public func inspect(path: FilePath) throws(PreflightError) -> InspectedImage {
        var reader = HeaderReader()
        let reading: Result<HeaderReading, FileError> = path.withPlatformString { path in
            do throws(FileError) { return .success(try reader.read(path: path)) } catch {
                return .failure(error)
            }
        }
        switch reading {
        case .success(let reading): return judged(reading, promised: path.promisedFormat)
        case .failure(let error):
            let action: FileFailure.Action = error.operation == .open ? .open : .read
            throw .file(FileFailure(action: action, path: path, errno: Errno(rawValue: error.errno)))
        }
    }

    /// Judges an image in memory by its header alone.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - name: what it is called, if it has a name; its extension is compared with the bytes.
    /// - Returns: what its header says, and what the rules say of that.
    public func inspect(bytes: [UInt8], name: String? = nil) -> InspectedImage {
        judged(HeaderReader.read(bytes: bytes), promised: name.flatMap { FilePath($0).promisedFormat })
    }

    /// Judges an image of which only the start has come, as an upload by its first bytes.
    ///
    /// - Parameters:
    ///   - start: the first bytes; 4 KiB are enough for most images.
    ///   - byteCount: the size of the whole image in bytes, where it is known; otherwise what has come.
    ///   - name: what it is called, if it has a name; its extension is compared with the bytes.
    /// - Returns: what its header says, and what the rules say of that; `HeaderError.truncated` in
    ///   ``InspectedImage/subject`` where more bytes are needed.
    public func inspect(start: [UInt8], byteCount: Int, name: String? = nil) -> InspectedImage {
        judged(
            start.withUnsafeBytes { HeaderReader.read(start: $0, byteCount: max(byteCount, start.count)) },
            promised: name.flatMap { FilePath($0).promisedFormat })
    }

    /// Judges a file by decoding all of it: the rules' findings, and whether its pixels are whole.
    ///
    /// - Parameter path: the file.
    /// - Returns: what was found; frames are counted.
    /// - Throws: a `PreflightError` when it cannot be read, or is too large to be decoded.
    public func inspectDeeply(path: FilePath) throws(PreflightError) -> InspectedImage {
        let bytes = try FileReader.bytes(of: path, maxBytes: options.limits.maxFileBytes)
        var image = inspected(bytes, promised: path.promisedFormat)
        guard var facts = image.facts else { return image }
        if case .success(let frames) = bytes.withUnsafeBytes({ HeaderReader.countFrames(bytes: $0) }) {
            facts.frames = frames
            facts.framesAreExact = true
            image.subject.header = .success(facts)
            image.assessment = assess(image.subject, for: destination)
        }
        image.assessment.add(try Pipeline.damage(in: bytes, facts: facts, limits: options.limits))
        if options.hashesPictures { image.perceptualHash = perceptualHash(of: bytes, facts: facts) }
        return image
    }

    private func inspected(_ bytes: ImageBytes, promised: ImageFormat?) -> InspectedImage {
        judged(bytes.withUnsafeBytes { HeaderReader.read(bytes: $0) }, promised: promised)
    }

    private func judged(_ reading: HeaderReading, promised: ImageFormat?) -> InspectedImage {
        let subject = ImageSubject(
            header: reading.header, byteCount: reading.byteCount, promisedFormat: promised)
        return InspectedImage(subject: subject, assessment: assess(subject, for: destination))
    }
}

// MARK: - Planning

extension Preflighter {
    /// Decides what has to be done to an image, without touching its pixels.
    ///
    /// - Parameter image: what is known of it.
    /// - Returns: the plan.
    /// - Throws: `PreflightError.image` when it is none that can be prepared, `PreflightError.plan` when the
    ///   options cannot be met.
    public func plan(_ image: InspectedImage) throws(PreflightError) -> TransformPlan {
        guard let facts = image.facts else {
            throw .image(image.assessment.findings.filter { $0.severity == .error })
        }
        if let kind = facts.unsupportedKind, !kind.mayBeConverted {
            throw .image(image.assessment.findings.filter { $0.code == .unsupportedFormat })
        }
        do throws(PlanError) {
            return try TransformPlan.make(
                for: facts, byteCount: image.subject.byteCount, destination: destination, fit: options.fit,
                outputFormat: options.outputFormat.format, tiling: options.tiling,
                flattens: options.background != nil, convertsSVG: options.convertsSVG)
        } catch {
            switch error {
            case .notAnImage(let format), .blockedFormat(let format):
                throw .image([.notConvertible(format)])
            case .noPixels: throw .image([.unreadable(error.description)])
            case .cannotWrite, .impossibleWish: throw .plan(error)
            }
        }
    }
}

// MARK: - Preparing

extension Preflighter {
    /// Writes a file that can be sent. It is one file, whatever ``PrepareOptions/tiling`` says.
    ///
    /// - Parameters:
    ///   - path: the original.
    ///   - output: the path of the result, whose format is known only when it is made. An existing file is
    ///     replaced; the folder must exist.
    /// - Returns: what was done.
    /// - Throws: a `PreflightError`; nothing is left behind then.
    public func prepare(
        path: FilePath, to output: (ImageFormat) throws(PreflightError) -> FilePath
    ) throws(PreflightError) -> PreparedFile {
        let image = try madeWhole(path: path)
        let target = try output(image.preparation.output.format)
        let writer = OutputWriter(isDurable: options.isDurable)
        if image.preparation.action == .copied {
            try writer.copy(path, image.bytes, to: target)
        } else {
            try writer.write(image.bytes, to: target)
        }
        return PreparedFile(preparation: image.preparation, path: target)
    }

    /// Makes an image that can be sent. It is one image, whatever ``PrepareOptions/tiling`` says.
    ///
    /// - Parameter bytes: the original.
    /// - Returns: the result and what was done.
    /// - Throws: a `PreflightError`.
    public func prepare(bytes: [UInt8]) throws(PreflightError) -> PreparedImage {
        let image = try whole(ImageBytes(copying: bytes), promised: nil)
        return PreparedImage(preparation: image.preparation, bytes: image.bytes.array)
    }

    /// Writes the tiles of an image that would lose its detail as ``PrepareOptions/tiling`` says, and one file
    /// for any other image.
    ///
    /// - Parameters:
    ///   - path: the original.
    ///   - output: the path of each result; the tile is nil for an image that needs none. Existing files are
    ///     replaced; the folders must exist.
    /// - Returns: what was done, in reading order; at least one.
    /// - Throws: a `PreflightError`; none of the tiles is left behind then.
    public func prepareTiles(
        path: FilePath, to output: (ImageFormat, Tile?) throws(PreflightError) -> FilePath
    ) throws(PreflightError) -> [PreparedFile] {
        let images = try made(path: path)
        var files: [PreparedFile] = []
        for preparation in images.map(\.preparation) {
            files.append(
                PreparedFile(
                    preparation: preparation,
                    path: try output(preparation.output.format, preparation.tile)))
        }
        let writer = OutputWriter(isDurable: options.isDurable)
        if files.count == 1, files[0].preparation.action == .copied {
            try writer.copy(path, images[0].bytes, to: files[0].path)
        } else {
            try writer.write(images.map(\.bytes), to: files.map(\.path))
        }
        return files
    }

    /// Makes the tiles of an image that would lose its detail as ``PrepareOptions/tiling`` says, and one image
    /// of any other.
    ///
    /// - Parameter bytes: the original.
    /// - Returns: the results and what was done, in reading order; at least one.
    /// - Throws: a `PreflightError`.
    public func prepareTiles(bytes: [UInt8]) throws(PreflightError) -> [PreparedImage] {
        try made(bytes: bytes, name: nil).map {
            PreparedImage(preparation: $0.preparation, bytes: $0.bytes.array)
        }
    }

    /// Makes the images that can be sent of a file, at least one, and writes nothing.
    func made(path: FilePath) throws(PreflightError) -> [MadeImage] {
        let bytes = try FileReader.bytes(of: path, maxBytes: options.limits.maxFileBytes)
        return try prepared(bytes, promised: path.promisedFormat)
    }

    /// Makes one image that can be sent of a file, whatever the options say of tiles, and writes nothing.
    func madeWhole(path: FilePath) throws(PreflightError) -> MadeImage {
        let bytes = try FileReader.bytes(of: path, maxBytes: options.limits.maxFileBytes)
        return try whole(bytes, promised: path.promisedFormat)
    }

    /// Makes the images that can be sent of bytes, at least one.
    func made(bytes: [UInt8], name: String?) throws(PreflightError) -> [MadeImage] {
        try prepared(ImageBytes(copying: bytes), promised: name.flatMap { FilePath($0).promisedFormat })
    }

    /// A file that can be sent as it is; nil when it has to be decoded, as when it has changed since its header
    /// was looked at.
    func copied(path: FilePath) throws(PreflightError) -> MadeImage? {
        let bytes = try FileReader.bytes(of: path, maxBytes: options.limits.maxFileBytes)
        let source = inspected(bytes, promised: path.promisedFormat)
        let plan = try plan(source, bytes)
        guard let facts = source.facts, plan.isCopy else { return nil }
        return try copied(bytes, source: source, facts: facts, plan: plan)
    }

    private func prepared(
        _ bytes: ImageBytes, promised: ImageFormat?
    ) throws(PreflightError) -> [MadeImage] {
        var source = inspected(bytes, promised: promised)
        let plan = try plan(source, bytes)
        guard let facts = source.facts else { throw .image(source.assessment.findings) }
        if options.hashesPictures { source.perceptualHash = perceptualHash(of: bytes, facts: facts) }
        guard let grid = plan.tiles, let tiling = options.tiling else {
            return [
                plan.isCopy
                    ? try copied(bytes, source: source, facts: facts, plan: plan)
                    : try reencoded(bytes, source: source, facts: facts, plan: plan)
            ]
        }
        let tiles = try Pipeline(facts: facts, plan: plan, options: options)
            .run(bytes, grid: grid, tiling: tiling)
        return try tiled(tiles, of: bytes, source: source, plan: plan)
    }

    /// The plan of a file in memory: what lacks only its end is not copied.
    private func plan(_ source: InspectedImage, _ bytes: ImageBytes) throws(PreflightError) -> TransformPlan {
        var plan = try plan(source)
        if plan.isCopy, let format = source.facts?.format, EndCheck.mayBeComplete(format),
            bytes.withUnsafeBytes({ EndCheck.isTruncated($0, format: format) })
        {
            plan.reasons.insert(.complete)
        }
        return plan
    }

    private func whole(_ bytes: ImageBytes, promised: ImageFormat?) throws(PreflightError) -> MadeImage {
        var preflighter = self
        preflighter.options.tiling = nil
        return try preflighter.prepared(bytes, promised: promised)[0]
    }

    private func copied(
        _ bytes: ImageBytes, source: InspectedImage, facts: ImageFacts, plan: TransformPlan
    ) throws(PreflightError) -> MadeImage {
        guard !bytes.withUnsafeBytes({ EndCheck.isTruncated($0, format: facts.format) }) else {
            throw .image([.damaged])
        }
        if options.decodesCopies {
            let damage = try Pipeline.damage(in: bytes, facts: facts, limits: options.limits)
            guard damage.isEmpty else { throw .image(damage) }
        }
        let sha256 = Digest.sha256(bytes)
        let output = OutputFacts(
            format: facts.format, byteCount: bytes.count, size: facts.displaySize, sha256: sha256,
            assessment: source.assessment)
        let preparation = Preparation(
            source: source, sourceSHA256: sha256, plan: plan, action: .copied, output: output,
            map: Self.map(plan, outputSize: output.size), encodes: 0)
        return MadeImage(preparation: preparation, bytes: bytes)
    }

    private func reencoded(
        _ bytes: ImageBytes, source: InspectedImage, facts: ImageFacts, plan: TransformPlan
    ) throws(PreflightError) -> MadeImage {
        let image = try Pipeline(facts: facts, plan: plan, options: options).run(bytes)
        let output = try verified(image, plan: plan)
        let isResized =
            image.size.longEdge != facts.size.longEdge || image.size.shortEdge != facts.size.shortEdge
        let preparation = Preparation(
            source: source, sourceSHA256: Digest.sha256(bytes), plan: plan,
            action: isResized ? .resized : .converted, output: output,
            map: Self.map(plan, outputSize: output.size), encodes: image.encodes)
        return MadeImage(preparation: preparation, bytes: image.bytes)
    }

    private func tiled(
        _ tiles: FittedTiles, of bytes: ImageBytes, source: InspectedImage, plan: TransformPlan
    ) throws(PreflightError) -> [MadeImage] {
        let sourceSHA256 = Digest.sha256(bytes)
        let pageMap = Self.map(plan, outputSize: tiles.pageSize)
        var images: [MadeImage] = []
        for part in tiles.tiles {
            let output = try verified(part.image, plan: plan)
            let preparation = Preparation(
                source: source, sourceSHA256: sourceSHA256, plan: plan, action: .tiled, tile: part.tile,
                output: output, map: pageMap.of(part.tile, outputSize: output.size),
                encodes: part.image.encodes)
            images.append(MadeImage(preparation: preparation, bytes: part.image.bytes))
        }
        return images
    }

    /// Reads the header of a result and holds it against what was to be made.
    private func verified(_ image: FittedImage, plan: TransformPlan) throws(PreflightError) -> OutputFacts {
        let result = inspected(image.bytes, promised: nil)
        let facts = result.facts
        guard let facts, facts.size == image.size, facts.format == image.codec.format,
            facts.orientation == .up, image.bytes.count <= plan.maxBytes
        else {
            throw .unplannedResult(
                UnplannedResult(
                    plannedSize: image.size, size: facts?.size, plannedFormat: image.codec.format,
                    format: facts?.format))
        }
        return OutputFacts(
            format: facts.format, byteCount: image.bytes.count, size: facts.size,
            sha256: Digest.sha256(image.bytes), assessment: result.assessment)
    }

    private static func map(_ plan: TransformPlan, outputSize: PixelSize) -> CoordinateMap {
        let display = plan.sourceSize.oriented(plan.orientation)
        // The decoder of HEIC may know of a turn that the header kept to itself.
        let isTurned =
            (display.width > display.height) == (outputSize.width < outputSize.height)
            && display.width != display.height && outputSize.width != outputSize.height
        return isTurned
            ? CoordinateMap(sourceSize: display.transposed, orientation: .up, outputSize: outputSize)
            : CoordinateMap(
                sourceSize: plan.sourceSize, orientation: plan.orientation, outputSize: outputSize)
    }
}

extension FilePath {
    /// The format that the extension promises; nil for no or an unknown extension.
    var promisedFormat: ImageFormat? { self.extension.flatMap { ImageFormat(fileExtension: $0) } }
}
