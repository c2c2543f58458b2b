internal import PreflightRecords
internal import ImageHeaders
internal import ImagePreflight
internal import MessageRequests

/// One image of the grid. The keys are short, because a page may hold tens of thousands.
struct ReportRow: Record, Sendable {
    let source: PathBytes
    /// The SHA-256 of the source's bytes when it was prepared.
    let sourceSHA256: String?
    let record: ImageRecord?
    /// The result: one image, its tiles, or nothing.
    let outputs: [ManifestRow.Output]
    /// The size in px of the result; for tiles, of the page that they show together.
    let outputSize: PixelSize?
    /// How many tiles it became, or would; 0 for none.
    let tileCount: Int
    let action: PrepareAction
    let error: String?
    let findings: [ReportFinding]
    /// What the model sees of the prepared image.
    let seenAfter: PixelSize?

    init(_ row: ManifestRow, tier: ModelCatalog.Tier) {
        source = row.path
        sourceSHA256 = row.sourceSHA256
        record = row.source
        outputs = row.outputs
        tileCount = row.tiles.count
        action = row.action
        error = row.error
        let page = row.tiles.first.map { $0.map.sourceSize.oriented($0.map.orientation) }
        outputSize = row.output?.size ?? row.map?.outputSize ?? page
        // Tiles are seen as they are, and so are most images.
        seenAfter = page ?? outputSize.map { SeenSize(of: $0, tier: tier).size }
        var all = row.source?.findings ?? []
        for finding in row.findings where !all.contains(finding) { all.append(finding) }
        findings = all.map { ReportFinding(finding: $0) }
    }

    /// The verdict on the original; a file that could not be read counts as refused.
    var verdict: Verdict { record?.verdict ?? .rejected }

    /// Whether it has a cost before and after: accepted as it is, and prepared.
    var isCompared: Bool {
        verdict != .rejected && !outputs.isEmpty && (record?.displaySize?.shortEdge ?? 0) > 0
    }

    /// Whether its text is too small in what the model sees, before and after; nil if none was measured.
    var text: (isTooSmallBefore: Bool, isTooSmallAfter: Bool)? {
        guard let record, let height = record.textXHeight, let display = record.displaySize,
            display.longEdge > 0, let seenAfter
        else { return nil }
        guard let least = record.findings.first(where: { $0.code == .textTooSmall })?.limit else {
            return (false, false)
        }
        // Heights are rounded to tenths.
        let after = height * Double(seenAfter.longEdge) / Double(display.longEdge)
        return (true, after < Double(least) - 0.1)
    }

    /// The bytes of all outputs.
    var outputBytes: Int { outputs.reduce(0) { $0.saturatingAdd($1.byteCount) } }

    /// The tokens of all outputs.
    var outputTokens: Int { outputs.reduce(0) { $0.saturatingAdd($1.tokens) } }

    /// The cost of all outputs.
    var outputCost: Cost { outputs.reduce(.zero) { $0 + $1.cost } }

    private enum Key: String, CodingKey {
        case path = "p"
        case shellWord = "q"
        case verdict = "v"
        case action = "a"
        case error = "e"
        case formatBefore = "f"
        case formatAfter = "F"
        case widthBefore = "w"
        case heightBefore = "h"
        case widthAfter = "W"
        case heightAfter = "H"
        case bytesBefore = "b"
        case bytesAfter = "B"
        case tokensBefore = "t"
        case tokensAfter = "T"
        case costBefore = "c"
        case costAfter = "C"
        case seenWidthBefore = "sw"
        case seenHeightBefore = "sh"
        case seenWidthAfter = "SW"
        case seenHeightAfter = "SH"
        case output = "o"
        case tiles = "x"
        case documentPages = "d"
        case documentTokensEstimate = "D"
        case findings = "n"
    }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        let path = Terminal.printable(source.text)
        let word = source.shellWord
        let output = outputs.first
        let outputPath = output.map { Terminal.printable($0.path.text) }
        writer.write(Key.path, path)
        writer.write(Key.shellWord, word == path ? nil : word)
        writer.write(Key.verdict, verdict.rawValue)
        writer.write(Key.action, action.rawValue)
        writer.write(Key.error, error.map { Terminal.printable($0) })
        writer.write(Key.formatBefore, record?.format?.rawValue)
        writer.write(Key.formatAfter, output?.format.rawValue)
        writer.write(Key.widthBefore, record?.displaySize?.width)
        writer.write(Key.heightBefore, record?.displaySize?.height)
        writer.write(Key.widthAfter, outputSize?.width)
        writer.write(Key.heightAfter, outputSize?.height)
        writer.write(Key.bytesBefore, record?.byteCount)
        writer.write(Key.bytesAfter, output == nil ? nil : outputBytes)
        writer.write(Key.tokensBefore, verdict == .rejected ? nil : record?.tokens)
        writer.write(Key.tokensAfter, output == nil ? nil : outputTokens)
        writer.write(Key.costBefore, verdict == .rejected ? nil : record?.cost?.microdollars)
        writer.write(Key.costAfter, output == nil ? nil : outputCost.microdollars)
        writer.write(Key.seenWidthBefore, record?.seenSize?.width)
        writer.write(Key.seenHeightBefore, record?.seenSize?.height)
        writer.write(Key.seenWidthAfter, seenAfter?.width)
        writer.write(Key.seenHeightAfter, seenAfter?.height)
        writer.write(Key.output, outputPath == path ? nil : outputPath)
        writer.write(Key.tiles, tileCount > 0 ? tileCount : nil)
        writer.write(Key.documentPages, record?.documentPages)
        writer.write(Key.documentTokensEstimate, record?.documentTokensEstimate)
        writer.write(Key.findings, records: findings)
    }
}

/// A finding about one image; what all findings of its rule share is in ``ReportRule``.
struct ReportFinding: Record, Sendable {
    let finding: Finding

    private enum Key: String, CodingKey {
        case code = "k"
        case message = "m"
        case serviceError = "s"
    }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(Key.code, finding.code.rawValue)
        writer.write(Key.message, Terminal.printable(finding.message))
        writer.write(Key.serviceError, finding.serviceError.map { Terminal.printable($0) })
    }
}

/// A rule with findings: what the page shows about it, for people and as data.
struct ReportRule: Record, Sendable {
    let code: String
    let name: String
    let severity: String
    let what: String
    let why: String
    let remedy: String
    let command: String?
    /// The count of images in readable form.
    let images: String

    /// A manifest of another version may hold a code that is unknown here; its name and severity are known.
    init(_ finding: Finding, images: Int) {
        let rule = finding.code.rule
        code = finding.code.rawValue
        name = finding.name
        severity = finding.severity.rawValue
        what = rule?.what ?? ""
        why = rule?.why ?? ""
        remedy = rule?.remedy ?? ""
        command = rule?.command
        self.images = Amounts.count(images)
    }

    private enum Key: String, CodingKey { case code, name, severity, what, why, remedy, command }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(Key.code, code)
        writer.write(Key.name, name)
        writer.write(Key.severity, severity)
        writer.write(Key.what, what)
        writer.write(Key.why, why)
        writer.write(Key.remedy, remedy)
        writer.write(Key.command, command)
    }
}
