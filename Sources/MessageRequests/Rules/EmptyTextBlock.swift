internal import VisionRules

/// R403: text blocks without text.
enum EmptyTextBlock: RequestRule {
    static func check(_ context: RequestContext, into findings: inout [Finding]) {
        let request = context.request
        for (id, block) in request.blocks.enumerated()
        where block.kind == .text && block.textBytes == 0 && !block.isSuperseded {
            findings.append(
                Finding(
                    .emptyTextBlock, "\(request.path(of: id)) is a text block without text",
                    serviceError: ServiceText.emptyTextBlock.filled(at: "")))
        }
    }
}
