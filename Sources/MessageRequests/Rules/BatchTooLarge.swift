internal import VisionRules

/// R303: the batch has more bytes or more requests than the platform takes.
enum BatchTooLarge {
    static func check(bytes: Int, requests: Int, limits: Limits, into findings: inout [Finding]) {
        if let limit = limits.maxBatchBytes, bytes > limit {
            findings.append(
                Finding(
                    .batchTooLarge, "the batch is \(bytes) bytes, at most \(limit) are accepted",
                    measured: bytes, limit: limit))
        }
        if let limit = limits.maxBatchRequests, requests > limit {
            findings.append(
                Finding(
                    .batchTooLarge, "the batch holds \(requests) requests, at most \(limit) are accepted",
                    measured: requests, limit: limit))
        }
    }
}
