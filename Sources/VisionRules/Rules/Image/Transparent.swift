internal import ImageHeaders

extension RuleCode {
    /// I405 `transparent`.
    public static let transparent = RuleCode(rawValue: "I405")
}

extension ImageRule {
    /// I405: what the model sees behind transparent pixels is not documented.
    static let transparent = ImageRule(
        Rule(
            .transparent, "transparent", .note,
            what: "A pixel of the image can be transparent.",
            why:
                "The service accepts alpha, but does not document the background. Dark text on a transparent page may "
                + "end up on black.",
            example: "A logo or a chart that was exported without a background.",
            remedy: "Flatten it onto the color that it was drawn for.",
            command: Rule.prepareCommand + " --background white")
    ) { subject, facts, seen, destination in
        guard facts.hasAlpha else { return nil }
        return Observation("the image can be transparent; the background the model sees is unknown")
    }
}
