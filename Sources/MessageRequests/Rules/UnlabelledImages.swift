internal import VisionRules

/// R402: several images in a message, and not each has a text in front that names it.
enum UnlabelledImages: BlockRule {
    static func check(_ block: BlockContext, into findings: inout [Finding]) {
        guard let count = block.context.layout.unlabelled[block.index] else { return }
        findings.append(
            Finding(
                .unlabelledImages,
                "\(count) images of this message have no text such as “Image 1:” in front, this is the first",
                measured: count))
    }
}
