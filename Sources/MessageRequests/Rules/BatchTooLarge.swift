public import VisionRules

extension RuleCode {
    /// R303 `batch-too-large`.
    public static let batchTooLarge = RuleCode(rawValue: "R303")
}

extension RequestRule {
    /// R303: the batch has more bytes or more requests than the platform accepts.
    static let batchTooLarge = RequestRule(
        Rule(
            .batchTooLarge, "batch-too-large", .error,
            what: "The batch has more bytes or more requests than the platform accepts.",
            why: "A batch is refused as a whole.",
            example: "A JSONL of 300 MB, with a limit of 256 MB.",
            remedy: "Split it into several batches.", command: Rule.packCommand))
}

extension [Finding] {
    /// Adds the findings about the size of a batch.
    mutating func checkBatch(bytes: Int, requests: Int, limits: ModelCatalog.Limits) {
        if let limit = limits.maxBatchBytes, bytes > limit {
            append(
                Finding(
                    .batchTooLarge, "the batch is \(bytes) bytes, at most \(limit) are accepted",
                    measured: bytes, limit: limit))
        }
        if let limit = limits.maxBatchRequests, requests > limit {
            append(
                Finding(
                    .batchTooLarge, "the batch has \(requests) requests, at most \(limit) are accepted",
                    measured: requests, limit: limit))
        }
    }
}
