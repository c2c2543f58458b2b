internal import ImageHeaders

extension RuleCode {
    /// I202 `edge-over-many-image-limit`.
    public static let edgeOverManyImageLimit = RuleCode(rawValue: "I202")
}

extension ServiceText {
    package static let edgeTooLongForManyImages = ServiceText(
        "At least one of the image dimensions exceed max allowed size for many-image requests: "
            + "{limit} pixels", at: .data)
    package static let notResizedInClaudeCode = ServiceText(
        "dimensions exceed the {size}px limit and image processing failed",
        recognizedBy: ["dimensions exceed the {size}px limit"])
}

extension ImageRule {
    /// I202: a side is longer than the platform accepts in a request with many images. Not reported for an
    /// image that no request may hold (I201).
    static let edgeOverManyImageLimit = ImageRule(
        Rule(
            .edgeOverManyImageLimit, "edge-over-many-image-limit", .error,
            what: "A side is longer than the platform accepts in a request with many images "
                + "(2000 px with more than 20 images).",
            why:
                "Every image of the conversation counts, including earlier turns and tool results. The 21st "
                + "image invalidates earlier ones, and the error may name the wrong one.",
            example: "A conversation with 20 screenshots of 2560×1440 px, and one more.",
            remedy: "Scale the images to 2000 px, or send at most 20 in one request.",
            command: Rule.prepareCommand + " --images-per-request 21",
            serviceTexts: [.edgeTooLongForManyImages, .notResizedInClaudeCode])
    ) { subject, facts, seen, destination in
        let longEdge = facts.size.longEdge
        let limits = destination.platform.limits
        let limit = limits.maxEdge(imagesPerRequest: destination.imagesPerRequest)
        guard longEdge > limit, longEdge <= limits.maxEdge else { return nil }
        return Observation(
            """
            the longest side is \(longEdge) px, at most \(limit) px are accepted in a request with \
            more than \(limits.manyImageThreshold) images
            """,
            measured: longEdge, limit: limit,
            serviceError: ServiceText.edgeTooLongForManyImages.filled(
                at: subject.blockPath, [.limit: "\(limit)"]))
    }
}
