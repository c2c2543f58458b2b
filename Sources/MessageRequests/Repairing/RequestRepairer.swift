package import PreflightRecords
internal import PreflightFiles
public import ImageHeaders
package import VisionRules

/// An image that has to decode to the end, and perhaps has to be made anew.
package struct ReencodeTask: Sendable {
    /// The bytes of the image as they are.
    package var bytes: [UInt8]
    /// What its header says; nil where the format gives none.
    package var facts: ImageFacts?
    /// Why it cannot stay.
    package var codes: [RuleCode]
    /// Whether the bytes can stay if all of the image can be decoded: only what is said about them, or how they
    /// are written, was wrong.
    package var keepsBytes: Bool
    /// The longest side that is taken there, px.
    package var maxEdge: Int
    /// The longest base64 text that is taken there, bytes.
    package var maxBase64Bytes: Int
    /// The tier that the new image has to fit; nil: larger ones are downsized by the service.
    package var fittingTier: ModelCatalog.Tier?
    /// Where the request is sent.
    package var destination: Destination
}

/// What became of an image.
package enum ReencodeOutcome: Sendable {
    /// The bytes of an image that decodes to the end: the same, or new ones. Its media type is taken from them.
    case image([UInt8])
    /// A sentence that says why there is none.
    case failed(String)
}

/// What was done with one image block.
public struct RepairChange: Sendable, Hashable, Codable {
    /// The block, and what was to be done.
    public var step: Step
    /// What was done; where that failed ``RepairChange/Action/none``, or ``RepairChange/Action/drop`` if that was asked for.
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
}

/// Why a file could not be repaired.
package enum RepairError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file cannot be read.
    case read(FileError)
    /// The result cannot be written.
    case write(FileError)
    /// The file became shorter since the plan was made.
    case changed

    /// A sentence for people.
    package var description: String {
        switch self {
        case .read(let error): error.description
        case .write(let error): error.description
        case .changed: "it was changed while it was being repaired"
        }
    }
}

/// Writes a document anew with only those images changed that the service would refuse.
///
/// First a plan (which is all that a dry run needs), then the writing. Every byte outside of the changed
/// values is copied as it is; one image at a time is held in memory. What is written decodes to the end, because
/// the caller's function has decoded it; a block of which it cannot is left alone and reported.
package struct RequestRepairer: Sendable {
    private let linter: RequestLinter
    /// Whether an image or document that nothing else mends is replaced by a text block.
    package let drops: Bool
    /// What is done with thinking that is bound to what changes.
    package let thinkingPolicy: ThinkingPolicy
    /// Whether a plan names the images with which nothing is wrong so far, too.
    package var listsSound = false

    /// A repairer.
    ///
    /// - Parameters:
    ///   - options: how requests are judged; which rules are reported does not matter here.
    ///   - drops: whether an image that nothing else mends is replaced by a text block.
    ///   - thinking: what is done with thinking that is bound to what changes.
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

    /// Finds out what has to be changed in a file.
    ///
    /// - Parameter path: the file.
    /// - Returns: the plan.
    /// - Throws: when the file cannot be read.
    package func plan(path: String) throws(FileError) -> RepairPlan {
        try plan(path: PathBytes(path))
    }

    /// Finds out what has to be changed in a file.
    ///
    /// - Parameter path: the file; its name need not be UTF-8.
    /// - Returns: the plan.
    /// - Throws: when the file cannot be read.
    package func plan(path: PathBytes) throws(FileError) -> RepairPlan {
        let file = try RequestFile(path: path)
        return try plan(TextFeed(descriptor: file.descriptor), file: path)
    }

    /// Finds out what has to be changed in a text.
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
                // Of documents each has a step.
                errors += request.findings.filter { $0.severity == .error && $0.code != .unusablePDF }
                isLog = isLog || context.kind == .conversation
                thinking += thinkingSites(request, context, sites[firstSite...], requests)
                firstSite = sites.count
                requests += 1
            default: errors += event.findings.filter { $0.severity == .error }
            }
        }
        // Subagents' conversations end behind those that go on after them.
        sites.sort { ($0.request, $0.blockRange.lowerBound) < ($1.request, $1.blockRange.lowerBound) }
        return RepairPlan(
            otherErrors: errors, isLog: isLog, sites: sites, thinking: thinking, sound: sound)
    }

    /// What is done with the thinking of a request, some of whose images change.
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
            let step = RepairChange.Step(
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

    /// Writes a file anew by a plan.
    ///
    /// - Parameters:
    ///   - path: the file that the plan was made for. What was added behind its end since is copied too.
    ///   - plan: the plan.
    ///   - sink: where the new document goes; a ``DescriptorSink`` still has to be flushed.
    ///   - reencode: decodes an image, and makes it anew where it cannot stay.
    /// - Returns: what was done with each block of the plan.
    /// - Throws: when the file cannot be read, or the result not be written.
    package func repair(
        path: String, plan: RepairPlan, to sink: inout some ByteSink,
        reencode: (ReencodeTask) -> ReencodeOutcome
    ) throws(RepairError) -> [RepairChange] {
        try repair(path: PathBytes(path), plan: plan, to: &sink, reencode: reencode)
    }

    /// Writes a file anew by a plan.
    ///
    /// - Parameters:
    ///   - path: the file that the plan was made for, whose name need not be UTF-8. What was added behind its end
    ///     since is copied too.
    ///   - plan: the plan.
    ///   - sink: where the new document goes; a ``DescriptorSink`` still has to be flushed.
    ///   - reencode: decodes an image, and makes it anew where it cannot stay.
    /// - Returns: what was done with each block of the plan.
    /// - Throws: when the file cannot be read, or the result not be written.
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

    /// Writes a text anew by a plan.
    ///
    /// - Parameters:
    ///   - bytes: the text that the plan was made for.
    ///   - plan: the plan.
    ///   - sink: where the new document goes.
    ///   - reencode: decodes an image, and makes it anew where it cannot stay.
    /// - Returns: what was done with each block of the plan.
    /// - Throws: when the result cannot be written.
    package func repair(
        bytes: UnsafeRawBufferPointer, plan: RepairPlan, to sink: inout some ByteSink,
        reencode: (ReencodeTask) -> ReencodeOutcome
    ) throws(RepairError) -> [RepairChange] {
        try RepairWriter(source: .memory(bytes), count: bytes.count).write(plan, to: &sink, reencode)
    }

    /// Looks at the images of a text with which nothing is wrong so far.
    ///
    /// - Parameters:
    ///   - bytes: the text that the plan was made for.
    ///   - plan: the plan.
    ///   - body: gets each image, and what it has to satisfy.
    /// - Throws: what `body` throws.
    package func lookAtSound(
        bytes: UnsafeRawBufferPointer, plan: RepairPlan,
        _ body: (RepairChange.Step, ReencodeTask) throws -> Void
    ) throws {
        let writer = RepairWriter(source: .memory(bytes), count: bytes.count)
        for site in plan.sound {
            if let task = try writer.task(site) { try body(site.step, task) }
        }
    }
}
