internal import PreflightRecords
internal import ImageHeaders
internal import VisionRules

/// Copies a document, and replaces what a plan names.
struct RepairWriter {
    let source: RangeSource
    /// The size of the document, bytes.
    let count: Int

    /// Bytes that replace a range.
    private struct Edit {
        var range: Range<Int>
        var content: [Content]

        init(_ range: Range<Int>, _ content: Content...) {
            self.range = range
            self.content = content
        }
    }

    private enum Content {
        case text(String)
        case base64([UInt8])
        case copy(Range<Int>)
    }

    /// A place of the document at which something may change.
    private enum Change {
        /// By its place among the plan's sites.
        case site(Int)
        case thinking(ThinkingEdit, request: Int)

        func start(_ plan: RepairPlan) -> Int {
            switch self {
            case .site(let index): plan.sites[index].blockRange.lowerBound
            case .thinking(let edit, _): edit.range.lowerBound
            }
        }
    }

    func write(
        _ plan: RepairPlan, to sink: inout some ByteSink, _ reencode: (ReencodeTask) -> ReencodeOutcome
    ) throws(RepairError) -> [RepairChange] {
        var done: [RepairChange?] = plan.sites.map { _ in nil }
        var changedThinking: Set<Int> = []
        var position = 0
        let changes =
            plan.sites.indices.map { Change.site($0) }
            + plan.thinking.flatMap { site in site.edits.map { Change.thinking($0, request: site.request) } }
        for change in changes.sorted(by: { $0.start(plan) < $1.start(plan) }) {
            var edits: [Edit] = []
            switch change {
            case .site(let index):
                let site = plan.sites[index]
                guard site.blockRange.upperBound <= count else { throw .changed }
                // Nothing is written twice, whatever a plan says.
                guard site.blockRange.lowerBound >= position else {
                    let change = RepairChange(step: site.step, done: site.step.action)
                    done[index] = failed(change, "it is inside another image")
                    continue
                }
                var (change, made) = try self.edits(of: site, reencode)
                if change.failure != nil, site.drops {
                    change.done = .drop
                    made = [Edit(site.blockRange, .text(try replacementBlock(site)))]
                }
                done[index] = change
                edits = made
            case .thinking(let edit, let request):
                guard edit.range.upperBound <= count else { throw .changed }
                guard edit.range.lowerBound >= position,
                    isChanged(plan, request, before: edit.message, done)
                else { continue }
                changedThinking.insert(request)
                edits = [Edit(edit.range, .text(edit.text))]
            }
            for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
                try source.copy(position..<edit.range.lowerBound, to: &sink)
                for content in edit.content {
                    if case .copy(let range) = content {
                        try source.copy(range, to: &sink)
                        continue
                    }
                    do throws(FileError) {
                        switch content {
                        case .text(let text): try sink.write(text)
                        case .base64(let bytes): try sink.writeBase64(bytes)
                        case .copy: break
                        }
                    } catch {
                        throw .write(error)
                    }
                }
                position = edit.range.upperBound
            }
        }
        try source.copy(position..<count, to: &sink)
        return report(plan, done, changedThinking)
    }

    /// Whether anything in a request changes before a message. Changes that come later in the text, but
    /// earlier in the conversation, count as planned.
    private func isChanged(
        _ plan: RepairPlan, _ request: Int, before message: Int?, _ done: [RepairChange?]
    ) -> Bool {
        plan.sites.indices.contains { index in
            let site = plan.sites[index]
            guard site.request == request, site.message ?? -1 < message ?? .max else { return false }
            return (done[index]?.done ?? site.step.action) != .none
        }
    }

    /// What was done, in the order of the plan's steps.
    private func report(
        _ plan: RepairPlan, _ done: [RepairChange?], _ changedThinking: Set<Int>
    ) -> [RepairChange] {
        var changes: [RepairChange] = []
        var next = 0
        for (index, site) in plan.sites.enumerated() {
            if let change = done[index] { changes.append(change) }
            guard index + 1 == plan.sites.count || plan.sites[index + 1].request != site.request else {
                continue
            }
            while next < plan.thinking.count, plan.thinking[next].request == site.request {
                let thinking = plan.thinking[next]
                next += 1
                let isBound = isChanged(plan, site.request, before: nil, done)
                let isDone = thinking.step.action == .keep ? isBound : changedThinking.contains(site.request)
                if isDone { changes.append(RepairChange(step: thinking.step, done: thinking.step.action)) }
            }
        }
        return changes
    }

    // MARK: - One block

    private func edits(
        of site: RepairSite, _ reencode: (ReencodeTask) -> ReencodeOutcome
    ) throws(RepairError) -> (RepairChange, [Edit]) {
        var change = RepairChange(step: site.step, done: site.step.action)
        switch site.step.action {
        case .drop:
            let range = site.blockRange
            return (change, [Edit(range, .text(try replacementBlock(site)))])
        case .relabel, .rewrite, .reencode:
            guard let base64 = site.image.base64 else { return (failed(change, "it has no data"), []) }
            let original = try decoded(base64)
            let made: [UInt8]
            switch reencode(task(site, original)) {
            case .image(let bytes): made = bytes
            case .failed(let reason): return (failed(change, reason), [])
            }
            let isSame = made == original
            if !isSame { change.done = .reencode }
            if !isSame || site.step.action == .reencode, let refusal = refusal(of: made, site) {
                return (failed(change, refusal), [])
            }
            return try finish(change, site, base64, made, keepsText: isSame && site.step.action == .relabel)
        default: return (change, [])
        }
    }

    private func finish(
        _ change: RepairChange, _ site: RepairSite, _ base64: Base64Text, _ bytes: [UInt8], keepsText: Bool
    ) throws(RepairError) -> (RepairChange, [Edit]) {
        let reading = HeaderReader.read(bytes: bytes)
        guard let facts = reading.facts else { return (failed(change, "its format is unknown"), []) }
        var change = change
        change.mediaType = facts.format.mediaType
        change.byteCount = bytes.count
        change.size = facts.size
        if site.isReshaped {
            let head =
                #"{"type":"image","source":{"type":"base64","media_type":"\#(facts.format.mediaType)","data":""#
            var edit = Edit(site.blockRange, .text(head), .base64(bytes), .text("\"}"))
            if let range = site.image.cacheControlRange {
                edit.content += [.text(",\"cache_control\":"), .copy(range)]
            }
            edit.content.append(.text("}"))
            return (change, [edit])
        }
        var edits = keepsText ? [] : [Edit(base64.range, .base64(bytes))]
        if site.step.mediaType != facts.format.mediaType { edits.append(relabel(site.image, facts.format)) }
        return (change, edits)
    }

    private func failed(_ change: RepairChange, _ reason: String) -> RepairChange {
        var change = change
        change.done = .none
        change.failure = reason
        return change
    }

    /// The image of a block as it is; nil if it has no data.
    func task(_ site: RepairSite) throws(RepairError) -> ReencodeTask? {
        guard let base64 = site.image.base64 else { return nil }
        return task(site, try decoded(base64))
    }

    /// The same bytes that the linter checked, all of them.
    private func decoded(_ base64: Base64Text) throws(RepairError) -> [UInt8] {
        let start = base64.range.lowerBound + base64.uriPrefixCount
        let raw = try source.bytes(start..<base64.range.upperBound)
        return raw.withUnsafeBytes {
            Base64Decoder.decode(
                $0, limit: base64.decodedByteCount, spacesArePluses: base64.spacesArePluses)
        }
    }

    private func task(_ site: RepairSite, _ bytes: [UInt8]) -> ReencodeTask {
        ReencodeTask(
            bytes: bytes, facts: site.image.reading?.facts, codes: site.step.codes,
            keepsBytes: site.step.action != .reencode, maxEdge: site.maxEdge,
            maxBase64Bytes: site.maxBase64Bytes, fittingTier: site.fittingTier,
            destination: site.destination)
    }

    /// Why the service would refuse the new image too; nil if it would not.
    private func refusal(of bytes: [UInt8], _ site: RepairSite) -> String? {
        let reading = HeaderReader.read(bytes: bytes)
        let subject = ImageSubject(header: reading.header, byteCount: bytes.count)
        let error = assess(subject, for: site.destination).findings.first { $0.severity == .error }
        if let error { return "the new image would be refused as well: \(error.message)" }
        if let tier = site.fittingTier, let size = reading.facts?.displaySize,
            !SeenSize.fits(size, tier: tier)
        {
            return "the new image of \(size) px would be downsized"
        }
        return nil
    }

    private func relabel(_ image: ScannedImage, _ format: ImageFormat) -> Edit {
        let value = image.dialect == .converse ? format.rawValue : format.mediaType
        if let range = image.declaredRange { return Edit(range, .text("\"\(value)\"")) }
        let key =
            switch image.dialect {
            case .messages, .foreign: "media_type"
            case .converse: "format"
            case .mcp: "mimeType"
            }
        return Edit(
            image.insertionOffset..<image.insertionOffset, .text("\"\(key)\":\"\(value)\","))
    }

    /// A text block that describes what was there.
    private func replacementBlock(_ site: RepairSite) throws(RepairError) -> String {
        var what: [String] = []
        if let facts = site.image.reading?.facts {
            what.append("\(facts.format.traits.name), \(facts.size) px")
        }
        if let count = site.step.byteCount { what.append("\(count) bytes") }
        let picture = what.isEmpty ? "" : " (\(what.joined(separator: ", ")))"
        let text = JSONLiteral.quoted(
            "[\(site.isDocument ? "A document" : "An image") was removed here\(picture): \(site.step.reasons.joined(separator: "; ")).]"
        )
        if site.image.dialect == .converse { return "{\"text\":\(text)}" }
        guard let range = site.image.cacheControlRange else { return "{\"type\":\"text\",\"text\":\(text)}" }
        let cacheControl = String(decoding: try source.bytes(range), as: UTF8.self)
        return "{\"type\":\"text\",\"text\":\(text),\"cache_control\":\(cacheControl)}"
    }
}

/// Texts as JSON.
enum JSONLiteral {
    /// The text in quotation marks, escaped.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..."\u{1F}": result += "\\u" + Hex.text(scalar.value, digits: 4, uppercase: true)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
