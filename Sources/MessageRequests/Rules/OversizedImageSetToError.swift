internal import PreflightRecords
internal import ImageHeaders
public import VisionRules

extension RuleCode {
    /// R404 `oversized-image-set-to-error`.
    public static let oversizedImageSetToError = RuleCode(rawValue: "R404")
}

extension ServiceText {
    package static let oversizedImage = ServiceText(
        "image dimensions {size} exceed the maximum image size of a model named on this request and "
            + "would be downsized to {fitted}; scale the image to at most {fitted} or set the image's "
            + "oversized_image setting to \"downsize\"", at: .block,
        recognizedBy: [
            "image dimensions {size} exceed the maximum image size of a model named on this request and "
                + "would be downsized to {fitted}"
        ])
}

extension RequestRule {
    /// R404: `oversized_image` is `error`, and the image would be downsized.
    static let oversizedImageSetToError = RequestRule(
        Rule(
            .oversizedImageSetToError, "oversized-image-set-to-error", .error,
            what: "The request asks for an error instead of downsizing, and an image would be downsized.",
            why: #"`"oversized_image": "error"` keeps coordinates correct by refusing to scale images."#,
            example: "1593×2324 px with that setting on a model of the standard tier.",
            remedy: "Scale the image to the size that the finding names.", command: Rule.repairCommand,
            serviceTexts: [.oversizedImage]),
        block: { block in
            guard block.image.asksForError, let seen = block.seen, seen.isDownsized,
                let size = block.image.reading?.facts?.displaySize
            else { return nil }
            return Observation(
                """
                the image is \(size) px and would be downsized to \(seen.size) px, \
                but oversized_image asks for an error
                """,
                measured: size.longEdge, limit: seen.size.longEdge,
                serviceError: ServiceText.oversizedImage.filled(
                    at: block.path, [.size: "\(size)", .fittedSize: "\(seen.size)"]))
        })
}
