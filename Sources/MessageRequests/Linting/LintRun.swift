internal import PreflightRecords
internal import ImageHeaders
internal import VisionRules

/// Receives every event with its subject.
typealias LintOutput = (LintEvent, LintSubject) -> Void

/// The subject of an event.
enum LintSubject {
    case block(BlockContext)
    case request(RequestContext)
    /// A file, or something that is not a request.
    case other
}

/// The linting of one file: what has been seen so far, and the totals.
struct LintRun {
    private let linter: RequestLinter
    private let file: PathBytes?
    private var conversations: Conversations
    private var ids = BatchIDs()
    private var totals: LintReport.File
    private var batchItems = 0
    private var batchPlatform: ModelCatalog.Platform?
    /// A platform without batches, if the file has some for it.
    private var platformWithoutBatches: ModelCatalog.Platform?
    /// Unrecognized values: the first of them, and how many.
    private var firstOther: (line: Int, count: Int)?
    private var hasConversation = false

    init(_ linter: RequestLinter, file: PathBytes?) {
        self.linter = linter
        self.file = file
        conversations = Conversations(takesAllBranches: linter.options.judgesAllBranches)
        totals = LintReport.File(
            file: file, bytes: 0, requests: 0, images: 0, imageTokens: 0, cost: .zero, errors: 0,
            warnings: 0, noteFindings: 0, findings: [], notes: [])
    }

    /// Takes the findings of a text that is already scanned.
    mutating func take(_ scanned: ScannedText, of text: DocumentText, _ body: LintOutput) {
        for item in scanned.items { handle(item, body) }
        guard let defect = scanned.defect else { return }
        report([.notJSON(defect, in: text)], line: text.line, customID: nil, notes: [], body)
    }

    /// Scans one text and reports what is known about it.
    mutating func scan(_ text: DocumentText, _ body: LintOutput) {
        guard !text.isTooLong else {
            let finding = Finding.tooLong(line: text.line, limit: linter.options.maxTextBytes)
            return report([finding], line: text.line, customID: nil, notes: [], body)
        }
        var scanner = ItemScanner(text.bytes, baseOffset: text.offset, baseLine: text.line)
        let othersBefore = firstOther
        do throws(JSONDefect) {
            try scanner.scan { handle($0, body) }
        } catch {
            // Only the first error in a text is reported.
            firstOther = othersBefore
            report([.notJSON(error, in: text)], line: text.line, customID: nil, notes: [], body)
        }
    }

    /// Reports what is only known at the end.
    mutating func finish(_ facts: DocumentFacts, _ body: LintOutput) {
        for ended in conversations.endAll() { lint(ended, body) }
        if let firstOther, !hasConversation {
            let more = firstOther.count > 1 ? " (and \(firstOther.count - 1) more like it)" : ""
            report(
                [Finding(.notARequest, "neither a request nor a batch nor a log of messages\(more)")],
                line: firstOther.line, customID: nil, notes: [], body)
        }
        totals.bytes = facts.byteCount
        if let batchPlatform {
            var findings: [Finding] = []
            findings.checkBatch(
                bytes: facts.byteCount, requests: batchItems, limits: batchPlatform.limits)
            totals.findings = reported(findings)
        }
        if let platform = platformWithoutBatches {
            totals.notes.append("\(platform.name) does not accept batches of the Message Batches API")
        }
        if facts.commentLines > 0 { totals.notes.append("comment lines skipped: \(facts.commentLines)") }
        if facts.hasByteOrderMark { totals.notes.append("the file begins with a byte order mark") }
        if let firstOther, hasConversation {
            totals.notes.append("lines without a message skipped: \(firstOther.count)")
        }
        body(.file(totals), .other)
    }

    private mutating func handle(_ item: ScannedItem, _ body: LintOutput) {
        switch item {
        case .request(let request):
            lint(
                request, bodyBytes: request.range.count, kind: .single, customID: nil, findings: [], body)
        case .batchItem(let request, let customID, let hasParams, let dialect):
            batchItems += 1
            var findings: [Finding] = []
            if let finding = ids.check(customID, dialect: dialect, line: request.line) {
                findings.append(finding)
            }
            let id: String? = if case .text(let text) = customID { text } else { nil }
            let (destination, _) = linter.resolver.destination(of: request, isBatch: true)
            batchPlatform = batchPlatform ?? destination.platform
            if dialect == .messages, !destination.platform.hasBatches {
                platformWithoutBatches = platformWithoutBatches ?? destination.platform
            }
            guard hasParams else {
                findings.append(Finding(.notARequest, "the request in the batch has no params"))
                report(findings, line: request.line, customID: id, notes: [], body)
                return
            }
            lint(
                request, bodyBytes: request.range.count, kind: .batchItem, customID: id, findings: findings,
                body)
        case .message(let message, let thread, let link):
            hasConversation = true
            conversations.append(message, to: thread, link)
        case .boundary(let thread, let link):
            hasConversation = true
            if let ended = conversations.end(thread, link) { lint(ended, body) }
        case .leaf(let id): conversations.setLeaf(id)
        case .other(let line, _, let thread, let link):
            conversations.append(eventOf: thread, link)
            firstOther = (firstOther?.line ?? line, (firstOther?.count ?? 0) + 1)
        }
    }

    private mutating func lint(_ ended: Conversation, _ body: LintOutput) {
        var notes: [String] = []
        if ended.abandonedMessages > 0 {
            notes.append("messages on abandoned branches skipped: \(ended.abandonedMessages)")
        }
        lint(
            ended.request, bodyBytes: ended.bodyBytes, kind: .conversation, customID: nil, findings: [],
            notes: notes, body)
    }

    // MARK: - One request

    private mutating func lint(
        _ request: ScannedRequest, bodyBytes: Int, kind: RequestContext.Kind, customID: String?,
        findings: [Finding], notes: [String] = [], _ body: LintOutput
    ) {
        var (destination, ownNotes) = linter.resolver.destination(of: request, isBatch: kind == .batchItem)
        let context = RequestContext(
            request, destination: destination, bodyBytes: bodyBytes, kind: kind,
            date: linter.options.date ?? linter.options.catalog.date)
        var firstChange: Int?
        for index in request.images.indices {
            let block = BlockContext(context: context, index: index)
            let image = ImageJudge.judge(
                block, file: file, customID: customID, isReported: linter.options.reports)
            count(image.findings)
            if image.verdict == .rejected {
                let message = request.blocks[block.image.blockID].message ?? -1
                firstChange = min(firstChange ?? message, message)
            }
            body(.image(image), .block(block))
        }
        var all = findings + RequestRule.findings(in: context)
        if let firstChange,
            let bound = Finding.thinkingBound(in: context, behind: firstChange < 0 ? nil : firstChange)
        {
            all.append(bound)
        }
        if context.mayBeCountTokens { ownNotes.append("no max_tokens: judged as a body of count_tokens") }
        let cost = context.destination.model.cost(
            inputTokens: context.imageTokens, promptTokens: context.promptTokens,
            terms: context.destination.pricedTerms)
        totals.images += request.images.count
        totals.imageTokens = totals.imageTokens.saturatingAdd(context.imageTokens)
        totals.cost += cost
        emit(
            LintReport.Request(
                file: file, line: request.line, customID: customID, model: context.destination.model.id,
                platform: context.destination.platform.id, images: request.images.count,
                documents: context.documentCount, documentPages: context.documentPages, bodyBytes: bodyBytes,
                imageTokens: context.imageTokens, documentTokensEstimate: context.documentTokensEstimate,
                textBytes: request.textBytes, cost: cost, findings: reported(all), notes: ownNotes + notes),
            .request(context), body)
    }

    /// Reports the errors of something that is not a request.
    private mutating func report(
        _ findings: [Finding], line: Int, customID: String?, notes: [String], _ body: LintOutput
    ) {
        let destination = linter.resolver.fallback
        emit(
            LintReport.Request(
                file: file, line: line, customID: customID, model: destination.model.id,
                platform: destination.platform.id, images: 0, documents: 0, bodyBytes: nil, imageTokens: nil,
                textBytes: 0, cost: nil, findings: reported(findings), notes: notes), .other, body)
    }

    private mutating func emit(_ request: LintReport.Request, _ subject: LintSubject, _ body: LintOutput) {
        totals.requests += 1
        count(request.findings)
        body(.request(request), subject)
    }

    private func reported(_ findings: [Finding]) -> [Finding] {
        findings.filter { linter.options.reports($0) }.sorted { $0.code.rawValue < $1.code.rawValue }
    }

    private mutating func count(_ findings: [Finding]) {
        for finding in findings {
            switch finding.severity {
            case .error: totals.errors += 1
            case .warning: totals.warnings += 1
            case .note: totals.noteFindings += 1
            }
        }
    }
}

extension RequestContext {
    /// The prompt that decides the price step: the images, and the text by a rule of thumb.
    var promptTokens: Int {
        imageTokens.saturatingAdd(textTokens)
    }
}
