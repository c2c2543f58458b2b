internal import VisionRules

/// R302: the body is larger than the platform takes. Requests of a batch are bounded by the batch (R303).
enum RequestTooLarge: RequestRule {
    static func check(_ context: RequestContext, into findings: inout [Finding]) {
        guard context.kind != .batchItem, let limit = context.destination.platform.limits.maxRequestBytes,
            context.bodyBytes > limit
        else { return }
        findings.append(
            Finding(
                .requestTooLarge,
                "the body is \(context.bodyBytes) bytes, at most \(limit) are accepted",
                measured: context.bodyBytes, limit: limit,
                serviceError: ServiceText.requestTooLarge.filled(at: "")))
    }
}
