internal import VisionRules

/// R207: the image comes from a source that the platform does not take.
enum SourceNotOnPlatform: BlockRule {
    static func check(_ block: BlockContext, into findings: inout [Finding]) {
        let kind: SourceKind
        let text: ServiceText
        switch block.image.source {
        case .url: (kind, text) = (.url, .urlNotTaken)
        case .file: (kind, text) = (.file, .fileNotTaken)
        case .base64: (kind, text) = (.base64, .urlNotTaken)
        case .other: return
        }
        let platform = block.destination.platform
        guard !platform.limits.sources.contains(kind) else { return }
        let taken = SourceKind.allCases.filter(platform.limits.sources.contains).map(\.rawValue)
            .joined(separator: ", ")
        findings.append(
            Finding(
                .sourceNotOnPlatform,
                """
                the image has a \(kind.rawValue) source; on \(platform.id) only \(taken) is taken
                """,
                serviceError: kind == .base64 ? nil : text.filled(at: block.path)))
    }
}
