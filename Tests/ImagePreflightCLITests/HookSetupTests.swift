import Foundation
import TestSupport
import Testing

@Suite("hook --install and --uninstall")
struct HookSetupTests {
    private let folder: TemporaryFolder
    private var settings: String { folder.path + "/home/.claude/settings.json" }

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("home/.claude/other")
    }

    private func hook(
        _ arguments: [String], home: String? = nil, in place: String? = nil
    ) throws -> CommandRun {
        try CommandRun.imagePreflight(
            ["hook"] + arguments, in: place ?? folder.path,
            environment: ["HOME": home ?? folder.path + "/home", "CLAUDE_CONFIG_DIR": ""])
    }

    private func install(_ more: String...) throws -> CommandRun {
        try hook(["--install", "claude-code"] + more)
    }

    private func uninstall(_ more: String...) throws -> CommandRun {
        try hook(["--uninstall", "claude-code"] + more)
    }

    private func text() throws -> String {
        String(decoding: try folder.read("home/.claude/settings.json"), as: UTF8.self)
    }

    private func write(_ text: String) throws { try folder.write("home/.claude/settings.json", text.utf8) }

    /// The commands of all hooks before a tool is used.
    private func commands(_ bytes: [UInt8]) throws -> [String] {
        let value = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        let groups = (value?["hooks"] as? [String: Any])?["PreToolUse"] as? [[String: Any]] ?? []
        return groups.flatMap { $0["hooks"] as? [[String: Any]] ?? [] }.compactMap {
            $0["command"] as? String
        }
    }

    /// Whether a command runs this program as a hook with options; the build's path may need quotes.
    private func isHook(_ command: String, _ options: String) -> Bool {
        ["image-preflight", "image-preflight'"].contains { command.hasSuffix("\($0) hook \(options)") }
    }

    // MARK: What is written

    @Test("the settings are shown, then written; a second time changes nothing")
    func installs() throws {
        let first = try install("--max-edge", "1000", "--cache", folder.path + "/my cache")
        #expect(first.status == 0)
        #expect(first.errorText == "added to \(settings)\n")
        let commands = try commands(try folder.read("home/.claude/settings.json"))
        #expect(commands.count == 1)
        #expect(
            isHook(
                commands[0], "--images-per-request 100 --max-edge 1000 --cache '\(folder.path)/my cache'"),
            "\(commands)")
        #expect(try self.commands(first.output) == commands)
        #expect(try text() == first.text)
        let second = try install("--max-edge", "1000", "--cache", folder.path + "/my cache")
        #expect(second.status == 0 && second.output.isEmpty)
        #expect(second.errorText.hasSuffix("the hook is already installed\n"))
        #expect(try text() == first.text)
        // New options replace these.
        let third = try install("--images-per-request=30")
        #expect(third.status == 0)
        #expect(third.errorText == "changed in \(settings)\n")
        let changed = try self.commands(try folder.read("home/.claude/settings.json"))
        #expect(changed.count == 1 && changed[0].hasSuffix(" hook '--images-per-request=30'"), "\(changed)")
    }

    @Test("the installed command answers an event")
    func works() throws {
        #expect(try install().status == 0)
        let command = try #require(try commands(try folder.read("home/.claude/settings.json")).first)
        let event = #"{"hook_event_name":"PreToolUse","tool_name":"Read","tool_input":{"file_path":"a.png"}}"#
        try folder.write("a.png", "no image".utf8)
        let run = try CommandRun.run(
            URL(filePath: "/bin/sh"), ["-c", command], input: Array(event.utf8), in: folder.path)
        #expect(run.status == 0)
        #expect(run.text.contains(#""permissionDecision":"deny""#), "\(run.text)\(run.errorText)")
    }

    @Test("the bare program name is written if the shell finds it by that name")
    func name() throws {
        let run = try CommandRun.imagePreflight(
            ["hook", "--install", "claude-code"],
            environment: [
                "HOME": folder.path + "/home", "CLAUDE_CONFIG_DIR": "",
                "PATH": "/nowhere:\(CommandRun.productsFolder.path):/usr/bin",
            ])
        #expect(try commands(run.output) == ["image-preflight hook --images-per-request 100"])
    }

    @Test("a dry run shows the same output and writes nothing")
    func dryRun() throws {
        try write("{\n  \"model\": \"opus\"\n}\n")
        let before = try text()
        let dry = try install("--dry-run")
        #expect(dry.status == 0)
        #expect(dry.errorText == "would be added to \(settings)\n")
        #expect(try text() == before)
        #expect(try install().output == dry.output)
        let installed = try text()
        #expect(try uninstall("--dry-run").output == dry.output)
        #expect(try text() == installed)
    }

    @Test("the project's settings are found from its folder and contain no absolute paths")
    func scopes() throws {
        try folder.write("project/.claude/other")
        for (scope, name) in [("project", "settings.json"), ("local", "settings.local.json")] {
            let run = try hook(
                ["--install", "claude-code", "--scope", scope], in: folder.path + "/project")
            #expect(run.status == 0, "\(run.errorText)")
            let commands = try commands(try folder.read("project/.claude/" + name))
            #expect(commands[0].hasPrefix("image-preflight hook") == (scope == "project"))
        }
        #expect(!FileManager.default.fileExists(atPath: settings))
        let other = try CommandRun.imagePreflight(
            ["hook", "--install", "claude-code"],
            environment: ["CLAUDE_CONFIG_DIR": folder.path + "/project/.claude", "HOME": ""])
        #expect(other.errorText.hasSuffix("\(folder.path)/project/.claude/settings.json\n"))
    }

    // MARK: What is kept

    /// Settings in the styles that people and programs write.
    private static let shapes: [String] = {
        let ours = #"{"matcher":"Read","hooks":[{"type":"command","command":"other hook"}]}"#
        let values: [String] = [
            "{}", "{ }", "{\n}", "{\n  }", "{\t}", "  {}", "\n{\n\n}",
            #"{"model":"opus"}"#, #"{ "model" : "opus" }"#, "{\n  \"model\": \"opus\"\n}",
            "{\n\t\"model\": \"opus\",\n\t\"env\": {\"A\": \"\\u00e9\\/\"}\n}",
            "{\n    \"a\": [1, 2.50e1]\n}",
            "{\n\"a\": 1,\n\"b\": 2\n}", "{\n  \"a\": 1\n  ,\n  \"b\": 2 }", "{\"a\":1,\n \"b\":2}",
            #"{"hooks":{}}"#, #"{"hooks": {} }"#, "{\n  \"hooks\": {}\n}", "{\n  \"hooks\": { }\n}",
            "{\n  \"hooks\": {\n  }\n}", "{\n  \"hooks\": {\n\n  },\n  \"b\": null\n}",
            #"{"hooks":{"PreToolUse":[]}}"#, "{\n  \"hooks\": {\n    \"PreToolUse\": []\n  }\n}",
            "{\n  \"hooks\": {\n    \"PreToolUse\": [\n    ]\n  }\n}",
            "{\n  \"hooks\": {\n    \"PreToolUse\": [ \t]\n  }\n}",
            "{\"hooks\":{\"PreToolUse\":[\(ours)]}}", "{\"hooks\":{\"PreToolUse\":[\(ours),\(ours)]}}",
            "{\n  \"hooks\": {\n    \"PreToolUse\": [\n      \(ours)\n    ]\n  }\n}",
            "{\n  \"hooks\": {\n    \"PostToolUse\": [\n      \(ours)\n    ]\n  },\n  \"z\": 1\n}",
            #"{"h\u006foks":{"PreToolUse":[ ]}}"#, #"{"hooks":{"a":{"hooks":{}}}, "é":"“”"}"#,
        ]
        return values
            + values.enumerated().map { index, value in
                index % 2 == 0 ? value.replacing("\n", with: "\r\n") + "\r\n" : value + " \n"
            }
    }()

    @Test("install and then uninstall restores every byte, for any layout of the settings")
    func roundTrip() throws {
        for shape in Self.shapes {
            try write(shape)
            let before = try JSONSerialization.jsonObject(with: Data(shape.utf8)) as? NSDictionary
            let installed = try install()
            #expect(installed.status == 0, "\(shape.debugDescription): \(installed.errorText)")
            let bytes = try folder.read("home/.claude/settings.json")
            #expect(try commands(bytes).contains { isHook($0, "--images-per-request 100") })
            if shape.contains("\r\n") {
                let text = String(decoding: bytes, as: UTF8.self)
                #expect(!text.replacing("\r\n", with: "").contains("\n"), "\(text.debugDescription)")
            }
            #expect(try uninstall().status == 0)
            #expect(try text() == shape, "\(shape.debugDescription)")
            let after =
                try JSONSerialization.jsonObject(
                    with: Data(try folder.read("home/.claude/settings.json"))) as? NSDictionary
            #expect(before == after)
        }
    }

    @Test("only the hook is removed from settings that were reformatted or extended")
    func laidOutAnew() throws {
        try write("{\"model\": \"opus\"}")
        #expect(try install().status == 0)
        let value = try JSONSerialization.jsonObject(
            with: Data(try folder.read("home/.claude/settings.json")))
        let compact = try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys])
        try folder.write("home/.claude/settings.json", Array(compact))
        #expect(try uninstall().status == 0)
        #expect(try commands(try folder.read("home/.claude/settings.json")).isEmpty)
        // Another hook in the group is kept, and so is everything after it.
        try write(
            #"{"hooks":{"PreToolUse":[{"matcher":"Read","hooks":[{"type":"command","command":"'/a b/image-preflight' hook --fit native"},{"type":"command","command":"mine"}]},{"matcher":"Bash","hooks":[]}]}}"#
        )
        #expect(try uninstall().status == 0)
        #expect(
            try text()
                == #"{"hooks":{"PreToolUse":[{"matcher":"Read","hooks":[{"type":"command","command":"mine"}]},{"matcher":"Bash","hooks":[]}]}}"#
        )
        let again = try uninstall()
        #expect(again.status == 0 && again.output.isEmpty)
        #expect(again.errorText.contains("it has no image-preflight hook"))
    }

    @Test("a command that only resembles the hook is left alone")
    func others() throws {
        let text =
            #"{"hooks":{"PreToolUse":[{"matcher":"Read","hooks":[{"type":"command","command":"env A=1 image-preflight hook"},{"type":"command","command":"image-preflight hooks"},{"type":"prompt","command":"image-preflight hook"},7]},8],"Stop":[{"hooks":[{"type":"command","command":"image-preflight hook"}]}]}}"#
        try write(text)
        #expect(try uninstall().output.isEmpty)
        #expect(try self.text() == text)
    }

    @Test("a link stays a link, and permissions are kept")
    func link() throws {
        let target = try folder.write("dotfiles/claude.json", "{\n}\n".utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: target)
        try FileManager.default.createSymbolicLink(atPath: settings, withDestinationPath: target)
        let run = try install()
        #expect(run.status == 0)
        #expect(run.errorText == "added to \(settings), which is a link to \(target)\n")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: settings) == target)
        let mode = try FileManager.default.attributesOfItem(atPath: target)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try folder.files().filter { $0.hasPrefix("dotfiles/") } == ["dotfiles/claude.json"])
        #expect(try uninstall().status == 0)
        #expect(try folder.read("dotfiles/claude.json") == Array("{\n}\n".utf8))
    }

    // MARK: What is refused

    @Test(
        "invalid settings are left untouched, with a message and status 2",
        arguments: [
            ("", "it is not JSON: line 1, column 1: expected a value instead of the end of the text"),
            ("{\n  // no\n}", "it is not JSON: line 2, column 3: expected"),
            ("{\"a\":1,}", "it is not JSON"), ("{} {}", "expected the end of the text"),
            ("[]", "it is not a JSON object"), ("\u{FEFF}{}", "it is not JSON"),
            (#"{"hooks":[]}"#, "its “hooks” is not an object"),
            (#"{"hooks":null}"#, "its “hooks” is not an object"),
            (#"{"hooks":{"PreToolUse":{}}}"#, "its “hooks.PreToolUse” is not an array"),
            (#"{"hooks":{},"h\u006foks":{}}"#, "it has “hooks” more than once"),
            (#"{"hooks":{"PreToolUse":[],"PreToolUse":[]}}"#, "it has “hooks.PreToolUse” more than once"),
            ("{\"a\":\"\u{1}\"}", "it is not JSON"),
        ])
    func notUnderstood(text: String, message: String) throws {
        for option in ["--install", "--uninstall"] {
            try write(text)
            let run = try hook([option, "claude-code"])
            #expect(run.status == 2 && run.output.isEmpty)
            #expect(run.errorText.hasPrefix("image-preflight: \(settings): "), "\(run.errorText)")
            #expect(run.errorText.contains(message), "\(run.errorText)")
            #expect(run.errorText.hasSuffix("left untouched\n"))
            #expect(try self.text() == text)
        }
    }

    @Test("without a location for settings there is a message and status 2")
    func noPlace() throws {
        let noHome = try hook(["--install", "claude-code"], home: "")
        #expect(noHome.status == 2)
        #expect(noHome.errorText.contains("$HOME is not set"))
        let noFolder = try hook(["--install", "claude-code"], home: folder.path + "/empty")
        #expect(noFolder.status == 2 && noFolder.output.isEmpty)
        #expect(noFolder.errorText.contains("\(folder.path)/empty/.claude: no such folder"))
        try FileManager.default.createSymbolicLink(
            atPath: settings, withDestinationPath: folder.path + "/gone")
        let dangling = try install()
        #expect(dangling.status == 2)
        #expect(dangling.errorText.contains("it is a broken link"))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/gone"))
        try FileManager.default.removeItem(atPath: settings)
        try FileManager.default.createDirectory(atPath: settings, withIntermediateDirectories: true)
        #expect(try install().errorText.contains("it is not a file"))
    }

    @Test("a read-only file is left untouched", .enabled(if: geteuid() != 0, "root may write everywhere"))
    func readOnly() throws {
        try write("{}")
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: settings)
        let run = try install()
        #expect(run.status == 2 && run.output.isEmpty)
        #expect(run.errorText.contains("permission is denied"), "\(run.errorText)")
        #expect(try text() == "{}")
    }

    @Test("invalid options are usage errors, and nothing is written")
    func usage() throws {
        for arguments in [
            ["--install", "vim"], ["--install", "claude-code", "--uninstall", "claude-code"],
            ["--scope", "user", "--dry-run"], ["--install", "claude-code", "--scope", "world"],
            ["--install", "claude-code", "--cache", "relative"],
            ["--install", "claude-code", "--model", "claude-nonsense"],
        ] {
            let run = try hook(arguments)
            // Without --install it handles an event, and then it never exits with 2.
            #expect(run.status == (arguments[0] == "--scope" ? 1 : 2), "\(arguments): \(run.errorText)")
            #expect(!run.errorText.isEmpty)
        }
        #expect(!FileManager.default.fileExists(atPath: settings))
    }
}
