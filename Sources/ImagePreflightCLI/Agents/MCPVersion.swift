/// The supported revisions of the Model Context Protocol.
/// <https://modelcontextprotocol.io/specification>, read on 2026-11-21.
enum MCPVersion: String, CaseIterable, Comparable {
    case november2024 = "2024-11-05"
    case march2025 = "2025-03-26"
    case june2025 = "2025-06-18"
    case november2025 = "2025-11-25"
    case july2026 = "2026-07-28"

    /// The newest revision that begins with a handshake: offered to a client that asks for an unknown one.
    static let newestWithHandshake = MCPVersion.november2025

    static func < (left: MCPVersion, right: MCPVersion) -> Bool { left.rawValue < right.rawValue }

    /// Whether a session begins with `initialize`. Since 2026-07-28 each request carries its version instead.
    var hasHandshake: Bool { self <= .newestWithHandshake }

    /// Whether a line may hold an array of messages: only one revision allowed that.
    var hasBatches: Bool { self == .march2025 }

    /// Whether tools say what they change.
    var hasAnnotations: Bool { self >= .march2025 }

    /// Whether results of tools are structured, and tools have titles.
    var hasStructuredContent: Bool { self >= .june2025 }

    /// All revisions, the newest first, as errors and answers list them.
    static var list: JSONValue { .array(allCases.sorted(by: >).map { .string($0.rawValue) }) }
}
