internal import VisionRules

/// R301: more images and documents than the platform takes in one request. A document counts as one,
/// though each of its pages counts for the service: what is found here is certain.
enum TooManyImages: RequestRule {
    static func check(_ context: RequestContext, into findings: inout [Finding]) {
        let destination = context.destination
        let limit = destination.platform.limits.maxImages(contextWindow: destination.model.contextWindow)
        guard context.mediaCount > limit else { return }
        let images = context.request.images.count
        findings.append(
            Finding(
                .tooManyImages,
                """
                the request holds \(images) images and \(context.documentCount) documents, \
                at most \(limit) are accepted
                """,
                measured: context.mediaCount, limit: limit,
                serviceError: ServiceText.tooManyImages.filled(
                    at: "",
                    [
                        .measured: "\(images)", .documents: "\(context.documentCount)", .limit: "\(limit)",
                    ])))
    }
}
