package import PreflightRecords
internal import PreflightFiles
public import ImageHeaders
public import VisionRules

/// An image that has to decode to the end, and may have to be re-encoded.
package struct ReencodeTask: Sendable {
    /// The bytes of the image as they are.
    package var bytes: [UInt8]
    /// What its header says; nil if the format is unknown.
    package var facts: ImageFacts?
    /// Why it cannot stay.
    package var codes: [RuleCode]
    /// Whether the bytes can stay if all of the image can be decoded: only their description or encoding was
    /// wrong.
    package var keepsBytes: Bool
    /// The longest side that is accepted there, px.
    package var maxEdge: Int
    /// The longest base64 text that is accepted there, bytes.
    package var maxBase64Bytes: Int
    /// The tier that the new image must fit; nil if the service downsizes larger ones.
    package var fittingTier: ModelCatalog.Tier?
    /// Where the request is sent.
    package var destination: Destination
}

/// The result for an image.
package enum ReencodeOutcome: Sendable {
    /// The bytes of an image that decodes to the end: the same, or new ones. They decide the media type.
    case image([UInt8])
    /// Why there is none, as a sentence.
    case failed(String)
}

/// What was done with one image block.
public struct RepairChange: Sendable, Hashable, Codable {
    /// The block, and what was to be done.
    package var step: RepairStep
    /// What was done; after a failure ``RepairChange/Action/none``, or ``RepairChange/Action/drop`` if
    /// requested.
    public var done: Action
    /// The media type now.
    public var mediaType: String?
    /// The size of the image now, bytes.
    public var byteCount: Int?
    /// The size of the image now, px.
    public var size: PixelSize?
    /// Why it failed.
    public var failure: String?

    private enum CodingKeys: String, CodingKey {
        case step, done
        case mediaType = "media_type"
        case byteCount = "bytes"
        case size, failure
    }

    /// The line of the file in which the block begins, from 1.
    public var line: Int { step.line }
    /// The id of the request in its batch; nil outside of one.
    public var customID: String? { step.customID }
    /// The path of the block as the service writes it, as in `messages.0.content.1`.
    public var pointer: String { step.pointer }
    /// Why the block was refused.
    public var codes: [RuleCode] { step.codes }
    /// The sentences of the findings with those codes.
    public var reasons: [String] { step.reasons }
    /// What was to be done.
    public var planned: Action { step.action }
    /// The media type that was declared; nil for none.
    public var originalMediaType: String? { step.mediaType }
    /// The size of the image before, bytes; nil if unknown.
    public var originalByteCount: Int? { step.byteCount }
    /// The size of the image before, px; nil if unknown.
    public var originalSize: PixelSize? { step.size }
}

/// Why a file could not be repaired.
package enum RepairError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file cannot be read.
    case read(FileError)
    /// The result cannot be written.
    case write(FileError)
    /// The file became shorter after the plan was made.
    case changed

    /// The error as a sentence.
    package var description: String {
        switch self {
        case .read(let error): error.description
        case .write(let error): error.description
        case .changed: "it changed while it was being repaired"
        }
    }
}

/// Rewrites a document with changes only to those images that the service would refuse.
///
/// First a plan (which is all that a dry run needs), then the writing. Every byte outside of the changed
/// values is copied as it is; one image at a time is held in memory. What is written decodes to the end,
/// because the caller's function has decoded it; a block that it cannot decode is left untouched and
/// reported.
package struct RequestRepairer: Sendable {
    private let linter: RequestLinter
    /// Whether an image or document that cannot be repaired otherwise is replaced by a text block.
    package let drops: Bool
    /// What is done with thinking that is bound to changed blocks.
    package let thinkingPolicy: ThinkingPolicy
    /// Whether a plan also lists the images without findings so far.
    package var listsSound = false

    /// A repairer.
    ///
    /// - Parameters:
    ///   - options: how requests are judged; the selection of rules is ignored.
    ///   - drops: whether an image that cannot be repaired otherwise is replaced by a text block.
    ///   - thinking: what is done with thinking that is bound to changed blocks.
    /// - Throws: a model or platform that does not exist.
    package init(
        options: LintOptions = LintOptions(), drops: Bool = false, thinking: ThinkingPolicy = .keep
    ) throws(RequestError) {
        var options = options
        options.select = []
        options.ignore = []
        linter = try RequestLinter(options: options)
        self.drops = drops
        thinkingPolicy = thinking
    }

    /// Plans the changes to a file.
    ///
    /// - Parameter path: the file.
    /// - Returns: the plan.
    /// - Throws: when the file cannot be read.
    package func plan(path: String) throws(FileError) -> RepairPlan {
        try plan(path: PathBytes(path))
    }

    /// Plans the changes to a file.
    ///
    /// - Parameter path: the file; its name need not be UTF-8.
    /// - Returns: the plan.
    /// - Throws: when the file cannot be read.
    package func plan(path: PathBytes) throws(FileError) -> RepairPlan {
        let file = try RequestFile(path: path)
        return try plan(TextFeed(descriptor: file.descriptor), file: path)
    }

    /// Plans the changes to a text.
    ///
    /// - Parameter bytes: the text.
    /// - Returns: the plan.
    package func plan(bytes: UnsafeRawBufferPointer) -> RepairPlan {
        let plan = try? plan(TextFeed(memory: bytes), file: nil)
        return plan ?? RepairPlan(otherErrors: [], isLog: false, sites: [], thinking: [])
    }

    private func plan(_ feed: consuming TextFeed, file: PathBytes?) throws(FileError) -> RepairPlan {
        var sites: [RepairSite] = []
        var sound: [RepairSite] = []
        var thinking: [ThinkingSite] = []
        var errors: [Finding] = []
        var requests = 0
        var firstSite = 0
        var isLog = false
        try linter.run(feed, file: file) { event, subject in
            switch (event, subject) {
            case (.image(let image), .block(let block)):
                let site = RepairSite(block, image, request: requests, drops: drops)
                if !site.isSound {
                    sites.append(site)
                } else if listsSound, site.image.base64 != nil {
                    sound.append(site)
                }
            case (.request(let request), .request(let context)):
                for document in context.request.unusableDocuments {
                    sites.append(
                        RepairSite(
                            document: document.blockID, document.sentence, in: context,
                            customID: request.customID, request: requests, drops: drops))
                }
                // Every such document has a step.
                errors += request.findings.filter { $0.severity == .error && $0.code != .unusablePDF }
                isLog = isLog || context.kind == .conversation
                thinking += thinkingSites(request, context, sites[firstSite...], requests)
                firstSite = sites.count
                requests += 1
            default: errors += event.findings.filter { $0.severity == .error }
            }
        }
        // Subagents' conversations end after those that they started from.
        sites.sort { ($0.request, $0.blockRange.lowerBound) < ($1.request, $1.blockRange.lowerBound) }
        return RepairPlan(
            otherErrors: errors, isLog: isLog, sites: sites, thinking: thinking, sound: sound)
    }

    /// What is done with the thinking of a request when some of its images change.
    private func thinkingSites(
        _ linted: LintReport.Request, _ context: RequestContext, _ sites: ArraySlice<RepairSite>,
        _ request: Int
    ) -> [ThinkingSite] {
        let changes = sites.filter { $0.step.action != .none }
        guard context.destination.model.thinkingBinding != .none,
            let first = changes.map({ $0.message ?? -1 }).min(),
            let bound = BoundThinking(in: context.request, behind: first < 0 ? nil : first)
        else { return [] }
        func site(_ messages: [ThinkingMessage], _ action: RepairChange.Action, _ edits: [ThinkingEdit])
            -> ThinkingSite?
        {
            guard let path = messages.firstPath else { return nil }
            let step = RepairStep(
                line: linted.line, customID: linted.customID, pointer: path,
                codes: [.thinkingBoundToPrefix],
                reasons: [bound.message(count: messages.blockCount, context.destination.model)],
                action: action)
            return ThinkingSite(step: step, edits: edits, request: request)
        }
        switch thinkingPolicy {
        case .keep: return [site(bound.messages, .keep, [])].compactMap { $0 }
        case .strip:
            let fixed = bound.messages.filter { bound.fixedMessages.contains($0.message) }
            let free = bound.messages.filter { !bound.fixedMessages.contains($0.message) }
            return [
                site(free, .strip, free.flatMap { $0.removal(isConverse: context.request.isConverse) }),
                site(fixed, .keep, []),
            ].compactMap { $0 }
        case .dropBlock:
            return [site(bound.messages, .dropBlock, [context.request.droppingEdit])].compactMap { $0 }
        }
    }

    /// Rewrites a file by a plan.
    ///
    /// - Parameters:
    ///   - path: the file that the plan was made for. Anything appended since is copied too.
    ///   - plan: the plan.
    ///   - sink: where the new document goes; a ``DescriptorSink`` still has to be flushed.
    ///   - reencode: decodes an image, and re-encodes it if it cannot stay.
    /// - Returns: what was done with each block of the plan.
    /// - Throws: when the file cannot be read, or the result cannot be written.
    package func repair(
        path: String, plan: RepairPlan, to sink: inout some ByteSink,
        reencode: (ReencodeTask) -> ReencodeOutcome
    ) throws(RepairError) -> [RepairChange] {
        try repair(path: PathBytes(path), plan: plan, to: &sink, reencode: reencode)
    }

    /// Rewrites a file by a plan.
    ///
    /// - Parameters:
    ///   - path: the file that the plan was made for, whose name need not be UTF-8. Anything appended since
    ///     is copied too.
    ///   - plan: the plan.
    ///   - sink: where the new document goes; a ``DescriptorSink`` still has to be flushed.
    ///   - reencode: decodes an image, and re-encodes it if it cannot stay.
    /// - Returns: what was done with each block of the plan.
    /// - Throws: when the file cannot be read, or the result cannot be written.
    package func repair(
        path: PathBytes, plan: RepairPlan, to sink: inout some ByteSink,
        reencode: (ReencodeTask) -> ReencodeOutcome
    ) throws(RepairError) -> [RepairChange] {
        let file: RequestFile
        do throws(FileError) { file = try RequestFile(path: path) } catch { throw .read(error) }
        var status = stat()
        guard fstat(file.descriptor, &status) == 0 else {
            throw .read(FileError(.stat, errno: errno))
        }
        let source = RangeSource.file(file.descriptor)
        return try RepairWriter(source: source, count: Int(status.st_size)).write(plan, to: &sink, reencode)
    }

    /// Rewrites a text by a plan.
    ///
    /// - Parameters:
    ///   - bytes: the text that the plan was made for.
    ///   - plan: the plan.
    ///   - sink: where the new document goes.
    ///   - reencode: decodes an image, and re-encodes it if it cannot stay.
    /// - Returns: what was done with each block of the plan.
    /// - Throws: when the result cannot be written.
    package func repair(
        bytes: UnsafeRawBufferPointer, plan: RepairPlan, to sink: inout some ByteSink,
        reencode: (ReencodeTask) -> ReencodeOutcome
    ) throws(RepairError) -> [RepairChange] {
        try RepairWriter(source: .memory(bytes), count: bytes.count).write(plan, to: &sink, reencode)
    }

    /// Visits the images of a text that have no findings so far.
    ///
    /// - Parameters:
    ///   - bytes: the text that the plan was made for.
    ///   - plan: the plan.
    ///   - body: receives each image with the requirements for it.
    /// - Throws: what `body` throws.
    package func lookAtSound(
        bytes: UnsafeRawBufferPointer, plan: RepairPlan,
        _ body: (RepairStep, ReencodeTask) throws -> Void
    ) throws {
        let writer = RepairWriter(source: .memory(bytes), count: bytes.count)
        for site in plan.sound {
            if let task = try writer.task(site) { try body(site.step, task) }
        }
    }
}
