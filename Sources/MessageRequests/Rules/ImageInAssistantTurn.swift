public import VisionRules

extension RuleCode {
    /// R104 `image-in-assistant-turn`.
    public static let imageInAssistantTurn = RuleCode(rawValue: "R104")
}

extension ServiceText {
    package static let imageOfAssistant = ServiceText(
        "'image' blocks are not permitted within assistant turns")
}

extension RequestRule {
    /// R104: an image in a message of the assistant.
    static let imageInAssistantTurn = RequestRule(
        Rule(
            .imageInAssistantTurn, "image-in-assistant-turn", .error,
            what: "An image is in a message of the assistant.",
            why: "The model answers with text only, and the service accepts images only from the user.",
            example: #"{"role": "assistant", "content": [{"type": "image", "source": {…}}]}"#,
            remedy: "Move the image into the user's message before or after it.",
            command: Rule.repairCommand + " --drop", serviceTexts: [.imageOfAssistant]),
        block: { block in
            let scanned = block.context.request.blocks[block.image.blockID]
            guard scanned.parent == nil, scanned.role == .assistant else { return nil }
            return Observation(
                "\(block.path) is an image in a message of the assistant",
                serviceError: ServiceText.imageOfAssistant.filled())
        })
}
