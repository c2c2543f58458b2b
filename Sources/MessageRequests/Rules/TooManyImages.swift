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
    /// R301: more images and pages than the platform accepts in one request. A document of unknown length
    /// counts as one page: a finding here is certain.
    static let tooManyImages = RequestRule(
        Rule(
            .tooManyImages, "too-many-images", .error,
            what: "The request has more images and document pages than the platform accepts.",
            why:
                "Every image block counts, including earlier turns and tool results, and so does every page of a PDF.",
            example: "104 images for a model with a context window of 200,000 tokens, which accepts 100.",
            remedy: "Split it into several requests.", command: Rule.packCommand,

            serviceTexts: [.tooManyImages, .tooMuchMedia, .tooManyPages, .tooManyPagesInClaudeCode]),
        request: { context in
            let destination = context.destination
            let limit = destination.platform.limits.maxImages(contextWindow: destination.model.contextWindow)
            guard context.mediaCount > limit else { return nil }
            let images = context.request.images.count
            let pages = context.pageCount
            let text: ServiceText = images == 0 && context.documentCount == 1 ? .tooManyPages : .tooManyImages
            let documents = context.documentPages == nil ? "documents" : "document pages"
            return Observation(
                "the request has \(images) images and \(pages) \(documents), at most \(limit) are accepted",
                measured: context.mediaCount, limit: limit,
                serviceError: text.filled(
                    at: "", [.measured: "\(images)", .documents: "\(pages)", .limit: "\(limit)"]))
        })
}
