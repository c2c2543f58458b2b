public import VisionRules

extension RuleCode {
    /// R208 `url-cannot-be-checked`.
    public static let urlCannotBeChecked = RuleCode(rawValue: "R208")
}

extension ServiceText {
    package static let urlNotDownloaded = ServiceText(
        "Unable to download the file. Please verify the URL and try again.",
        recognizedBy: ["Unable to download the file"])
    package static let urlNotAnImage = ServiceText("The file format is invalid or unsupported", at: .data)
    package static let urlDisallowed = ServiceText(
        "This URL is disallowed by the website's robots.txt file so it cannot be accessed.",
        recognizedBy: ["This URL is disallowed by the website's robots.txt"])
}

extension RequestRule {
    /// R208: an image behind a URL, which is not fetched here. Not reported where URLs are not accepted
    /// (R207).
    static let urlCannotBeChecked = RequestRule(
        Rule(
            .urlCannotBeChecked, "url-cannot-be-checked", .note,
            what: "The image is behind a URL, which is never fetched here.",
            why: "Its size, bytes and format are unknown, and the service may fail to fetch it.",
            example: #"{"type": "url", "url": "https://example.com/photo.jpg"}"#,
            remedy: "Download the file and check it, if that matters.",
            serviceTexts: [.urlNotDownloaded, .urlNotAnImage, .urlDisallowed]),
        block: { block in
            guard case .url(let url) = block.image.source, !url.isEmpty,
                block.destination.platform.limits.sources.contains(.url)
            else { return nil }
            return Observation(
                "the image is behind a URL and was not checked: \(url)",
                serviceError: ServiceText.urlNotDownloaded.filled(at: block.path))
        })
}
