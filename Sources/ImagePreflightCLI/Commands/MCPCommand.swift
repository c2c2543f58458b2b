internal import PreflightFiles
internal import ArgumentParser

struct MCPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp",
        abstract:
            "Serve the tools check, estimate, prepare, lint and locate to agents: Model Context Protocol.",
        discussion: """
            Speaks the Model Context Protocol, revisions 2024-11-05 to 2026-07-28: reads JSON-RPC messages \
            from standard input, one per line, and answers on standard output, until the input is closed. Each \
            tool returns the records of the command of the same name, as text and as structured content.

            EXAMPLES
              claude mcp add image-preflight -- image-preflight mcp
              {"mcpServers": {"image-preflight":
                {"command": "image-preflight", "args": ["mcp"]}}}
            """)

    func run() throws {
        var server = MCPServer(output: STDOUT_FILENO)
        server.run(input: STDIN_FILENO)
    }
}
