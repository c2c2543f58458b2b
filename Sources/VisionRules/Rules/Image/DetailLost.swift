internal import ImageHeaders

/// I304: the model sees less than half of each side, so small text is gone. Not said of an image that the
/// service refuses anyway.
enum DetailLost: ImageRule {
    static let code = RuleCode.detailLost

    static func check(
        _ subject: ImageSubject, facts: ImageFacts, seen: SeenSize, destination: Destination,
        into findings: inout [Finding]
    ) {
        // Widths are compared with widths; half of an odd side is not a whole number of px.
        let original = facts.displaySize
        guard seen.size.width < original.width - seen.size.width,
            seen.size.height < original.height - seen.size.height, !findings.containError
        else { return }
        let percent = Int((Double(seen.size.longEdge) / Double(original.longEdge) * 100).rounded())
        findings.append(
            Finding(
                code, "the model sees \(percent) % of each side; tiles keep the detail",
                measured: original.longEdge, limit: seen.size.longEdge * 2))
    }
}
