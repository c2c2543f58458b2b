internal import ImageHeaders

/// I202: a side is longer than the platform takes in a request with many images. Not said of an image
/// that no request may hold (I201).
enum EdgeOverManyImageLimit: ImageRule {
    static let code = RuleCode.edgeOverManyImageLimit

    static func check(
        _ subject: ImageSubject, facts: ImageFacts, seen: SeenSize, destination: Destination,
        into findings: inout [Finding]
    ) {
        let longEdge = facts.size.longEdge
        let limits = destination.platform.limits
        let limit = limits.maxEdge(imagesPerRequest: destination.imagesPerRequest)
        guard longEdge > limit, longEdge <= limits.maxEdge else { return }
        findings.append(
            Finding(
                code,
                """
                the longest side is \(longEdge) px, at most \(limit) px are accepted in a request with \
                more than \(limits.manyImageThreshold) images
                """,
                measured: longEdge, limit: limit,
                serviceError: ServiceText.edgeTooLongForManyImages.filled(
                    at: subject.blockPath, [.limit: "\(limit)"])))
    }
}
