public import ImagePreflight
public import MessageRequests

extension Preflighter {
    /// Prepares images and builds one request from them: labels, images, then the prompt.
    ///
    /// - Parameters:
    ///   - prompt: the prompt.
    ///   - images: files or bytes, in their order.
    ///   - system: the system prompt; nil for none.
    ///   - maxOutputTokens: the most tokens of the answer.
    ///   - pool: where the images are prepared.
    /// - Returns: the body.
    /// - Throws: a `PreflightError` for an image that cannot be prepared; a `RequestError` when the images do not fit
    ///   into one request.
    public func request(
        _ prompt: String, images: [any ImageInput], system: String? = nil, maxOutputTokens: Int = 1024,
        pool: PreflightPool = .shared
    ) async throws -> RequestBody {
        var preflighter = self
        preflighter.destination.imagesPerRequest = max(images.count, destination.imagesPerRequest)
        let prepared = try await withThrowingTaskGroup(of: (Int, PreparedImage).self) { group in
            for (index, image) in images.enumerated() {
                let preflighter = preflighter
                group.addTask { (index, try await preflighter.prepare(image, on: pool)) }
            }
            var prepared = [PreparedImage?](repeating: nil, count: images.count)
            for try await (index, image) in group { prepared[index] = image }
            return prepared.compactMap { $0 }
        }
        return try preflighter.request(
            prompt, prepared: prepared, system: system, maxOutputTokens: maxOutputTokens)
    }

    /// Builds one request from prepared images: labels, images, then the prompt. Nothing is decoded.
    ///
    /// - Parameters:
    ///   - prompt: the prompt.
    ///   - images: prepared images in their order; an image in tiles adds all of them, each with a label
    ///     that says which part it shows.
    ///   - system: the system prompt; nil for none.
    ///   - maxOutputTokens: the most tokens of the answer.
    /// - Returns: the body.
    /// - Throws: a `RequestError` when the images do not fit into one request.
    public func request(
        _ prompt: String, prepared images: [PreparedImage], system: String? = nil, maxOutputTokens: Int = 1024
    ) throws -> RequestBody {
        let template = RequestTemplate(
            model: destination.model.id, maxOutputTokens: maxOutputTokens, prompt: prompt, system: system,
            dialect: RequestTemplate.Dialect(platformID: destination.platform.id))
        let images = images.flatMap(\.images)
        let requestImages = images.map { RequestImage($0) }
        let plan = try PackPlanner(template: template, destination: destination).plan(requestImages)
        guard plan.requests.count <= 1 else {
            throw RequestError(.moreThanOneRequest(count: plan.requests.count))
        }
        return RequestBody(
            images: images, plan: plan.requests.first, writer: RequestWriter(template: template),
            parts: requestImages)
    }

    /// Repairs a request, a batch or a session log in memory, on the calling thread: only images that the service
    /// would refuse are changed.
    ///
    /// Each image is judged as one of at least `Destination.imagesPerRequest`. With
    /// `PrepareOptions.decodesCopies`, images without other errors are decoded too; a damaged one gets a
    /// finding in the report.
    ///
    /// - Parameters:
    ///   - body: the text.
    ///   - drops: whether an image that cannot be repaired is replaced by a text block.
    ///   - thinking: what is done with thinking that is bound to changed blocks.
    ///   - cache: results of earlier repairs; nil to decode each image again.
    /// - Returns: the new text, what was done, and what the service would still refuse.
    /// - Throws: a `RequestError` for a model or platform that does not exist; a `PreflightError` when images cannot
    ///   be decoded here.
    @available(*, noasync)
    public func repair(
        _ body: some Collection<UInt8> & Sendable, drops: Bool = false, thinking: ThinkingPolicy = .keep,
        cache: RepairCache? = nil
    ) throws -> RepairedRequest {
        try repaired(body, drops, thinking, cache)
    }

    private func repaired(
        _ body: some Collection<UInt8>, _ drops: Bool, _ thinking: ThinkingPolicy, _ cache: RepairCache?
    ) throws -> RepairedRequest {
        var options = LintOptions(
            modelID: nil, platformID: destination.platform.id, terms: destination.terms)
        options.imagesPerRequest = destination.imagesPerRequest
        var repairer = try RequestRepairer(options: options, drops: drops, thinking: thinking)
        repairer.listsSound = self.options.decodesCopies
        let body = Array(body)
        return try body.withUnsafeBytes { text in
            let plan = repairer.plan(bytes: text)
            var (bytes, changes): ([UInt8], [RepairChange]) = (body, [])
            if !plan.isEmpty {
                var sink = MemorySink()
                changes = try repairer.repair(bytes: text, plan: plan, to: &sink) { task in
                    switch outcome(of: task, cache) {
                    case .same: .image(task.bytes)
                    case .made(let bytes): .image(bytes)
                    case .failed(let error): .failed(error.description)
                    }
                }
                bytes = sink.bytes
            }
            var report = try RequestLinter(options: options).lint(bytes: bytes)
            try repairer.lookAtSound(bytes: text, plan: plan) { step, task in
                guard case .failed(let error) = outcome(of: task, cache) else { return }
                guard error.code == .image else { throw error }
                report.add(error.findings.filter(\.isOfImageItself), at: step)
            }
            return RepairedRequest(bytes: bytes, changes: changes, report: report)
        }
    }

    private func outcome(of task: ReencodeTask, _ cache: RepairCache?) -> RepairCache.Outcome {
        func made() -> RepairCache.Outcome {
            do throws(PreflightError) {
                let bytes = try reencoded(task)
                return bytes == task.bytes ? .same : .made(bytes)
            } catch {
                return .failed(error)
            }
        }
        guard let cache else { return made() }
        return cache.outcome(for: RepairCache.Key(task, options), made)
    }

    /// Repairs a request, a batch or a session log in memory: only images that the service would refuse are changed.
    ///
    /// Each image is judged as one of at least `Destination.imagesPerRequest`. With
    /// `PrepareOptions.decodesCopies`, images without other errors are decoded too; a damaged one gets a
    /// finding in the report.
    ///
    /// - Parameters:
    ///   - body: the text.
    ///   - drops: whether an image that cannot be repaired is replaced by a text block.
    ///   - thinking: what is done with thinking that is bound to changed blocks.
    ///   - cache: results of earlier repairs; nil to decode each image again.
    ///   - pool: where images are decoded.
    /// - Returns: the new text, what was done, and what the service would still refuse.
    /// - Throws: a `RequestError` for a model or platform that does not exist; a `PreflightError` when images cannot
    ///   be decoded here; `PreflightPool.Busy`; `CancellationError`.
    public func repair(
        _ body: some Collection<UInt8> & Sendable, drops: Bool = false, thinking: ThinkingPolicy = .keep,
        cache: RepairCache? = nil, on pool: PreflightPool = .shared
    ) async throws -> RepairedRequest {
        try await pool.run(stoppably: { try stopping(with: $0).repaired(body, drops, thinking, cache) })
    }

    /// Leaves an image as it is if it may stay and decodes to the end. Otherwise re-encodes it: no smaller
    /// than the service requires, because it should show the same content.
    ///
    /// - Parameter task: an image of a request, with the requirements for it.
    /// - Returns: the bytes of an image that the service accepts.
    /// - Throws: a `PreflightError`.
    package func reencoded(_ task: ReencodeTask) throws(PreflightError) -> [UInt8] {
        var preflighter = self
        preflighter.destination = task.destination
        preflighter.options.fit = FitOptions(fit: task.fittingTier == nil ? .limits : .native)
        preflighter.options.tiling = nil
        preflighter.options.decodesCopies = true
        if task.keepsBytes {
            let image = try preflighter.inspectDeeply(bytes: task.bytes, measuresText: false)
            if image.findings.allSatisfy({ $0.severity != .error }) { return task.bytes }
        }
        return try preflighter.prepare(task.bytes).bytes
    }
}

/// A text in which images were repaired.
public struct RepairedRequest: Sendable {
    /// The new text, UTF-8.
    public let bytes: [UInt8]
    /// What was done with each image block that could not stay.
    public let changes: [RepairChange]
    /// The linter's report about the new text, with what decoding found in images that stayed.
    public let report: LintReport

    /// Whether the service would accept the new text.
    public var passes: Bool {
        ([report.file.findings] + report.images.map(\.findings) + report.requests.map(\.findings))
            .allSatisfy { $0.allSatisfy { $0.severity != .error } }
    }
}

extension LintReport {
    /// Adds what decoding found in an image.
    fileprivate mutating func add(_ findings: [Finding], at step: RepairStep) {
        let index = images.firstIndex { $0.pointer == step.pointer && $0.customID == step.customID }
        guard let index else { return }
        images[index].findings += findings.map { finding in
            var finding = finding
            finding.serviceError = ServiceText.notProcessed.filled(at: step.pointer)
            return finding
        }
    }
}

extension RequestImage {
    /// A prepared image; a tile has a label that says which part of which image it shows.
    ///
    /// - Parameter image: a prepared image that is not in tiles, or one of its tiles.
    package init(_ image: PreparedImage) {
        self.init(
            .bytes(image.bytes, format: image.format), size: image.size,
            part: image.tile.map { tile in
                let page = image.map.sourceSize.oriented(image.map.orientation)
                return ImagePart(
                    source: image.sourceSHA256, number: tile.index + 1, count: tile.count,
                    rows: tile.rows.count < page.height ? tile.rows : nil,
                    columns: tile.columns.count < page.width ? tile.columns : nil)
            })
    }
}
