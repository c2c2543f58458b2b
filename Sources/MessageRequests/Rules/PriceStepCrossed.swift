internal import VisionRules

/// R305: the prompt is long enough for a higher price. The text is counted by a rule of thumb, and the
/// message says so where it decides.
enum PriceStepCrossed: RequestRule {
    static func check(_ context: RequestContext, into findings: inout [Finding]) {
        let model = context.destination.model
        let prompt = context.promptTokens
        guard let step = model.priceSteps.last(where: { $0.abovePromptTokens < prompt }),
            step.abovePromptTokens > 0, context.imageTokens > 0
        else { return }
        let isCertain = context.imageTokens > step.abovePromptTokens
        let counted: MessageText =
            isCertain
            ? "the images alone are \(context.imageTokens) tokens"
            : "the images are \(context.imageTokens) tokens and the text about \(context.textTokens)"
        findings.append(
            Finding(
                .priceStepCrossed,
                "\(counted.text); above \(step.abovePromptTokens) \(model.id) costs more",
                measured: prompt, limit: step.abovePromptTokens))
    }
}
