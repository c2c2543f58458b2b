internal import ImageHeaders

/// I105: an animation, of which the model sees the first frame.
enum OnlyFirstFrameIsRead: ImageRule {
    static let code = RuleCode.onlyFirstFrameIsRead

    static func check(
        _ subject: ImageSubject, facts: ImageFacts, seen: SeenSize, destination: Destination,
        into findings: inout [Finding]
    ) {
        guard facts.frames > 1 else { return }
        let frames = facts.framesAreExact ? "\(facts.frames)" : "several"
        findings.append(
            Finding(
                code, "the model sees the first of \(frames) frames",
                measured: facts.framesAreExact ? facts.frames : nil, limit: 1))
    }
}
