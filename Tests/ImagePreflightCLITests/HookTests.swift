import Foundation
import TestSupport
import Testing

@Suite("hook")
struct HookTests {
    private let folder: TemporaryFolder
    private var project: String { folder.path + "/project" }
    private var cache: String { folder.path + "/cache" }

    init() throws {
        folder = try TemporaryFolder()
        for (name, original) in [
            ("large.jpg", "photos/lake-4000x3000.jpg"), ("good.jpg", "photos/fruit-1092x1092.jpg"),
        ] {
            try folder.write(
                "project/" + name, Array(try Data(contentsOf: Resources.testdata.appending(path: original))))
        }
    }

    private func event(_ input: [String: Any], tool: String = "Read") throws -> [UInt8] {
        Array(
            try JSONSerialization.data(withJSONObject: [
                "session_id": "s", "transcript_path": "/nowhere", "cwd": project,
                "permission_mode": "default", "hook_event_name": "PreToolUse", "tool_name": tool,
                "tool_input": input, "tool_use_id": "toolu_1",
            ]))
    }

    private func hook(_ event: [UInt8], _ options: [String] = []) throws -> CommandRun {
        try CommandRun.imagePreflight(["hook", "--cache", cache] + options, input: event)
    }

    private func answer(_ run: CommandRun) throws -> [String: Any] {
        #expect(run.status == 0)
        #expect(run.errorText.isEmpty, "\(run.errorText)")
        return try run.records().first?["hookSpecificOutput"] as? [String: Any] ?? [:]
    }

    @Test("an image that would be downsized is replaced by a prepared copy, the rest of the input kept")
    func replaces() throws {
        let input: [String: Any] = ["file_path": project + "/large.jpg", "limit": 5, "pages": ["1", "2"]]
        let answer = try answer(try hook(try event(input)))
        #expect(answer["hookEventName"] as? String == "PreToolUse")
        #expect(answer["permissionDecision"] as? String == "allow")
        let updated = try #require(answer["updatedInput"] as? [String: Any])
        let copy = try #require(updated["file_path"] as? String)
        #expect(copy.hasPrefix(cache + "/"))
        #expect(updated["limit"] as? Int == 5)
        #expect(updated["pages"] as? [String] == ["1", "2"])
        let context = try #require(answer["additionalContext"] as? String)
        #expect(context.contains("1268x951 px instead of 4000x3000"))
        #expect(context.contains("times 3.155"))
        let check = try CommandRun.imagePreflight(["check", copy, "--images-per-request", "100"])
        let record = try #require(try check.records().first)
        #expect(record["verdict"] as? String == "accepted")
        #expect(record["width"] as? Int == 1268)
    }

    @Test("the copy is made once")
    func once() throws {
        let event = try event(["file_path": project + "/large.jpg"])
        let first = try hook(event)
        let made = try folder.files().filter { $0.hasPrefix("cache/") }
        let second = try hook(event)
        #expect(first.output == second.output)
        #expect(made.count == 1)
        #expect(try folder.files().filter { $0.hasPrefix("cache/") } == made)
    }

    @Test("several agents at once are led to the same copy")
    func atOnce() async throws {
        let event = try event(["file_path": project + "/large.jpg"])
        let cache = cache
        let answers = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try CommandRun.imagePreflight(["hook", "--cache", cache], input: event).output
                }
            }
            return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
        }
        #expect(answers.count == 1)
        #expect(answers.first?.isEmpty == false)
        #expect(try folder.files().count { $0.hasPrefix("cache/") } == 1)
    }

    @Test("a path from the agent's folder on is understood")
    func relativePath() throws {
        let answer = try answer(try hook(try event(["file_path": "large.jpg"])))
        #expect(answer["updatedInput"] != nil)
    }

    @Test("outside of the agent's folder nothing is allowed: the agent's own rules hold")
    func outside() throws {
        let link = project + "/link"
        try FileManager.default.createDirectory(
            atPath: folder.path + "/other", withIntermediateDirectories: true)
        try FileManager.default.moveItem(
            atPath: project + "/large.jpg", toPath: folder.path + "/other/large.jpg")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path + "/other")
        for path in [folder.path + "/other/large.jpg", link + "/large.jpg"] {
            let answer = try answer(try hook(try event(["file_path": path])))
            #expect(answer["updatedInput"] != nil)
            #expect(answer["permissionDecision"] == nil)
        }
    }

    @Test("with deny the reason names the copy")
    func deny() throws {
        let answer = try answer(
            try hook(try event(["file_path": project + "/large.jpg"]), ["--answer", "deny"]))
        #expect(answer["permissionDecision"] as? String == "deny")
        #expect(answer["updatedInput"] == nil)
        let reason = try #require(answer["permissionDecisionReason"] as? String)
        #expect(reason.contains("Read \(cache)/"))
    }

    @Test("the options say where images go and how they are prepared")
    func options() throws {
        let event = try event(["file_path": project + "/large.jpg"])
        let answer = try answer(try hook(event, ["--max-edge", "500", "--output-format", "png"]))
        let copy = (answer["updatedInput"] as? [String: Any])?["file_path"] as? String ?? ""
        #expect(copy.hasSuffix(".png"))
        let check = try CommandRun.imagePreflight(["check", copy])
        #expect(try check.records().first?["width"] as? Int == 500)
    }

    @Test("where there is nothing to do it says nothing")
    func silence() throws {
        try folder.write("project/notes.md", Array("# Notes".utf8))
        try folder.write("project/paper.pdf", Array("%PDF-1.7\n".utf8))
        try folder.write("project/drawing.svg", Array("<svg width='9' height='9'></svg>".utf8))
        try folder.write("project/broken.png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        for name in ["good.jpg", "notes.md", "paper.pdf", "drawing.svg", "broken.png", "missing.png", "."] {
            let run = try hook(try event(["file_path": project + "/" + name]))
            #expect(run.status == 0 && run.output.isEmpty && run.errorText.isEmpty, "\(name)")
        }
        let events: [[UInt8]] = [
            try event(["file_path": project + "/large.jpg"], tool: "Write"), try event(["path": "large.jpg"]),
            try event(["file_path": 5]), try event(["file_path": "a\0b"]), [], Array("no JSON".utf8),
            Array(#"{"hook_event_name":"PostToolUse","tool_name":"Read"}"#.utf8), Array("[]".utf8),
        ]
        for event in events {
            let run = try hook(event)
            #expect(run.status == 0 && run.output.isEmpty && run.errorText.isEmpty)
        }
        #expect(!FileManager.default.fileExists(atPath: cache))
    }

    @Test("another tool that reads files can be named")
    func otherTool() throws {
        let event = try event(["file_path": project + "/large.jpg"], tool: "view_image")
        let answer = try answer(try hook(event, ["--tool", "Read", "--tool", "view_image"]))
        #expect(answer["updatedInput"] != nil)
    }

    @Test("our own failures never block the tool")
    func failures() throws {
        let event = try event(["file_path": project + "/large.jpg"])
        // The cache cannot be made: a file is in its way.
        try folder.write("file")
        let noCache = try CommandRun.imagePreflight(
            ["hook", "--cache", folder.path + "/file/cache"], input: event)
        #expect(noCache.status == 0)
        #expect(noCache.output.isEmpty)
        #expect(noCache.errorText.hasPrefix("image-preflight: hook: "))
        let noModel = try hook(event, ["--model", "claude-nonsense"])
        #expect(noModel.status == 0 && noModel.output.isEmpty && !noModel.errorText.isEmpty)
        // Settings that were mistyped: 1, because agents take 2 as "block the tool".
        let mistyped = try hook(event, ["--modle", "x"])
        #expect(mistyped.status == 1)
        #expect(mistyped.output.isEmpty)
        // An image whose pixels are broken: the tool reads it as it is.
        let bytes = try folder.read("project/large.jpg")
        try folder.write("project/cut.jpg", bytes.prefix(bytes.count / 2))
        let cut = try hook(try self.event(["file_path": project + "/cut.jpg"]))
        #expect(cut.status == 0 && cut.output.isEmpty && !cut.errorText.isEmpty)
    }

    @Test("the cache lies where XDG says, and for this user alone")
    func place() throws {
        let run = try CommandRun.imagePreflight(
            ["hook"], input: try event(["file_path": project + "/large.jpg"]),
            environment: ["XDG_CACHE_HOME": folder.path + "/xdg"])
        let copy = (try answer(run)["updatedInput"] as? [String: Any])?["file_path"] as? String ?? ""
        #expect(copy.hasPrefix(folder.path + "/xdg/image-preflight/"))
        let home = try CommandRun.imagePreflight(
            ["hook"], input: try event(["file_path": project + "/large.jpg"]),
            environment: ["XDG_CACHE_HOME": "", "HOME": folder.path + "/home"])
        let second = (try answer(home)["updatedInput"] as? [String: Any])?["file_path"] as? String ?? ""
        #expect(second.hasPrefix(folder.path + "/home/.cache/image-preflight/"))
    }

    // MARK: Events

    @Test("an event keeps the order of its members, and a number its value")
    func order() throws {
        let path = project + "/large.jpg"
        let input =
            #"{"zeta":1,"file_path":"\#(path)","alpha":[1.5,-2,1e2,true,null,"\u00e9\ud83d\ude00"],"#
            + #""beta":{}}"#
        let run = try hook(
            Array(
                #"{"hook_event_name":"PreToolUse","tool_name":"Read","cwd":"\#(project)","tool_input":\#(input)}"#
                    .utf8))
        let keys = ["zeta", "file_path", "alpha", "beta"]
        let places = keys.compactMap { run.text.range(of: "\"\($0)\":")?.lowerBound }
        #expect(places.count == 4 && places == places.sorted(), "\(run.text)")
        #expect(run.text.contains(#""alpha":[1.5,-2,100,true,null,"é😀"]"#), "\(run.text)")
    }

    @Test("an event is read in one pass, however its values are nested")
    func nesting() throws {
        // 4 kB took 14 s when each value was tried as each type.
        let nested = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        let list = Array(repeating: nested, count: 1000).joined(separator: ",")
        func event(_ more: String) -> [UInt8] {
            Array(
                #"{"hook_event_name":"PreToolUse","tool_name":"Read","cwd":"\#(project)","tool_input":{"file_path":"large.jpg","more":\#(more)}}"#
                    .utf8)
        }
        #expect(try hook(event("[\(list)]")).text.contains(#""more":[[[["#))
        // 512 levels are read, those of the event itself among them; deeper ones are no event.
        func levels(_ count: Int) -> String {
            String(repeating: "[", count: count) + String(repeating: "]", count: count)
        }
        #expect(try hook(event(levels(510))).text.contains(#""more":[[[["#))
        let deep = try hook(event(levels(511)))
        #expect(deep.status == 0 && deep.output.isEmpty && deep.errorText.isEmpty)
        let deepest = try hook(event(levels(1_000_000)))
        #expect(deepest.status == 0 && deepest.output.isEmpty && deepest.errorText.isEmpty)
    }

    @Test(
        "what is not JSON is no event",
        arguments: [
            "[1,]", "{\"a\":1,}", "[01]", "[1.]", "[-]", "[1e]", "[1e999]", "\"a", "[\"\u{1}\"]", "[\"\\x\"]",
            "[\"\\ud800\"]", "[\"\\udc00\\ud800\"]", "nul", "[tru]", "[] []", "{1:2}", "{\"a\" 1}", "[1 2]",
            "[", "{",
        ])
    func notJSON(text: String) throws {
        let path = project + "/large.jpg"
        let run = try hook(
            Array(
                #"{"hook_event_name":"PreToolUse","tool_name":"Read","tool_input":{"file_path":"\#(path)"},"x":\#(text)}"#
                    .utf8))
        #expect(run.status == 0 && run.output.isEmpty && run.errorText.isEmpty)
    }
}
