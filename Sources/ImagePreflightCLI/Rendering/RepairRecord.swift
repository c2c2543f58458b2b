internal import PreflightRecords
internal import ImagePreflight
internal import MessageRequests

/// What was done, or would be done, with one image block of a file.
struct RepairRecord: TabularRecord {
    private let file: PathBytes
    private let step: RepairStep
    let action: RepairChange.Action
    private let mediaType: String?
    private let byteCount: Int?
    private let size: PixelSize?
    private let failure: String?

    /// What is to be done.
    init(file: PathBytes, planned step: RepairStep) {
        self.file = file
        self.step = step
        action = step.action
        (mediaType, byteCount, size, failure) = (nil, nil, nil, nil)
    }

    /// What was done.
    init(file: PathBytes, _ change: RepairChange) {
        self.file = file
        step = change.step
        action = change.done
        mediaType = change.mediaType
        byteCount = change.byteCount
        size = change.size
        failure = change.failure
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case file, line
        case customID = "custom_id"
        case pointer, action, source, output, findings, error
    }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.file, file)
        writer.write(CodingKeys.line, step.line)
        writer.write(CodingKeys.customID, step.customID)
        writer.write(CodingKeys.pointer, step.pointer)
        writer.write(CodingKeys.action, action.rawValue)
        writer.write(
            CodingKeys.source,
            record: Side(mediaType: step.mediaType, byteCount: step.byteCount, size: step.size))
        writer.write(CodingKeys.output, record: output)
        writer.write(CodingKeys.findings, records: findings)
        writer.write(CodingKeys.error, failure)
    }

    private var findings: [Finding] {
        zip(step.codes, step.reasons).compactMap { code, reason in
            code.rule.map { Finding($0, Observation(MessageText(reason))) }
        }
    }

    /// Each finding as a line.
    var messages: [String] { findings.map { "\($0.code.rawValue) \($0.name): \($0.message)" } }

    /// The image now; nil if there is none.
    private var output: Side? {
        guard byteCount != nil else { return nil }
        return Side(mediaType: mediaType, byteCount: byteCount, size: size)
    }

    /// The image of one side of the repair.
    private struct Side: Record {
        let mediaType: String?
        let byteCount: Int?
        let size: PixelSize?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case mediaType = "media_type"
            case bytes, width, height
        }

        func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
            writer.write(CodingKeys.mediaType, mediaType)
            writer.write(CodingKeys.bytes, byteCount)
            writer.write(CodingKeys.width, size?.width)
            writer.write(CodingKeys.height, size?.height)
        }
    }

    static let columnNames: [String] = CodingKeys.allCases.flatMap { key in
        switch key {
        case .source, .output: Side.CodingKeys.allCases.map { "\(key.stringValue)_\($0.stringValue)" }
        default: [key.stringValue]
        }
    }

    static let headings: [Table.Heading] = [
        .text("ACTION"), .text("BLOCK"), .number("FROM"), .number("TO"), .number("BYTES"),
        .text("MEDIA TYPE"),
        .text("FINDINGS"), .path("FILE"),
    ]

    var cells: [String] {
        return [
            action.rawValue, (step.customID.map { "\($0): " } ?? "") + step.pointer,
            step.size?.description ?? "", size?.description ?? "",
            [step.byteCount, byteCount].compactMap { $0.map(Amounts.bytes) }.joined(separator: " > "),
            mediaType ?? step.mediaType ?? "", FindingList.codes(findings), "\(file.text):\(step.line)",
        ]
    }

    /// The lines below a table: why each block could not stay, and why it was not repaired.
    static func footer(_ rows: [RepairRecord]) -> String {
        FindingList.footer(
            rows.map { ("\($0.file.text):\($0.step.line): \($0.step.pointer)", $0.findings) })
    }
}

/// The totals of a repair over all files.
struct RepairSummary: Record {
    var files = 0
    /// Files that the service would now accept.
    var passing = 0
    /// Blocks by what was done with them.
    private(set) var actions: [RepairChange.Action: Int] = [:]
    /// Files that could not be read or written.
    var problems = 0

    enum CodingKeys: String, CodingKey {
        case files, passing, relabelled, rewritten, reencoded, dropped, unmended
        case thinkingKept = "thinking_kept"
        case thinkingStripped = "thinking_stripped"
        case thinkingDropped = "thinking_dropped"
        case problems
    }

    mutating func count(_ record: RepairRecord) { actions[record.action, default: 0] += 1 }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.files, files)
        writer.write(CodingKeys.passing, passing)
        writer.write(CodingKeys.relabelled, actions[.relabel, default: 0])
        writer.write(CodingKeys.rewritten, actions[.rewrite, default: 0])
        writer.write(CodingKeys.reencoded, actions[.reencode, default: 0])
        writer.write(CodingKeys.dropped, actions[.drop, default: 0])
        writer.write(CodingKeys.unmended, actions[.none, default: 0])
        writer.write(CodingKeys.thinkingKept, actions[.keep])
        writer.write(CodingKeys.thinkingStripped, actions[.strip])
        writer.write(CodingKeys.thinkingDropped, actions[.dropBlock])
        writer.write(CodingKeys.problems, problems)
    }

    /// The last line on standard error.
    ///
    /// - Parameter isPlan: whether nothing was done yet.
    /// - Returns: the line.
    func line(isPlan: Bool) -> String {
        let words: [(RepairChange.Action, String)] = [
            (.relabel, "relabelled"), (.rewrite, "rewritten"), (.reencode, "re-encoded"), (.drop, "dropped"),
            (.none, "not repaired"),
        ]
        let done = words.compactMap { action, word -> String? in
            let count = actions[action, default: 0]
            return count > 0 ? "\(Amounts.count(count)) \(word)" : nil
        }
        var line =
            "\(Amounts.count(files, "file")), \(Amounts.count(passing)) pass \(isPlan ? "then" : "now"); images: "
        line += done.isEmpty ? "none changed" : done.joined(separator: ", ")
        let thinking: [(RepairChange.Action, String)] = [
            (.keep, "kept"), (.strip, "stripped"), (.dropBlock, "left to the service"),
        ]
        for (action, word) in thinking {
            let count = actions[action, default: 0]
            if count > 0 { line += "; thinking of \(Amounts.count(count, "request")) \(word)" }
        }
        if problems > 0 { line += "; \(Amounts.count(problems)) could not be read or written" }
        return line
    }
}
