import Foundation
import TestSupport

/// A client that talks to `image-preflight mcp` message by message.
final class MCPClient {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let files: TemporaryFolder
    private var buffer: [UInt8] = []

    init(in folder: String = Resources.testdata.path, environment: [String: String] = [:]) throws {
        files = try TemporaryFolder()
        process.executableURL = CommandRun.productsFolder.appending(path: "image-preflight")
        process.arguments = ["mcp"]
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = URL(filePath: folder)
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle(forWritingAtPath: try files.write("err"))
        try process.run()
    }

    /// Sends a line unchanged.
    func send(_ line: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    }

    /// The next message; nil at the end.
    func receive() throws -> [String: Any]? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Data(buffer[..<end])
                buffer.removeSubrange(...end)
                return try JSONSerialization.jsonObject(with: line) as? [String: Any]
            }
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { return nil }
            buffer += data
        }
    }

    /// Closes the input, waits, and returns the status.
    func end() throws -> Int32 {
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Kills the server and waits for it to exit.
    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// What it wrote to standard error.
    func errorText() throws -> String { String(decoding: try files.read("err"), as: UTF8.self) }
}

/// Messages that clients send.
enum MCPMessage {
    static func initialize(_ version: String, id: Int = 0) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"initialize","params":{"protocolVersion":"\#(version)","#
            + #""capabilities":{},"clientInfo":{"name":"test","version":"1"}}}"#
    }

    static let initialized = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#

    static func request(_ id: Int, _ method: String, _ params: String = "{}") -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#
    }

    static func call(_ id: Int, _ tool: String, _ arguments: String) -> String {
        request(id, "tools/call", #"{"name":"\#(tool)","arguments":\#(arguments)}"#)
    }

    /// A request in the revision without a handshake.
    static func modern(
        _ id: Int, _ method: String, _ params: String = "", version: String = "2026-07-28"
    ) -> String {
        request(
            id, method,
            #"{"_meta":{"io.modelcontextprotocol/protocolVersion":"\#(version)","#
                + #""io.modelcontextprotocol/clientCapabilities":{}}\#(params)}"#)
    }
}
