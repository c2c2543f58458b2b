internal import PreflightRecords
internal import ImagePreflight
internal import MessageRequests

/// The totals of a lint over all files.
struct LintSummary: Record {
    private(set) var files = 0
    private(set) var requests = 0
    private(set) var images = 0
    private(set) var errors = 0
    private(set) var warnings = 0
    private(set) var notes = 0
    private(set) var bytes = 0
    private(set) var imageTokens = 0
    private(set) var cost = Cost.zero
    /// Files that could not be read.
    var problems = 0

    enum CodingKeys: String, CodingKey {
        case files, requests, images, errors, warnings, notes, problems, bytes
        case imageTokens = "image_tokens"
        case costUSD = "cost_usd"
    }

    /// Adds an event: findings from each, and amounts from the totals of a file.
    mutating func count(_ event: LintEvent) {
        for finding in event.findings {
            switch finding.severity {
            case .error: errors += 1
            case .warning: warnings += 1
            case .note: notes += 1
            }
        }
        guard case .file(let file) = event else { return }
        files += 1
        requests += file.requests
        images += file.images
        bytes += file.bytes
        let (sum, overflow) = imageTokens.addingReportingOverflow(file.imageTokens)
        imageTokens = overflow ? .max : sum
        cost += file.cost
    }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.files, files)
        writer.write(CodingKeys.requests, requests)
        writer.write(CodingKeys.images, images)
        writer.write(CodingKeys.errors, errors)
        writer.write(CodingKeys.warnings, warnings)
        writer.write(CodingKeys.notes, notes)
        writer.write(CodingKeys.problems, problems)
        writer.write(CodingKeys.bytes, bytes)
        writer.write(CodingKeys.imageTokens, imageTokens)
        writer.write(CodingKeys.costUSD, cost)
    }

    /// The last line on standard error.
    func line(notShown: Int) -> String {
        var parts = [
            "\(Amounts.count(requests, "request")), \(Amounts.count(images, "image")): "
                + "\(Amounts.count(errors, "error")), \(Amounts.count(warnings, "warning")), "
                + Amounts.count(notes, "note"),
            Amounts.count(imageTokens, "image token"), cost.shortText, Amounts.bytes(bytes),
        ]
        if problems > 0 { parts.append("\(Amounts.count(problems)) could not be read") }
        parts += ShownRows.summaryPart(notShown: notShown)
        return parts.joined(separator: ", ")
    }
}
