internal import VisionRules

/// R208: an image behind a url, which is not fetched here. Not said where no url is taken (R207).
enum URLCannotBeChecked: BlockRule {
    static func check(_ block: BlockContext, into findings: inout [Finding]) {
        guard case .url(let url) = block.image.source, !url.isEmpty,
            block.destination.platform.limits.sources.contains(.url)
        else { return }
        findings.append(
            Finding(
                .urlCannotBeChecked, "the image is behind a url and was not checked: \(url)",
                serviceError: ServiceText.urlNotDownloaded.filled(at: block.path)))
    }
}
