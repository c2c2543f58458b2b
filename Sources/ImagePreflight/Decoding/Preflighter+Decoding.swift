internal import ImageHeaders
internal import PreflightRecords
package import SystemPackage
internal import Vips
internal import VisionRules

// MARK: - Inspecting

extension Preflighter {
    /// Judges a file by its header alone.
    ///
    /// - Parameter path: the file.
    /// - Returns: what its header says, and the findings of the rules.
    /// - Throws: `PreflightError.file` when it cannot be read.
    package func inspect(path: FilePath) throws(PreflightError) -> CheckedImage {
        try inspect(ImageSource(path: path))
    }

    /// Judges an image by its header alone.
    ///
    /// - Parameter source: the image.
    /// - Returns: what its header says, and the findings of the rules.
    /// - Throws: `PreflightError.file` when it cannot be read.
    package func inspect(_ source: ImageSource) throws(PreflightError) -> CheckedImage {
        var reader = HeaderReader()
        return try inspect(source, with: &reader)
    }

    /// The same with the reader of the calling thread.
    func inspect(
        _ source: ImageSource, with reader: inout HeaderReader
    ) throws(PreflightError) -> CheckedImage {
        let reading = try source.header(&reader)
        return judged(
            reading, promised: source.promisedFormat, document: reading.isPDF ? source.document() : nil)
    }

    /// Judges an image in memory by its header alone.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - name: its name, if any; its extension is compared with the bytes.
    /// - Returns: what its header says, and the findings of the rules.
    package func inspect(bytes: [UInt8], name: String? = nil) -> CheckedImage {
        let reading = HeaderReader.read(bytes: bytes)
        return judged(
            reading, promised: name.flatMap { FilePath($0).promisedFormat },
            document: reading.isPDF ? DocumentSubject(PDFReader.read(bytes: bytes)) : nil)
    }

    /// Judges an image of which only the start has arrived, such as an upload.
    ///
    /// - Parameters:
    ///   - start: the first bytes; 4 KiB is enough for most images.
    ///   - byteCount: the size of the whole image in bytes, if known; otherwise what has arrived.
    ///   - name: its name, if any; its extension is compared with the bytes.
    /// - Returns: what its header says, and the findings of the rules; `HeaderError.Code.truncated` in
    ///   ``CheckedImage/subject`` if more bytes are needed.
    package func inspect(start: [UInt8], byteCount: Int, name: String? = nil) -> CheckedImage {
        judged(
            start.withUnsafeBytes { HeaderReader.read(start: $0, byteCount: max(byteCount, start.count)) },
            promised: name.flatMap { FilePath($0).promisedFormat })
    }

    /// Judges a file by decoding all of it: the rules' findings, and whether its pixels are complete.
    ///
    /// - Parameter path: the file.
    /// - Returns: the result, with frames counted.
    /// - Throws: a `PreflightError` when it cannot be read, or is too large to be decoded.
    package func inspectDeeply(path: FilePath) throws(PreflightError) -> CheckedImage {
        try Self.looking(at: path) { (source) throws(PreflightError) in
            try inspectDeeply(source, inspect(source))
        }
    }

    /// Judges an image in memory by decoding all of it.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - measuresText: whether its text is measured, too.
    /// - Returns: the result, with frames counted.
    /// - Throws: a `PreflightError` when it is too large to be decoded.
    package func inspectDeeply(
        bytes: [UInt8], measuresText: Bool = true
    ) throws(PreflightError) -> CheckedImage {
        let source = ImageSource(bytes: ImageBytes(copying: bytes))
        return try inspectDeeply(source, inspect(source), measuresText: measuresText)
    }

    /// Judges an image by decoding all of it.
    func inspectDeeply(_ source: ImageSource) throws(PreflightError) -> CheckedImage {
        try inspectDeeply(source, inspect(source))
    }

    /// Judges an image whose header has been judged, by decoding all of it.
    ///
    /// - Parameters:
    ///   - source: the image.
    ///   - image: the result of its header.
    ///   - measuresText: whether its text is measured, too.
    /// - Returns: the result, with frames counted.
    /// - Throws: a `PreflightError` when it cannot be read, or is too large to be decoded.
    package func inspectDeeply(
        _ source: ImageSource, _ image: CheckedImage, measuresText: Bool = true
    ) throws(PreflightError) -> CheckedImage {
        guard let facts = image.facts else { return image }
        let counted = try framesCounted(of: image, source)
        let byteCount = image.subject.byteCount
        let task = try examination(of: facts, byteCount: byteCount, measuresText: measuresText)
        guard let task else { return counted }
        return try examined(counted, source, task)
    }

    /// The image with its frames counted to the end.
    func framesCounted(of image: CheckedImage, _ source: ImageSource) throws(PreflightError)
        -> CheckedImage
    {
        guard var facts = image.facts, let frames = try source.countFrames(facts) else { return image }
        facts.frames = frames
        facts.framesAreExact = true
        var image = image
        image.subject.header = .success(facts)
        image.assessment = assess(image.subject, for: destination)
        return image
    }

    /// The task for a decoder when an image is only checked; nil for a format that is not decoded here.
    ///
    /// - Throws: `PreflightError.overLimit`.
    func examination(
        of facts: ImageFacts, byteCount: Int, measuresText: Bool = true
    ) throws(PreflightError) -> DecodingTask? {
        guard facts.format.decoder != nil else { return nil }
        var task = DecodingTask(
            facts: facts, byteCount: byteCount, options: options,
            memory: try options.limits.memory(
                toDecode: facts, target: PixelSize(width: 1, height: 1), byteCount: byteCount))
        task.isReadThrough = true
        task.measuresText = measuresText
        task.isNamed = false
        if options.hashesPictures { task.hashPlan = hashPlan(for: facts, byteCount: byteCount) }
        return task
    }

    /// Adds what a decoder found to what is known about an image.
    func examined(
        _ image: CheckedImage, _ source: ImageSource, _ task: DecodingTask
    ) throws(PreflightError) -> CheckedImage {
        var image = image
        do throws(PreflightError) {
            let decoded = try decoder.decode(task, of: source)
            image = judged(image, text: decoded.text)
            image.assessment.add(decoded.damage)
            image.perceptualHash = decoded.perceptualHash
        } catch {
            // A crash of the decoder is a finding about the image.
            guard case .image(let findings) = error.reason else { throw error }
            image.assessment.add(findings)
        }
        return image
    }

    /// Whether the end of an image is missing, which its header does not show. Reads the file to its end.
    ///
    /// - Parameters:
    ///   - source: the image.
    ///   - image: what is known about it.
    /// - Returns: true only if that is certain.
    /// - Throws: a `PreflightError` when it cannot be read.
    package func isCut(_ source: ImageSource, _ image: CheckedImage) throws(PreflightError) -> Bool {
        guard let format = image.facts?.format else { return false }
        let bytes = try source.bytes(maxBytes: options.limits.maxFileBytes)
        return bytes.withUnsafeBytes { EndCheck.isTruncated($0, format: format) }
    }

    /// Checks a file, and starts over if it has changed in the meantime.
    package static func looking<Value>(
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
                guard case .changed = error.reason, looks > 0 else { throw error }
                source = nil
            }
        }
    }
}

// MARK: - Preparing

extension Preflighter {
    /// Makes an image that can be sent, on the calling thread.
    ///
    /// - Parameters:
    ///   - source: the original.
    ///   - tiles: whether it may become tiles, as ``PrepareOptions/tiling`` says.
    /// - Returns: the result.
    /// - Throws: a `PreflightError`.
    package func prepared(_ source: ImageSource, tiles: Bool = true) throws(PreflightError) -> PreparedImage {
        var preflighter = self
        if !tiles { preflighter.options.tiling = nil }
        return PreparedImage(try preflighter.made(source))
    }
}

// MARK: - Making

extension Preflighter {
    /// Makes the images that can be sent from a file, at least one, and writes nothing.
    ///
    /// - Parameter path: the file.
    /// - Returns: the file, and the result.
    /// - Throws: a `PreflightError`.
    func made(path: FilePath) throws(PreflightError) -> (ImageSource, [MadeImage]) {
        try Self.looking(at: path) { (source) throws(PreflightError) in (source, try made(source)) }
    }

    /// Makes the images that can be sent from an image, at least one, and writes nothing.
    ///
    /// - Parameter source: the image.
    /// - Returns: the result.
    /// - Throws: a `PreflightError`: `changed` when it is no longer the image whose header was read.
    func made(_ source: ImageSource) throws(PreflightError) -> [MadeImage] {
        let image = try inspect(source)
        if let measurement = measurement(of: image) {
            return try made(source, image, measurement) { (image) throws(PreflightError) in
                try decision(for: image, source)
            }
        }
        return try made(source, decision(for: image, source))
    }

    /// The decision about an image before anything is made from it.
    struct Decision {
        /// What is known about the image.
        var image: CheckedImage
        /// How it is prepared.
        var plan: TransformPlan
        /// The task for a decoder; nil for an image that is copied without decoding.
        var task: DecodingTask?
    }

    /// Decides how an image is prepared.
    func decision(for image: CheckedImage, _ source: ImageSource) throws(PreflightError) -> Decision {
        try decision(for: image, plan(image), source)
    }

    /// Completes a plan from the header alone.
    func decision(
        for image: CheckedImage, _ header: TransformPlan, _ source: ImageSource
    ) throws(PreflightError) -> Decision {
        let plan = try completed(header, of: image, source)
        return Decision(image: image, plan: plan, task: try decodingTask(for: image, plan))
    }

    // MARK: Text

    /// The task that measures the text of an image; nil if text does not decide its size, or is known already, or the
    /// image is too large to be measured.
    ///
    /// - Parameter image: what is known about the image.
    /// - Returns: the task.
    func measurement(of image: CheckedImage) -> DecodingTask? {
        guard options.fit.fit == .legible, image.subject.text == nil, let facts = image.facts,
            facts.format.decoder != nil, facts.format != .svg, facts.size.shortEdge > 0
        else { return nil }
        if let kind = facts.unsupportedKind, !kind.mayBeConverted { return nil }
        let byteCount = image.subject.byteCount
        let memory = DecodingMemory(measuring: facts, byteCount: byteCount, limits: options.limits)
        let pixel = PixelSize(width: 1, height: 1)
        guard memory.usual <= options.limits.maxMemory,
            options.limits.exceeded(by: facts, target: pixel, byteCount: byteCount) == nil
        else { return nil }
        var task = DecodingTask(facts: facts, byteCount: byteCount, options: options, memory: memory)
        task.measuresText = true
        task.isNamed = false
        return task
    }

    /// The image with its text, if that decides its size. Its pixels are not kept.
    ///
    /// - Parameters:
    ///   - image: what is known about the image.
    ///   - source: the image.
    /// - Returns: what is known about it now.
    /// - Throws: a `PreflightError` when it cannot be decoded.
    package func measured(_ image: CheckedImage, _ source: ImageSource) throws(PreflightError) -> CheckedImage
    {
        guard let measurement = measurement(of: image) else { return image }
        return judged(image, text: try decoder.decode(measurement, of: source).text)
    }

    /// Measures the text of an image, then prepares it as decided with that.
    ///
    /// - Parameters:
    ///   - source: the image.
    ///   - image: what is known about it.
    ///   - measurement: the task that measures the text.
    ///   - decide: decides how the image is prepared, once the text is known.
    /// - Returns: one image, or its tiles in reading order.
    /// - Throws: a `PreflightError`; what `decide` throws.
    func made(
        _ source: ImageSource, _ image: CheckedImage, _ measurement: DecodingTask,
        decide: (CheckedImage) throws(PreflightError) -> Decision
    ) throws(PreflightError) -> [MadeImage] {
        var decided: Decision?
        let decoded = try decoder.decode(measurement, of: source) { (first) throws(PreflightError) in
            let decision = try decide(judged(image, text: first.text))
            decided = decision
            return decision.task
        }
        guard let decided else { throw .step(FailedStep(action: "decode the image", log: "")) }
        return try made(source, decided) { (_) throws(PreflightError) in decoded }
    }

    /// A plan for the file as it is: a file that lacks only its end marker is rewritten instead of copied.
    ///
    /// - Parameters:
    ///   - plan: the plan from the header alone.
    ///   - image: what is known about the image.
    ///   - source: the image, which is read to its end for a copy.
    /// - Returns: the plan.
    /// - Throws: a `PreflightError` when the file cannot be read.
    func completed(
        _ plan: TransformPlan, of image: CheckedImage, _ source: ImageSource
    ) throws(PreflightError) -> TransformPlan {
        guard plan.isCopy, let format = image.facts?.format, EndCheck.mayBeComplete(format) else {
            return plan
        }
        guard try isCut(source, image) else { return plan }
        var plan = plan
        plan.reasons.insert(.complete)
        return plan
    }

    /// The task for a decoder; nil for an image that is copied without decoding.
    ///
    /// - Parameters:
    ///   - image: what is known about the image.
    ///   - plan: how to prepare it.
    /// - Returns: the task.
    /// - Throws: `PreflightError.overLimit`.
    func decodingTask(
        for image: CheckedImage, _ plan: TransformPlan
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

    /// Makes the images of a decision.
    ///
    /// - Parameters:
    ///   - source: the image.
    ///   - decision: how the image is prepared.
    /// - Returns: one image, or its tiles in reading order.
    /// - Throws: a `PreflightError`: `changed` when it is no longer the image whose header was read.
    func made(_ source: ImageSource, _ decision: Decision) throws(PreflightError) -> [MadeImage] {
        try made(source, decision) { (task) throws(PreflightError) in
            try decoder.decode(task, of: source)
        }
    }

    private func made(
        _ source: ImageSource, _ decision: Decision,
        decode: (DecodingTask) throws(PreflightError) -> Decoded
    ) throws(PreflightError) -> [MadeImage] {
        let plan = decision.plan
        guard let task = decision.task, !plan.isCopy else {
            return [try copied(source, decision, decode: decode)]
        }
        let decoded = try decode(task)
        guard let sourceSHA256 = decoded.sourceSHA256, let pageSize = decoded.pageSize else {
            throw .step(FailedStep(action: "decode the image", log: ""))
        }
        var image = decision.image
        image.perceptualHash = decoded.perceptualHash
        let pageMap = Self.map(plan, outputSize: pageSize)
        return decoded.images.map { made in
            let isResized =
                made.size.longEdge != plan.sourceSize.longEdge
                || made.size.shortEdge != plan.sourceSize.shortEdge
            let text = image.subject.text?.scaled(from: made.tile?.size ?? plan.sourceSize, to: made.size)
            let result = judged(
                made.bytes.withUnsafeBytes { HeaderReader.read(bytes: $0) }, promised: nil,
                text: task.isWithoutText(made) ? TextMeasure.none : text?.measure)
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
        _ source: ImageSource, _ decision: Decision, decode: (DecodingTask) throws(PreflightError) -> Decoded
    ) throws(PreflightError) -> MadeImage {
        var image = decision.image
        let plan = decision.plan
        guard let facts = image.facts else { throw .image(image.assessment.findings) }
        let bytes = try source.bytes(maxBytes: options.limits.maxFileBytes)
        let reading = bytes.withUnsafeBytes { HeaderReader.read(bytes: $0) }
        guard reading.facts == facts, reading.byteCount == image.subject.byteCount else {
            throw .changed(source.path ?? "")
        }
        // A missing end was looked for when the plan was completed.
        if !EndCheck.mayBeComplete(facts.format), try isCut(source, image) { throw .image([.damaged]) }
        let sha256 = Digest.sha256(bytes)
        if let task = decision.task {
            let decoded = try decode(task)
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
        // The decoder of a HEIC may know of a turn that the header does not show.
        let isTurned =
            (display.width > display.height) == (outputSize.width < outputSize.height)
            && display.width != display.height && outputSize.width != outputSize.height
        return isTurned
            ? CoordinateMap(sourceSize: display.transposed, orientation: .up, outputSize: outputSize)
            : CoordinateMap(
                sourceSize: plan.sourceSize, orientation: plan.orientation, outputSize: outputSize)
    }
}
