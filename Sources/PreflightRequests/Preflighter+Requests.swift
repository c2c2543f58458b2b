public import ImagePreflight
public import MessageRequests

extension Preflighter {
    /// Prepares images and builds one request of them: labels, images, and the prompt behind them.
    ///
    /// - Parameters:
    ///   - prompt: what is asked about the images.
    ///   - images: files or bytes, in their order.
    ///   - system: the system prompt; nil: none.
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

    /// Builds one request of images that are prepared: labels, images, and the prompt behind them. Nothing is decoded.
    ///
    /// - Parameters:
    ///   - prompt: what is asked about the images.
    ///   - images: prepared images in their order; an image in tiles brings all of them, each with a label that says
    ///     which part it shows.
    ///   - system: the system prompt; nil: none.
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
    /// - Parameters:
    ///   - body: the text.
    ///   - drops: whether an image that cannot be repaired is replaced by a text block.
    ///   - thinking: what is done with thinking that is bound to what changes.
    /// - Returns: the text now, what was done, and what the service would still refuse.
    /// - Throws: a `RequestError` for a model or platform that does not exist.
    @available(*, noasync)
    public func repair(
        _ body: some Collection<UInt8> & Sendable, drops: Bool = false, thinking: ThinkingPolicy = .keep
    ) throws -> RepairedRequest {
        try repaired(body, drops, thinking)
    }

    private func repaired(
        _ body: some Collection<UInt8>, _ drops: Bool, _ thinking: ThinkingPolicy
    ) throws -> RepairedRequest {
        let options = LintOptions(
            modelID: nil, platformID: destination.platform.id, terms: destination.terms)
        let repairer = try RequestRepairer(options: options, drops: drops, thinking: thinking)
        return try Array(body).withUnsafeBytes { text in
            let plan = repairer.plan(bytes: text)
            var sink = MemorySink()
            let changes = try repairer.repair(bytes: text, plan: plan, to: &sink) { task in
                do throws(PreflightError) { return .image(try reencoded(task)) } catch {
                    return .failed(error.description)
                }
            }
            let report = try RequestLinter(options: options).lint(bytes: sink.bytes)
            return RepairedRequest(bytes: sink.bytes, changes: changes, report: report)
        }
    }

    /// Repairs a request, a batch or a session log in memory: only images that the service would refuse are changed.
    ///
    /// - Parameters:
    ///   - body: the text.
    ///   - drops: whether an image that cannot be repaired is replaced by a text block.
    ///   - thinking: what is done with thinking that is bound to what changes.
    /// - Returns: the text now, what was done, and what the service would still refuse.
    /// - Throws: a `RequestError` for a model or platform that does not exist.
    public func repair(
        _ body: some Collection<UInt8> & Sendable, drops: Bool = false, thinking: ThinkingPolicy = .keep
    ) async throws -> RepairedRequest {
        try await PreflightPool.shared.run(stoppably: {
            try stopping(with: $0).repaired(body, drops, thinking)
        })
    }

    /// Leaves an image as it is where it may stay and all of it can be decoded. Otherwise makes it again: no smaller than
    /// the service demands, because it is meant to show the same.
    ///
    /// - Parameter task: an image of a request, and what it has to satisfy.
    /// - Returns: the bytes of an image that the service accepts.
    /// - Throws: a `PreflightError`.
    package func reencoded(_ task: ReencodeTask) throws(PreflightError) -> [UInt8] {
        var preflighter = self
        preflighter.destination = task.destination
        preflighter.options.fit = FitOptions(fit: task.fittingTier == nil ? .limits : .native)
        preflighter.options.tiling = nil
        preflighter.options.decodesCopies = true
        if task.keepsBytes {
            let image = try preflighter.checkDeeply(task.bytes)
            if image.findings.allSatisfy({ $0.severity != .error }) { return task.bytes }
        }
        return try preflighter.prepare(task.bytes).bytes
    }
}

/// A text in which images were repaired.
public struct RepairedRequest: Sendable {
    /// The text now, UTF-8.
    public let bytes: [UInt8]
    /// What was done with each image block that could not stay.
    public let changes: [RepairChange]
    /// What the linter says of the text now.
    public let report: LintReport

    /// Whether the service would accept the text now.
    public var passes: Bool {
        ([report.file.findings] + report.images.map(\.findings) + report.requests.map(\.findings))
            .allSatisfy { $0.allSatisfy { $0.severity != .error } }
    }
}

extension RequestImage {
    /// A prepared image; a tile brings the label that says which part of which image it shows.
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
