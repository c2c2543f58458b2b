internal import ImageHeaders
internal import VisionRules

/// R404: `oversized_image` is `error`, and the image would be downsized.
enum OversizedImageSetToError: BlockRule {
    static func check(_ block: BlockContext, into findings: inout [Finding]) {
        guard block.image.asksForError, let seen = block.seen, seen.isDownsized,
            let size = block.image.reading?.facts?.displaySize
        else { return }
        findings.append(
            Finding(
                .oversizedImageSetToError,
                """
                the image is \(size) px and would be downsized to \(seen.size) px, \
                but oversized_image asks for an error
                """,
                measured: size.longEdge, limit: seen.size.longEdge,
                serviceError: ServiceText.oversizedImage.filled(
                    at: block.path, [.size: "\(size)", .fittedSize: "\(seen.size)"])))
    }
}
