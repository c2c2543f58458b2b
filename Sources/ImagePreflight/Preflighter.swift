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
    /// Where they are decoded.
    public var decoder: Decoder

    /// A preflighter.
    ///
    /// - Parameters:
    ///   - destination: where the images are about to be sent.
    ///   - options: how they are prepared.
    ///   - decoder: where they are decoded; by default in this process, which promises the structural limits of
    ///     ``DecodeLimits`` only.
    public init(
        destination: Destination, options: PrepareOptions = PrepareOptions(), decoder: Decoder = .inProcess
    ) {
        self.destination = destination
        self.options = options
        self.decoder = decoder
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
        try inspect(ImageSource(path: path))
    }

    /// Judges an image by its header alone.
    ///
    /// - Parameter source: the image.
    /// - Returns: what its header says, and what the rules say of that.
    /// - Throws: `PreflightError.file` when it cannot be read.
    package func inspect(_ source: ImageSource) throws(PreflightError) -> InspectedImage {
        var reader = HeaderReader()
        return try inspect(source, with: &reader)
    }

    /// The same with the reader of the calling thread.
    func inspect(
        _ source: ImageSource, with reader: inout HeaderReader
    ) throws(PreflightError) -> InspectedImage {
        judged(try source.header(&reader), promised: source.promisedFormat)
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
        try Self.looking(at: path) { (source) throws(PreflightError) in
            try inspectDeeply(source, inspect(source))
        }
    }

    /// Judges an image in memory by decoding all of it.
    ///
    /// - Parameter bytes: the file.
    /// - Returns: what was found; frames are counted.
    /// - Throws: a `PreflightError` when it is too large to be decoded.
    package func inspectDeeply(bytes: [UInt8]) throws(PreflightError) -> InspectedImage {
        let source = ImageSource(bytes: ImageBytes(copying: bytes))
        return try inspectDeeply(source, inspect(source))
    }

    private func inspectDeeply(
        _ source: ImageSource, _ image: InspectedImage
    ) throws(PreflightError) -> InspectedImage {
        guard let facts = image.facts else { return image }
        let counted = try framesCounted(of: image, source)
        guard let task = try examination(of: facts, byteCount: image.subject.byteCount) else {
            return counted
        }
        return try examined(counted, source, task)
    }

    /// The image with its frames counted to the end.
    func framesCounted(of image: InspectedImage, _ source: ImageSource) throws(PreflightError)
        -> InspectedImage
    {
        guard var facts = image.facts, let frames = try source.countFrames(facts) else { return image }
        facts.frames = frames
        facts.framesAreExact = true
        var image = image
        image.subject.header = .success(facts)
        image.assessment = assess(image.subject, for: destination)
        return image
    }

    /// What a decoder is asked to find out about an image that is only looked at; nil for a format that is not decoded
    /// here.
    ///
    /// - Throws: `PreflightError.overLimit`.
    func examination(of facts: ImageFacts, byteCount: Int) throws(PreflightError) -> DecodingTask? {
        guard facts.format.decoder != nil else { return nil }
        var task = DecodingTask(
            facts: facts, byteCount: byteCount, options: options,
            memory: try options.limits.memory(
                toDecode: facts, target: PixelSize(width: 1, height: 1), byteCount: byteCount))
        task.isReadThrough = true
        task.isNamed = false
        if options.hashesPictures { task.hashPlan = hashPlan(for: facts, byteCount: byteCount) }
        return task
    }

    /// Adds what a decoder finds to what is known of an image.
    func examined(
        _ image: InspectedImage, _ source: ImageSource, _ task: DecodingTask
    ) throws(PreflightError) -> InspectedImage {
        var image = image
        do throws(PreflightError) {
            let decoded = try decoder.decode(task, of: source)
            image.assessment.add(decoded.damage)
            image.perceptualHash = decoded.perceptualHash
        } catch {
            // A decoder that crashed is what is wrong with the image.
            guard case .image(let findings) = error else { throw error }
            image.assessment.add(findings)
        }
        return image
    }

    /// Looks at a file, and looks again when it has changed before all was done.
    static func looking<Value>(
        at path: FilePath, first: ImageSource? = nil,
        _ body: (ImageSource) throws(PreflightError) -> Value
    ) throws(PreflightError) -> Value {
        var looks = 3
        var source = first
        while true {
            looks -= 1
            do throws(PreflightError) {
                if let source { return try body(source) }
                return try body(ImageSource(path: path))
            } catch {
                guard case .changed = error, looks > 0 else { throw error }
                source = nil
            }
        }
    }

    func judged(_ reading: HeaderReading, promised: ImageFormat?) -> InspectedImage {
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
        do throws(PlanError) {
            return try TransformPlan.make(
                for: facts, byteCount: image.subject.byteCount, destination: destination, fit: options.fit,
                outputFormat: options.outputFormat.format, tiling: options.tiling)
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
        var preflighter = self
        preflighter.options.tiling = nil
        let (source, images) = try preflighter.made(path: path)
        let target = try output(images[0].preparation.output.format)
        let writer = OutputWriter(isDurable: options.isDurable)
        if images[0].preparation.action == .copied {
            try writer.copy(source, images[0].bytes, to: target)
        } else {
            try writer.write(images[0].bytes, to: target)
        }
        return PreparedFile(preparation: images[0].preparation, path: target)
    }

    /// Makes an image that can be sent. It is one image, whatever ``PrepareOptions/tiling`` says.
    ///
    /// - Parameter bytes: the original.
    /// - Returns: the result and what was done.
    /// - Throws: a `PreflightError`.
    public func prepare(bytes: [UInt8]) throws(PreflightError) -> PreparedImage {
        var preflighter = self
        preflighter.options.tiling = nil
        return try preflighter.prepareTiles(bytes: bytes)[0]
    }

    /// Makes an image that can be sent of a file. It is one image, whatever ``PrepareOptions/tiling`` says.
    ///
    /// - Parameter path: the original.
    /// - Returns: the result and what was done.
    /// - Throws: a `PreflightError`.
    package func prepared(path: FilePath) throws(PreflightError) -> PreparedImage {
        var preflighter = self
        preflighter.options.tiling = nil
        let image = try preflighter.made(path: path).1[0]
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
        let (source, images) = try made(path: path)
        var files: [PreparedFile] = []
        for preparation in images.map(\.preparation) {
            files.append(
                PreparedFile(
                    preparation: preparation,
                    path: try output(preparation.output.format, preparation.tile)))
        }
        let writer = OutputWriter(isDurable: options.isDurable)
        if files.count == 1, files[0].preparation.action == .copied {
            try writer.copy(source, images[0].bytes, to: files[0].path)
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
        try made(ImageSource(bytes: ImageBytes(copying: bytes))).map {
            PreparedImage(preparation: $0.preparation, bytes: $0.bytes.array)
        }
    }
}

// MARK: - Making

extension Preflighter {
    /// Makes the images that can be sent of a file, at least one, and writes nothing.
    ///
    /// - Parameter path: the file.
    /// - Returns: the file, and what was made of it.
    /// - Throws: a `PreflightError`.
    func made(path: FilePath) throws(PreflightError) -> (ImageSource, [MadeImage]) {
        try Self.looking(at: path) { (source) throws(PreflightError) in (source, try made(source)) }
    }

    /// Makes the images that can be sent of an image, at least one, and writes nothing.
    ///
    /// - Parameter source: the image.
    /// - Returns: what was made.
    /// - Throws: a `PreflightError`: `changed` when it is not the image whose header was read any more.
    func made(_ source: ImageSource) throws(PreflightError) -> [MadeImage] {
        let image = try inspect(source)
        let plan = try plan(image)
        return try made(source, image, plan, decodingTask(for: image, plan))
    }

    /// What a decoder is asked for; nil for an image that is copied unseen.
    ///
    /// - Parameters:
    ///   - image: what is known of the image.
    ///   - plan: what is to be made of it.
    /// - Returns: the task.
    /// - Throws: `PreflightError.overLimit`.
    func decodingTask(
        for image: InspectedImage, _ plan: TransformPlan
    ) throws(PreflightError) -> DecodingTask? {
        guard let facts = image.facts else { throw .image(image.assessment.findings) }
        if plan.isCopy, !options.decodesCopies, !options.hashesPictures { return nil }
        let byteCount = image.subject.byteCount
        var task = DecodingTask(
            facts: facts, byteCount: byteCount, plan: plan.isCopy ? nil : plan, options: options,
            memory: try options.limits.memory(
                toDecode: facts, target: plan.targetSize, byteCount: byteCount))
        task.isReadThrough = plan.isCopy && options.decodesCopies
        if options.hashesPictures { task.hashPlan = hashPlan(for: facts, byteCount: byteCount) }
        return task
    }

    /// Makes what was planned.
    ///
    /// - Parameters:
    ///   - source: the image.
    ///   - image: what is known of it.
    ///   - plan: what is made of it.
    ///   - task: what is asked of a decoder; nil for a copy.
    /// - Returns: one image, or its tiles in reading order.
    /// - Throws: a `PreflightError`: `changed` when it is not the image whose header was read any more.
    func made(
        _ source: ImageSource, _ image: InspectedImage, _ plan: TransformPlan, _ task: DecodingTask?
    ) throws(PreflightError) -> [MadeImage] {
        guard let task, !plan.isCopy else { return [try copied(source, image, plan, task)] }
        let decoded = try decoder.decode(task, of: source)
        guard let sourceSHA256 = decoded.sourceSHA256, let pageSize = decoded.pageSize else {
            throw .step(FailedStep(action: "decode the image", log: ""))
        }
        var image = image
        image.perceptualHash = decoded.perceptualHash
        let pageMap = Self.map(plan, outputSize: pageSize)
        return decoded.images.map { made in
            let isResized =
                made.size.longEdge != plan.sourceSize.longEdge
                || made.size.shortEdge != plan.sourceSize.shortEdge
            let result = judged(
                made.bytes.withUnsafeBytes { HeaderReader.read(bytes: $0) }, promised: nil)
            let preparation = Preparation(
                source: image, sourceSHA256: sourceSHA256, plan: plan,
                action: made.tile != nil ? .tiled : isResized ? .resized : .converted, tile: made.tile,
                output: OutputFacts(
                    format: made.format, byteCount: made.bytes.count, size: made.size, sha256: made.sha256,
                    assessment: result.assessment),
                map: made.tile.map { pageMap.of($0, outputSize: made.size) }
                    ?? Self.map(plan, outputSize: made.size),
                encodes: made.encodes)
            return MadeImage(preparation: preparation, bytes: made.bytes)
        }
    }

    private func copied(
        _ source: ImageSource, _ image: InspectedImage, _ plan: TransformPlan, _ task: DecodingTask?
    ) throws(PreflightError) -> MadeImage {
        guard let facts = image.facts else { throw .image(image.assessment.findings) }
        let bytes = try source.bytes(maxBytes: options.limits.maxFileBytes)
        let reading = bytes.withUnsafeBytes { HeaderReader.read(bytes: $0) }
        guard reading.facts == facts, reading.byteCount == image.subject.byteCount else {
            throw .changed(source.path ?? "")
        }
        guard !bytes.withUnsafeBytes({ EndCheck.isTruncated($0, format: facts.format) }) else {
            throw .image([.damaged])
        }
        let sha256 = Digest.sha256(bytes)
        var image = image
        if let task {
            let decoded = try decoder.decode(task, of: source)
            guard decoded.sourceSHA256 == sha256 else { throw .changed(source.path ?? "") }
            guard decoded.damage.isEmpty else { throw .image(decoded.damage) }
            image.perceptualHash = decoded.perceptualHash
        }
        let output = OutputFacts(
            format: facts.format, byteCount: bytes.count, size: facts.displaySize, sha256: sha256,
            assessment: image.assessment)
        let preparation = Preparation(
            source: image, sourceSHA256: sha256, plan: plan, action: .copied, output: output,
            map: Self.map(plan, outputSize: output.size), encodes: 0)
        return MadeImage(preparation: preparation, bytes: bytes)
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

/// A prepared image that is not written yet.
struct MadeImage {
    var preparation: Preparation
    var bytes: ImageBytes
}
