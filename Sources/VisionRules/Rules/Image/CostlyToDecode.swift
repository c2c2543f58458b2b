internal import ImageHeaders

/// I404: progressive or interlaced, so that a decoder has to hold the whole frame in memory.
enum CostlyToDecode: ImageRule {
    static let code = RuleCode.costlyToDecode

    static func check(
        _ subject: ImageSubject, facts: ImageFacts, seen: SeenSize, destination: Destination,
        into findings: inout [Finding]
    ) {
        guard facts.isInterlaced else { return }
        let bytes = frameBytes(facts)
        findings.append(
            Finding(
                code,
                """
                progressive or interlaced: decoding holds the whole frame, about \
                \(ServiceText.megabytes(bytes)) MB
                """,
                measured: bytes))
    }

    /// The bytes of the decoded frame; saturates instead of overflowing.
    private static func frameBytes(_ facts: ImageFacts) -> Int {
        let channels = facts.colorModel.channels + (facts.hasAlpha ? 1 : 0)
        let perPixel = channels * (facts.bitDepth > 8 ? 2 : 1)
        let (bytes, overflow) = facts.size.pixelCount.multipliedReportingOverflow(by: perPixel)
        return overflow ? .max : bytes
    }
}
