internal import ImageHeaders

extension RuleCode {
    /// I105 `only-first-frame-is-read`.
    public static let onlyFirstFrameIsRead = RuleCode(rawValue: "I105")
}

extension ImageRule {
    /// I105: an animation, of which the model sees the first frame.
    static let onlyFirstFrameIsRead = ImageRule(
        Rule(
            .onlyFirstFrameIsRead, "only-first-frame-is-read", .warning,
            what: "The image is animated.",
            why: "The model sees only the first frame; the others are wasted bytes.",
            example: "A GIF screen recording: the model sees its first moment.",
            remedy: "Send the frames that matter as images of their own.")
    ) { subject, facts, seen, destination in
        guard facts.frames > 1 else { return nil }
        let frames = facts.framesAreExact ? "\(facts.frames)" : "several"
        return Observation(
            "the model sees the first of \(frames) frames",
            measured: facts.framesAreExact ? facts.frames : nil, limit: 1)
    }
}
