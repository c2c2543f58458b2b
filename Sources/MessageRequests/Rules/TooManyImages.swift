public import VisionRules

extension RuleCode {
    /// R301 `too-many-images`.
    public static let tooManyImages = RuleCode(rawValue: "R301")
}

extension ServiceText {
    package static let tooManyImages = ServiceText(
        "too many images and documents: {measured} + {documents} > {limit}")

    package static let tooMuchMedia = ServiceText(
        "Too much media: {documents} document pages + {measured} images > {limit}")
    package static let tooManyPages = ServiceText(
        "A maximum of {limit} PDF pages may be provided.",
        recognizedBy: ["A maximum of {limit} PDF pages may be provided"])
    package static let tooManyPagesInClaudeCode = ServiceText(
        "PDF too large (max {limit} pages", recognizedBy: ["PDF too large (max {limit} pages"])
}

extension RequestRule {
    /// R301: more images and documents than the platform takes in one request. A document counts as one,
    /// though each of its pages counts for the service: what is found here is certain.
    static let tooManyImages = RequestRule(
        Rule(
            .tooManyImages, "too-many-images", .error,
            what: "The request holds more images and document pages than the platform takes.",
            why: "Every image block counts, also in earlier turns and in tool results.",
            example: "104 images for a model with a context window of 200,000 tokens, where 100 are taken.",
            remedy: "Divide it into several requests.", command: Rule.packCommand,
            
            serviceTexts: [.tooManyImages, .tooMuchMedia, .tooManyPages, .tooManyPagesInClaudeCode]),
        request: { context in
            let destination = context.destination
            let limit = destination.platform.limits.maxImages(contextWindow: destination.model.contextWindow)
            guard context.mediaCount > limit else { return nil }
            let images = context.request.images.count
            return Observation(
                """
                the request holds \(images) images and \(context.documentCount) documents, \
                at most \(limit) are accepted
                """,
                measured: context.mediaCount, limit: limit,
                serviceError: ServiceText.tooManyImages.filled(
                    at: "",
                    [
                        .measured: "\(images)", .documents: "\(context.documentCount)", .limit: "\(limit)",
                    ]))
        })
}
