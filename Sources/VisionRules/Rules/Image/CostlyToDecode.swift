internal import ImageHeaders

extension RuleCode {
    /// I404 `costly-to-decode`.
    public static let costlyToDecode = RuleCode(rawValue: "I404")
}

extension ImageRule {
    /// I404: progressive or interlaced, so that a decoder has to hold the whole frame in memory.
    package static let costlyToDecode = ImageRule(
        Rule(
            .costlyToDecode, "costly-to-decode", .note,
            what: "The image is progressive or interlaced.",
            why: "A decoder has to hold the whole frame in memory; the finding estimates how much.",
            example: "A progressive JPEG of 12,000×9,000 px: 309 MB.",
            remedy: "Nothing, to send it. To prepare many, raise the memory limit or use fewer jobs.")
    ) { subject, facts, seen, destination in
        guard facts.isInterlaced else { return nil }
        let bytes = frameBytes(facts)
        return Observation(
            """
            progressive or interlaced: decoding holds the whole frame, about \
            \(ServiceText.megabytes(bytes)) MB
            """,
            measured: bytes)
    }
}

/// The bytes of the decoded frame; saturates instead of overflowing.
private func frameBytes(_ facts: ImageFacts) -> Int {
    let channels = facts.colorModel.channels + (facts.hasAlpha ? 1 : 0)
    let perPixel = channels * (facts.bitDepth > 8 ? 2 : 1)
    return facts.size.pixelCount.saturatingTimes(perPixel)
}
