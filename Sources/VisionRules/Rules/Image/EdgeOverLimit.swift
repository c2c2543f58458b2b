internal import ImageHeaders

extension RuleCode {
    /// I201 `edge-over-limit`.
    public static let edgeOverLimit = RuleCode(rawValue: "I201")
}

extension ServiceText {
    package static let edgeTooLong = ServiceText(
        "At least one of the image dimensions exceed max allowed size: {limit} pixels", at: .data)
}

extension ImageRule {
    /// I201: a side is longer than the platform accepts in any request.
    static let edgeOverLimit = ImageRule(
        Rule(
            .edgeOverLimit, "edge-over-limit", .error,
            what: "A side is longer than the platform accepts in any request (8000 px).",
            why: "The service refuses the whole request; it does not downsize such an image.",
            example: "A full-page screenshot of 1440×12000 px.",
            remedy: "Scale it down, or cut a tall page into tiles (--tile) so that its text stays readable.",
            command: Rule.prepareCommand, serviceTexts: [.edgeTooLong])
    ) { subject, facts, seen, destination in
        let longEdge = facts.size.longEdge
        let limit = destination.platform.limits.maxEdge
        guard longEdge > limit else { return nil }
        return Observation(
            "the longest side is \(longEdge) px, at most \(limit) px are accepted",
            measured: longEdge, limit: limit,
            serviceError: ServiceText.edgeTooLong.filled(at: subject.blockPath, [.limit: "\(limit)"]))
    }
}
