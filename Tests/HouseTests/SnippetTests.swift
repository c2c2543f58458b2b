import Foundation
import TestSupport
import Testing

/// The Swift code in the documentation and the programs in Tests/Programs compile as is, without warnings.
///
/// A block that continues another one lists what it needs in a comment before it:
/// `<!-- snippet: let preflighter = try Preflighter(model: "claude-sonnet-5-5") -->`.
@Suite("Swift in the documentation")
struct SnippetTests {
    private static let root = Resources.packageRoot

    struct Snippet {
        let name: String
        var code: String
        var prelude = ""
    }

    @Test(
        "every program and code block of the README and articles compiles under either default isolation",
        arguments: [[], ["-default-isolation", "MainActor"]])
    func compiles(isolation: [String]) throws {
        let snippets = try Self.blocks() + Self.programs()
        #expect(snippets.count > 18)
        let folder = FileManager.default.temporaryDirectory.appending(path: "snippets-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var files: [String] = []
        for (index, snippet) in snippets.enumerated() {
            // Each becomes a function, so that their names do not clash.
            let lines = snippet.code.split(separator: "\n", omittingEmptySubsequences: false)
            var imports = lines.filter { $0.hasPrefix("import ") }
            if imports.isEmpty { imports = ["import ImagePreflight", "import PreflightRequests"] }
            let body = lines.filter { !$0.hasPrefix("import ") }.joined(separator: "\n")
            let file = folder.appending(path: "snippet\(index).swift")
            // A whole program cannot be inside a function.
            let code =
                body.contains("@main")
                ? body
                : "private func snippet\(index)() async throws {\n\(snippet.prelude)\n\(body)\n}"
            try "// \(snippet.name)\n\(imports.joined(separator: "\n"))\n\(code)\n"
                .write(to: file, atomically: true, encoding: .utf8)
            files.append(file.path)
        }
        // The functions are not called, and some of their results are not used.
        let output = try Self.compile(["-parse-as-library"] + isolation + files)
            .replacing(folder.path, with: "")
        let complaints = output.split(separator: "\n").filter {
            $0.contains(": error:")
                || $0.contains(": warning:") && !$0.contains("never used") && !$0.contains("never mutated")
        }
        #expect(complaints == [], "\(output)")
    }

    @Test("the README's first program compiles as pasted, with or without main actor isolation by default")
    func readme() throws {
        let first = try #require(try Self.blocks().first { $0.name.hasPrefix("README.md") })
        let folder = FileManager.default.temporaryDirectory.appending(path: "readme-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "main.swift")
        try first.code.write(to: file, atomically: true, encoding: .utf8)
        #expect(try Self.compile([file.path]) == "")
        #expect(try Self.compile(["-default-isolation", "MainActor", file.path]) == "")
    }

    @Test("the programs for common tasks are no longer than they claim")
    func lengths() throws {
        for program in try Self.programs() {
            let lines = program.code.split(separator: "\n").filter { !$0.hasPrefix("import ") }
            let limit = try #require(
                lines.first?.firstMatch(of: #/At most (\d+) lines/#).flatMap { Int($0.1) })
            #expect(lines.count - 1 <= limit, "\(program.name)")
        }
    }

    // MARK: - Reading and compiling

    private static func programs() throws -> [Snippet] {
        let folder = root.appending(path: "Tests/Programs")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
            Snippet(name: name, code: try String(contentsOf: folder.appending(path: name), encoding: .utf8))
        }
    }

    private static func blocks() throws -> [Snippet] {
        let sources = root.appending(path: "Sources")
        let articles = try FileManager.default.subpathsOfDirectory(atPath: sources.path)
            .filter { $0.hasSuffix(".md") }.sorted().map { "Sources/" + $0 }
        return try (["README.md"] + articles).flatMap { path in
            var snippets: [Snippet] = []
            var prelude = ""
            var block: [Substring]?
            let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
            for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                if let match = line.wholeMatch(of: #/<!-- snippet: (.*) -->/#) { prelude += match.1 + "\n" }
                if let lines = block {
                    if line == "```" {
                        snippets.append(
                            Snippet(
                                name: "\(path):\(number)", code: lines.joined(separator: "\n"),
                                prelude: prelude))
                        block = nil
                        prelude = ""
                    } else {
                        block?.append(line)
                    }
                } else if line == "```swift" {
                    block = []
                }
            }
            return snippets
        }
    }

    /// The compiler's output.
    private static func compile(_ arguments: [String]) throws -> String {
        let products = try #require(products)
        // swift-system keeps its C module's map next to the header.
        let system = "../../checkouts/swift-system/Sources/CSystem/include"
        let maps = try (FileManager.default.contentsOfDirectory(atPath: products.path).sorted() + [system])
            .map { products.appending(path: $0 + "/module.modulemap").path }
            .filter { FileManager.default.fileExists(atPath: $0) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            [
                "swiftc", "-typecheck", "-swift-version", "6", "-enable-upcoming-feature",
                "MemberImportVisibility", "-enable-upcoming-feature", "InternalImportsByDefault",
                "-enable-upcoming-feature", "ExistentialAny", "-I",
                products.appending(path: "Modules").path,
            ] + maps.flatMap { ["-Xcc", "-fmodule-map-file=\($0)"] } + arguments
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    /// The folder that the tests were built in.
    private static var products: URL? {
        let candidates = [
            URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent(),
            root.appending(path: ".build/debug"),
        ]
        return candidates.first {
            FileManager.default.fileExists(atPath: $0.appending(path: "Modules").path)
        }
    }
}
