public import VisionRules

extension RuleCode {
    /// R302 `request-too-large`.
    public static let requestTooLarge = RuleCode(rawValue: "R302")
}

extension ServiceText {
    package static let requestTooLarge = ServiceText(
        "Request exceeds the maximum size",
        // HTTP 413 comes with other words after these, and from gateways with its type alone.
        recognizedBy: ["Request exceeds the maximum", "request_too_large"])
    package static let requestTooLargeOnBedrock = ServiceText(
        "Value at 'body' failed to satisfy constraint: Member must have length less than or equal to {limit}")
    package static let requestTooLargeInClaudeCode = ServiceText(
        "Request too large (max {megabytes}MB", recognizedBy: ["Request too large (max {megabytes}MB"])
}

extension RequestRule {
    /// R302: the body is larger than the platform accepts. Requests of a batch are bounded by the batch
    /// (R303).
    static let requestTooLarge = RequestRule(
        Rule(
            .requestTooLarge, "request-too-large", .error,
            what: "The body is larger than the platform accepts.",
            why: "The service answers HTTP 413 before it reads the request.",
            example: "Eight images of 5 MB of base64 each, with a limit of 32 MB.",
            remedy:
                "Make the images smaller, split the request, or send images by file id if the platform accepts that.",
            command: Rule.repairCommand,
            serviceTexts: [.requestTooLarge, .requestTooLargeOnBedrock, .requestTooLargeInClaudeCode]),
        request: { context in
            guard context.kind != .batchItem, let limit = context.destination.platform.limits.maxRequestBytes,
                context.bodyBytes > limit
            else { return nil }
            return Observation(
                "the body is \(context.bodyBytes) bytes, at most \(limit) are accepted",
                measured: context.bodyBytes, limit: limit,
                serviceError: ServiceText.requestTooLarge.filled(at: ""))
        })
}
