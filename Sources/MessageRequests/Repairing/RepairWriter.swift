internal import ImageHeaders
internal import VisionRules

/// Copies a document, and puts something else in the place of what a plan names.
struct RepairWriter {
    let source: RangeSource
    /// The size of the document, bytes.
    let count: Int

    /// Bytes that take the place of a range.
    private struct Edit {
        var range: Range<Int>
        var content: Content
    }

    private enum Content {
        case text(String)
        case base64([UInt8])
    }

    func write(
        _ plan: RepairPlan, to sink: inout some ByteSink, _ reencode: (ReencodeTask) -> ReencodeOutcome
    ) throws(RepairError) -> [RepairChange] {
        var changes: [RepairChange] = []
        var position = 0
        var blockEnd = 0
        for site in plan.sites {
            guard site.blockRange.upperBound <= count else { throw .changed }
            // Nothing is written twice, whatever a plan says.
            guard site.blockRange.lowerBound >= blockEnd else {
                let change = RepairChange(step: site.step, done: site.step.action)
                changes.append(failed(change, "it stands within another image"))
                continue
            }
            blockEnd = site.blockRange.upperBound
            var (change, edits) = try edits(of: site, reencode)
            if change.failure != nil, site.drops {
                change.done = .drop
                edits = [Edit(range: site.blockRange, content: .text(try replacementBlock(site)))]
            }
            changes.append(change)
            for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
                try source.copy(position..<edit.range.lowerBound, to: &sink)
                do throws(WriteError) {
                    switch edit.content {
                    case .text(let text): try sink.write(text)
                    case .base64(let bytes): try sink.writeBase64(bytes)
                    }
                } catch {
                    throw .write(error)
                }
                position = edit.range.upperBound
            }
        }
        try source.copy(position..<count, to: &sink)
        return changes
    }

    // MARK: - One block

    private func edits(
        of site: RepairSite, _ reencode: (ReencodeTask) -> ReencodeOutcome
    ) throws(RepairError) -> (RepairChange, [Edit]) {
        var change = RepairChange(step: site.step, done: site.step.action)
        switch site.step.action {
        case .none: return (change, [])
        case .drop:
            let range = site.blockRange
            return (change, [Edit(range: range, content: .text(try replacementBlock(site)))])
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
            return finish(change, site, base64, made, keepsText: isSame && site.step.action == .relabel)
        }
    }

    private func finish(
        _ change: RepairChange, _ site: RepairSite, _ base64: Base64Text, _ bytes: [UInt8], keepsText: Bool
    ) -> (RepairChange, [Edit]) {
        let reading = HeaderReader.read(bytes: bytes)
        guard let facts = reading.facts else { return (failed(change, "its format is unknown"), []) }
        var change = change
        change.mediaType = facts.format.mediaType
        change.byteCount = bytes.count
        change.size = facts.size
        var edits = keepsText ? [] : [Edit(range: base64.range, content: .base64(bytes))]
        if site.step.mediaType != facts.format.mediaType { edits.append(relabel(site.image, facts.format)) }
        return (change, edits)
    }

    private func failed(_ change: RepairChange, _ reason: String) -> RepairChange {
        var change = change
        change.done = .none
        change.failure = reason
        return change
    }

    /// The same bytes that the linter looked at, all of them.
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

    /// Why the service would refuse the new image too; nil when it would not.
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
        let isConverse = image.dialect == .converse
        let value = isConverse ? format.rawValue : format.mediaType
        if let range = image.declaredRange { return Edit(range: range, content: .text("\"\(value)\"")) }
        let key = isConverse ? "format" : "media_type"
        return Edit(
            range: image.insertionOffset..<image.insertionOffset, content: .text("\"\(key)\":\"\(value)\","))
    }

    /// A text block that says what was there.
    private func replacementBlock(_ site: RepairSite) throws(RepairError) -> String {
        var what: [String] = []
        if let facts = site.image.reading?.facts {
            what.append("\(facts.format.traits.name), \(facts.size) px")
        }
        if let count = site.step.byteCount { what.append("\(count) bytes") }
        let picture = what.isEmpty ? "" : " (\(what.joined(separator: ", ")))"
        let text = JSONLiteral.quoted(
            "[An image was taken out here\(picture): \(site.step.reasons.joined(separator: "; ")).]")
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
            case "\u{0}"..."\u{1F}": result += "\\u" + Hex.four(UInt16(scalar.value))
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
