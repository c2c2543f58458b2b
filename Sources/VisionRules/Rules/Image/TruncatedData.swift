extension RuleCode {
    /// I106 `truncated-data`.
    public static let truncatedData = RuleCode(rawValue: "I106")
}

extension ImageRule {
    /// I106: the pixels end before the header says so. Found by decoding.
    package static let truncatedData = ImageRule(
        Rule(
            .truncatedData, "truncated-data", .error,
            what: "The header is fine, but decoding finds less data than it promises.",
            why:
                "Headers alone cannot show it. The service does not decode the image, and refuses the request.",
            example: "A JPEG whose lower half is grey because a copy broke off.",
            remedy: "Get the file again.", command: "image-preflight check --deep PATH",
            sharedTexts: [.notProcessed]))
}
