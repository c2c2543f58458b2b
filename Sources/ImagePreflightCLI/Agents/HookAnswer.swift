internal import PreflightRecords
internal import ImagePreflight
internal import SystemPackage

/// What a hook says to the agent: read this copy instead.
/// <https://code.claude.com/docs/en/hooks>, “PreToolUse decision control”, read on 2026-11-21.
struct HookAnswer {
    /// How the agent is led to the copy.
    enum Manner: String, CaseIterable {
        /// The tool reads the copy, without another word: `updatedInput`.
        case replace
        /// The tool is refused, and the reason names the copy: for agents that know no `updatedInput`.
        case deny
    }

    let event: ToolEvent
    let original: FilePath
    let source: CheckedImage
    let copy: PreparedCache.Entry
    let manner: Manner
    /// Whether the agent may read the original without asking, as it may what lies where it works.
    let isOwn: Bool

    /// The answer as the agent reads it.
    var json: JSONValue {
        let answer: JSONValue = ["hookEventName": .string(ToolEvent.beforeTool)]
        switch manner {
        case .deny:
            return wrapped(
                answer.adding([
                    "permissionDecision": "deny",
                    "permissionDecisionReason": .string("\(what) Read \(copy.path) instead. \(scale)"),
                ]))
        case .replace:
            // Without a decision the agent's own rules for the copy hold; a file that it could read anyway
            // should not raise a question.
            return wrapped(
                answer.adding([
                    "permissionDecision": isOwn ? "allow" : nil,
                    "permissionDecisionReason": isOwn ? .string(what) : nil,
                    // The whole input is replaced, so all of it is said.
                    "updatedInput": event.input.setting(ToolEvent.pathKey, to: .string(copy.path.string)),
                    "additionalContext": .string("\(what) The tool was led to it. \(scale)"),
                ]))
        }
    }

    private func wrapped(_ answer: JSONValue) -> JSONValue { ["hookSpecificOutput": answer] }

    private var what: String {
        let fate =
            source.assessment.verdict == .rejected
            ? "would be refused by the Claude API" : "would be downsized by the Claude API"
        let codes = source.assessment.findings.filter { $0.severity != .note }.map(\.code.rawValue)
        let reason = codes.isEmpty ? "" : " (\(codes.joined(separator: ", ")))"
        let sizes = [source, copy.image].compactMap { $0.facts?.displaySize.description }
        return "image-preflight: \(original) \(fate)\(reason); a prepared copy has "
            + "\(sizes.last ?? "another size") px" + (sizes.count == 2 ? " instead of \(sizes[0])." : ".")
    }

    /// What a model needs that names places in the picture.
    private var scale: String {
        guard let from = source.facts?.displaySize, let to = copy.image.facts?.displaySize, to.width > 0,
            from != to
        else { return "" }
        let factor = Amounts.decimal(Double(from.width) / Double(to.width), digits: 3)
        return "Coordinates in it times \(factor) are those of the original."
    }
}
