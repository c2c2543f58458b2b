internal import ImageHeaders

extension RuleCode {
    /// I106 `truncated-data`.
    public static let truncatedData = RuleCode(rawValue: "I106")
}

extension ImageRule {
    /// I106: the file ends before its header says so. Found by decoding, or where the container gives its own size.
    package static let truncatedData = ImageRule(
        Rule(
            .truncatedData, "truncated-data", .error,
            what:
                """
                The header is fine, but data is missing behind it: found by decoding, and for WebP from the \
                size in the header.
                """,
            why: "The service does not decode the image, and refuses the request.",
            example: "A JPEG whose lower half is gray because a copy was interrupted.",
            remedy: "Get the file again.", command: "image-preflight check --deep PATH",
            sharedTexts: [.notProcessed])
    ) { subject, facts, seen, destination in
        guard facts.isCutShort else { return nil }
        return Observation(
            "the file is shorter than its header says: data is missing at the end",
            serviceError: ServiceText.notProcessed.filled(at: subject.blockPath))
    }
}
