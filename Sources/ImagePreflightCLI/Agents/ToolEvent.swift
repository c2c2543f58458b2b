internal import PreflightFiles
internal import SystemPackage

/// A coding agent's event before it uses a tool, as far as it is needed here.
/// <https://code.claude.com/docs/en/hooks>, read on 2026-11-21.
struct ToolEvent {
    /// The tool that is about to be used.
    let tool: String
    /// Its arguments, an object.
    let input: JSONValue
    /// Where the agent works.
    let workingFolder: FilePath

    /// The name of the event before a tool is used.
    static let beforeTool = "PreToolUse"
    /// The argument that names the file.
    static let pathKey = "file_path"
    /// The argument that selects pages of a PDF.
    private static let pagesKey = "pages"
    /// The extensions of files that the tool sends as images whatever their bytes are; it reads others as
    /// text, or not at all: <https://github.com/anthropics/claude-code/issues/47976>, read on 2026-11-29.
    private static let imageExtensions: Set<String> = ["png", "jpg", "jpeg", "gif", "webp"]

    /// Reads an event; nil if it is a different one, or not an event.
    init?(json bytes: some Sequence<UInt8>) {
        guard let event = try? JSONValue(json: bytes), event["hook_event_name"]?.text == Self.beforeTool,
            let tool = event["tool_name"]?.text, let input = event["tool_input"]
        else { return nil }
        self.tool = tool
        self.input = input
        workingFolder = event["cwd"]?.text.map { FilePath($0) } ?? .current
    }

    /// The file that the tool would read; nil if it names none.
    var file: FilePath? {
        guard let text = input[Self.pathKey]?.text, !text.isEmpty, !text.utf8.contains(0) else { return nil }
        let path = FilePath(text)
        return path.isAbsolute ? path : workingFolder.pushing(path)
    }

    /// Whether the tool is asked for some pages of a PDF, which it then reads page by page.
    var selectsPages: Bool {
        switch input[Self.pagesKey] {
        case nil, .null, .string(""): false
        default: true
        }
    }

    /// Whether the tool would send a file as an image, by its name.
    static func isSentAsImage(_ file: FilePath) -> Bool {
        file.extension.map { imageExtensions.contains($0.lowercased()) } ?? false
    }

    /// Whether the tool would send a file as a document, by its name.
    static func isSentAsDocument(_ file: FilePath) -> Bool { file.extension?.lowercased() == "pdf" }
}
