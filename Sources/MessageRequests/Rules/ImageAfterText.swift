internal import VisionRules

/// R401: all text of the message stands before its images.
enum ImageAfterText: BlockRule {
    static func check(_ block: BlockContext, into findings: inout [Finding]) {
        guard block.context.layout.afterText.contains(block.index) else { return }
        findings.append(
            Finding(.imageAfterText, "the image comes after the text of its message; before it works better"))
    }
}
