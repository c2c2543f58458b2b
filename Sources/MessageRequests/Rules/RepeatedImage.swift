internal import VisionRules

/// R406: the same text stands in the request before.
enum RepeatedImage: BlockRule {
    static func check(_ block: BlockContext, into findings: inout [Finding]) {
        guard let first = block.context.firstTwins[block.index] else { return }
        let request = block.context.request
        let path = request.path(of: request.images[first].blockID)
        findings.append(Finding(.repeatedImage, "the same image as \(path), and paid for again"))
    }
}
