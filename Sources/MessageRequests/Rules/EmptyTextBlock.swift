internal import VisionRules

/// R403: text blocks without text.
enum EmptyTextBlock: RequestRule {
    static func check(_ context: RequestContext, into findings: inout [Finding]) {
        let request = context.request
        let empty = request.blocks.indices.filter { id in
            let block = request.blocks[id]
            return block.kind == .text && block.textBytes == 0 && !block.isSuperseded
        }
        guard let first = empty.first else { return }
        let path = request.path(of: first)
        findings.append(
            Finding(
                .emptyTextBlock,
                empty.count == 1
                    ? "\(path) is a text block without text"
                    : "\(empty.count) text blocks have no text, the first is \(path)",
                measured: empty.count, serviceError: ServiceText.emptyTextBlock.filled(at: "")))
    }
}
