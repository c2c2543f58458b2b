internal import ImagePreflight

/// The last line of a run on standard error.
enum SummaryLine {
    /// What a check found.
    static func check(_ summary: RunSummary) -> String {
        var parts = [
            "\(Amounts.count(summary.images)) images: \(Amounts.count(summary.accepted)) accepted, "
                + "\(Amounts.count(summary.downsized)) downsized, \(Amounts.count(summary.rejected)) refused",
            "\(Amounts.count(summary.tokens)) tokens (guide: \(Amounts.count(summary.guideTokens)))",
            summary.cost.shortText, Amounts.bytes(summary.bytes),
        ]
        if summary.problems > 0 { parts.append("\(Amounts.count(summary.problems)) could not be read") }
        return parts.joined(separator: ", ")
    }
}

/// What could not be read, on standard error.
enum ProblemList {
    static func report(_ problems: [PathBatch.Problem]) {
        for problem in problems { Diagnostics.error("\(problem.path.text): \(problem.reason)") }
    }
}
