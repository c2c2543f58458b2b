internal import ImageHeaders

/// I201: a side is longer than the platform takes in any request.
enum EdgeOverLimit: ImageRule {
    static let code = RuleCode.edgeOverLimit

    static func check(
        _ subject: ImageSubject, facts: ImageFacts, seen: SeenSize, destination: Destination,
        into findings: inout [Finding]
    ) {
        let longEdge = facts.size.longEdge
        let limit = destination.platform.limits.maxEdge
        guard longEdge > limit else { return }
        findings.append(
            Finding(
                code, "the longest side is \(longEdge) px, at most \(limit) px are accepted",
                measured: longEdge, limit: limit,
                serviceError: ServiceText.edgeTooLong.filled(at: subject.blockPath, [.limit: "\(limit)"])))
    }
}
