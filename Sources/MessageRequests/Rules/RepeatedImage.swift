internal import VisionRules

/// R406: the same text stands in the request before.
enum RepeatedImage: BlockRule {
    static func check(_ block: BlockContext, into findings: inout [Finding]) {
        guard let first = block.context.firstTwins[block.index] else { return }
        findings.append(
            Finding(.repeatedImage, "the same image as \(block.context.paths[first]), and paid for again"))
    }
}
