internal import ImagePreflight
internal import SystemPackage

/// What a hook tells the agent if there is nothing to read instead: an image or a document that the service
/// would refuse stays in the conversation, and each later request is refused with it.
struct HookRefusal {
    /// The file, as ``subject(_:_:)`` names it.
    let name: String
    /// What is wrong, as a sentence without a period.
    let reason: String
    /// What to do, in sentences.
    let advice: String

    /// An image that cannot be prepared.
    ///
    /// - Parameters:
    ///   - name: the file, as ``subject(_:_:)`` names it.
    ///   - image: what its header says.
    ///   - error: why it could not be prepared; nil if the header says so.
    init(_ name: String, _ image: CheckedImage, error: PreflightError? = nil) {
        self.name = name
        var errors = image.findings.filter { $0.severity == .error }
        errors += error?.findings.filter { !errors.contains($0) } ?? []
        var reasons = errors.map { "\($0.code.rawValue) \($0.name): \($0.message)" }
        if let error, error.findings.isEmpty { reasons.append(error.description) }
        reason = "and cannot be prepared: " + reasons.joined(separator: "; ")
        let remedy = Rule.ofImages.first { $0.code == errors.first?.code }?.remedy
        let isImage = image.format?.traits.isImage ?? true
        advice =
            "Do not read it as an image. "
            + (isImage
                ? remedy ?? "Get the file again." : "Inspect it in a shell, or get it again.")
    }

    /// A PDF that a document block cannot hold.
    ///
    /// - Parameters:
    ///   - name: the file, as ``subject(_:_:)`` names it.
    ///   - reason: why, as a sentence without a period.
    init(_ name: String, document reason: String) {
        self.name = name
        self.reason = "(\(reason))"
        advice = "Select a few pages with “pages”, or make a smaller or decrypted copy first."
    }

    /// The answer to the agent.
    var json: JSONValue {
        [
            "hookSpecificOutput": [
                "hookEventName": .string(ToolEvent.beforeTool), "permissionDecision": "deny",
                "permissionDecisionReason": .string(
                    Terminal.printable(
                        "image-preflight: \(name) would be refused by the Claude API \(reason). \(advice)")),
            ]
        ]
    }

    /// A file as the subject of a sentence.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - near: how it was found, if the agent named it differently.
    /// - Returns: the subject.
    static func subject(_ path: FilePath, _ near: NearName?) -> String {
        near.map { "there is no file of that name, but \($0.shownName), which" } ?? path.string
    }
}
