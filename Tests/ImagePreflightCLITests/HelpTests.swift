import Foundation
import TestSupport
import Testing

/// The help screens are in `Tests/Help`, so that every change to them is reviewed. The man pages and
/// completions are made from the same declarations and name the same commands and options.
@Suite("Help")
struct HelpTests {
    /// A command as `--experimental-dump-help` describes it, from which the man pages are made.
    struct Command: Decodable, Sendable, CustomTestStringConvertible {
        var commandName: String
        var arguments: [Argument]?
        var subcommands: [Command]?
        /// The names of the commands above, without the program's.
        var path: [String] = []

        private enum CodingKeys: String, CodingKey { case commandName, arguments, subcommands }

        var testDescription: String { path.isEmpty ? commandName : path.joined(separator: " ") }

        /// The command and its subcommands.
        var all: [Command] {
            [self]
                + (subcommands ?? []).filter { $0.commandName != "help" }.flatMap { child in
                    var child = child
                    child.path = path + [child.commandName]
                    return child.all
                }
        }

        /// The long options that help shows.
        var options: [String] {
            (arguments ?? []).filter(\.shouldDisplay).flatMap { $0.names ?? [] }
                .filter { $0.kind == "long" }.map(\.name)
        }
    }

    struct Argument: Decodable, Sendable {
        var shouldDisplay: Bool
        var names: [Name]?

        struct Name: Decodable, Sendable {
            var kind: String
            var name: String
        }
    }

    private struct Dump: Decodable { var command: Command }

    private static let commands: [Command] = {
        let run = try? CommandRun.imagePreflight(["--experimental-dump-help"])
        let dump = run.flatMap { try? JSONDecoder().decode(Dump.self, from: Data($0.output)) }
        return dump?.command.all ?? []
    }()

    private static let folder = Resources.packageRoot.appending(path: "Tests/Help")

    private static func help(_ command: Command) throws -> String {
        try CommandRun.imagePreflight(["help"] + command.path, environment: ["COLUMNS": "100"]).text
    }

    @Test("each command has a screen in Tests/Help, and each screen has a command")
    func complete() throws {
        #expect(Self.commands.count > 15)
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(
            Set(files) == Set(Self.commands.map { $0.testDescription.replacing(" ", with: "-") + ".txt" }))
    }

    @Test("a help screen matches the recorded one", arguments: commands)
    func screen(_ command: Command) throws {
        let name = command.testDescription.replacing(" ", with: "-") + ".txt"
        let recorded = try? String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
        let words = (["image-preflight", "help"] + command.path).joined(separator: " ")
        #expect(
            try Self.help(command) == recorded, "to record it: COLUMNS=100 \(words) > Tests/Help/\(name)")
    }

    @Test("no line of help is wider than the terminal", arguments: commands)
    func lines(_ command: Command) throws {
        for line in try Self.help(command).split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
    }

    @Test("an example fits on one line of an 80-column terminal", arguments: commands)
    func examples(_ command: Command) throws {
        let run = try CommandRun.imagePreflight(["help"] + command.path, environment: ["COLUMNS": "80"])
        let lines = run.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let start = lines.firstIndex(of: "EXAMPLES") else { return }
        let examples = lines[(start + 1)...].prefix { !$0.isEmpty }
        for line in examples { #expect(line.hasPrefix("  "), "\(line)") }
    }

    @Test("help and the completions name the options on the man page", arguments: commands)
    func agreement(_ command: Command) throws {
        let help = try Self.help(command)
        #expect(!command.options.isEmpty)
        for (shell, script) in Self.scripts {
            let part = try #require(Self.part(of: script, for: command, shell), "\(shell)")
            for option in command.options {
                #expect(
                    part.contains(shell == "fish" ? "-l '\(option)'" : "--\(option)"), "\(shell): \(option)")
                #expect(help.contains("--\(option)"))
            }
            for child in command.subcommands ?? [] { #expect(part.contains(child.commandName), "\(shell)") }
        }
    }

    private static let scripts: [(shell: String, text: String)] = ["bash", "zsh", "fish"].map { shell in
        (shell, (try? CommandRun.imagePreflight(["--generate-completion-script", shell]))?.text ?? "")
    }

    /// The lines of a completion script that are about one command.
    private static func part(of script: String, for command: Command, _ shell: String) -> String? {
        let lines = script.split(separator: "\n")
        if shell == "fish" {
            let words = (["image-preflight"] + command.path).joined(separator: " ")
            return lines.filter { $0.contains("completions_for_") && $0.contains("\"\(words)\"") }
                .joined(separator: "\n")
        }
        let name = "_" + (["image-preflight"] + command.path).joined(separator: "_")
        let start = lines.firstIndex { $0.hasPrefix("\(name)()") || $0.hasPrefix("_\(name)()") }
        return start.map { lines[$0...].prefix { $0 != "}" }.joined(separator: "\n") }
    }
}
