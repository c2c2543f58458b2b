public import VisionRules

extension RuleCode {
    /// R305 `price-step-crossed`.
    public static let priceStepCrossed = RuleCode(rawValue: "R305")
}

extension RequestRule {
    /// R305: the prompt is long enough for a higher price. The text is counted by a rule of thumb, and the
    /// message notes it if that decides.
    static let priceStepCrossed = RequestRule(
        Rule(
            .priceStepCrossed, "price-step-crossed", .note,
            what: "The prompt is long enough for the model's higher price.",
            why: "Above the step all tokens of the request cost more, not only those above it.",
            example:
                "21 images of 4,784 tokens on Claude Haiku 5.5: more than 100,000 tokens, at five times the price.",
            remedy: "Split it into requests below the step.", command: Rule.packCommand),
        request: { context in
            let model = context.destination.model
            let prompt = context.promptTokens
            guard let step = model.priceSteps.last(where: { $0.abovePromptTokens < prompt }),
                step.abovePromptTokens > 0, context.imageTokens > 0
            else { return nil }
            let isCertain = context.imageTokens > step.abovePromptTokens
            let counted: MessageText =
                isCertain
                ? "the images alone are \(context.imageTokens) tokens"
                : "the images are \(context.imageTokens) tokens and the text about \(context.textTokens)"
            return Observation(
                "\(counted.text); above \(step.abovePromptTokens) \(model.id) costs more",
                measured: prompt, limit: step.abovePromptTokens)
        })
}
