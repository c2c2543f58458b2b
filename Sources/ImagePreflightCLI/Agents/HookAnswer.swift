internal import PreflightRecords
internal import ImagePreflight
internal import SystemPackage

/// What a hook tells the agent: read this copy instead.
/// <https://code.claude.com/docs/en/hooks>, “PreToolUse decision control”, read on 2026-11-21.
struct HookAnswer {
    /// How the agent is pointed to the copy.
    enum Manner: String, CaseIterable {
        /// The tool silently reads the copy: `updatedInput`.
        case replace
        /// The tool is blocked, and the reason names the copy: for agents without `updatedInput`.
        case deny
    }

    let event: ToolEvent
    let original: FilePath
    /// How the original was found, if the agent named it differently.
    let near: NearName?
    let source: CheckedImage
    let copy: PreparedCache.Entry
    let manner: Manner
    /// Whether the agent may read the original without asking, like files in its working folder.
    let isOwn: Bool

    /// The answer to the agent.
    var json: JSONValue {
        let answer: JSONValue = ["hookEventName": .string(ToolEvent.beforeTool)]
        switch manner {
        case .deny:
            return wrapped(
                answer.adding([
                    "permissionDecision": "deny",
                    "permissionDecisionReason": .string(
                        "\(what) Read \(Terminal.printable(copy.path.string)) instead. \(scale)"),
                ]))
        case .replace:
            // Without a decision the agent's own rules for the copy apply; a file that it could read anyway
            // should not raise a question.
            return wrapped(
                answer.adding([
                    "permissionDecision": isOwn ? "allow" : nil,
                    "permissionDecisionReason": isOwn ? .string(what) : nil,
                    // The whole input is replaced, so it must be complete.
                    "updatedInput": event.input.setting(ToolEvent.pathKey, to: .string(copy.path.string)),
                    "additionalContext": .string("\(what) The tool reads that copy instead. \(scale)"),
                ]))
        }
    }

    private func wrapped(_ answer: JSONValue) -> JSONValue { ["hookSpecificOutput": answer] }

    private var what: String {
        let codes = source.assessment.findings.filter { $0.severity != .note }.map(\.code.rawValue)
        let reason = codes.isEmpty ? "" : " (\(codes.joined(separator: ", ")))"
        let fate =
            switch source.assessment.verdict {
            case .rejected: " would be refused by the Claude API\(reason);"
            case .downsized: " would be downsized by the Claude API\(reason);"
            // Named differently, or without its end.
            default: ":"
            }
        let name = HookRefusal.subject(original, near)
        let sizes = [source, copy.image].compactMap { $0.facts?.displaySize.description }
        let size = sizes.last ?? "another size"
        let change = sizes.count == 2 && sizes[0] != size ? " instead of \(sizes[0])" : ""
        let subject = near != nil && fate == ":" ? name.dropLast(", which".count) + fate : name + fate
        return Terminal.printable("image-preflight: \(subject) a prepared copy has \(size) px\(change).")
    }

    /// What a model needs to name places in the picture.
    private var scale: String {
        guard let from = source.facts?.displaySize, let to = copy.image.facts?.displaySize, to.width > 0,
            from != to
        else { return "" }
        let factor = Amounts.decimal(Double(from.width) / Double(to.width), digits: 3)
        return "Multiply its coordinates by \(factor) to get those of the original."
    }
}
