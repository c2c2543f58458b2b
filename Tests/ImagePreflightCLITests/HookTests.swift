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

    @Test("an image that would be downsized is replaced by a prepared copy; other input is kept")
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
        #expect(context.contains("by 3.155"))
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

    @Test("several agents at once are pointed to the same copy")
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

    @Test("a path relative to the agent's folder is resolved")
    func relativePath() throws {
        let answer = try answer(try hook(try event(["file_path": "large.jpg"])))
        #expect(answer["updatedInput"] != nil)
    }

    @Test("outside the agent's folder nothing is allowed: the agent's own rules apply")
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

    @Test("with deny, the reason names the copy")
    func deny() throws {
        let answer = try answer(
            try hook(try event(["file_path": project + "/large.jpg"]), ["--answer", "deny"]))
        #expect(answer["permissionDecision"] as? String == "deny")
        #expect(answer["updatedInput"] == nil)
        let reason = try #require(answer["permissionDecisionReason"] as? String)
        #expect(reason.contains("Read \(cache)/"))
    }

    @Test("options set where images go and how they are prepared")
    func options() throws {
        let event = try event(["file_path": project + "/large.jpg"])
        let answer = try answer(try hook(event, ["--max-edge", "500", "--output-format", "png"]))
        let copy = (answer["updatedInput"] as? [String: Any])?["file_path"] as? String ?? ""
        #expect(copy.hasSuffix(".png"))
        let check = try CommandRun.imagePreflight(["check", copy])
        #expect(try check.records().first?["width"] as? Int == 500)
    }

    @Test("with nothing to do, there is no output")
    func silence() throws {
        try folder.write("project/notes.md", Array("# Notes".utf8))
        try folder.write("project/paper.pdf", Array("%PDF-1.7\n".utf8))
        try folder.write("project/drawing.svg", Array("<svg width='9' height='9'></svg>".utf8))
        try folder.write("project/broken.tif", Array("no image".utf8))
        for name in ["good.jpg", "notes.md", "paper.pdf", "drawing.svg", "broken.tif", "missing.png", "."] {
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

    @Test("the hook's own failures never block the tool")
    func failures() throws {
        let event = try event(["file_path": project + "/large.jpg"])
        // The cache cannot be created: a file is in the way.
        try folder.write("file")
        let noCache = try CommandRun.imagePreflight(
            ["hook", "--cache", folder.path + "/file/cache"], input: event)
        #expect(noCache.status == 0)
        #expect(noCache.output.isEmpty)
        #expect(noCache.errorText.hasPrefix("image-preflight: hook: "))
        let noModel = try hook(event, ["--model", "claude-nonsense"])
        #expect(noModel.status == 0 && noModel.output.isEmpty && !noModel.errorText.isEmpty)
        // Mistyped settings: 1, because agents read 2 as "block the tool".
        let mistyped = try hook(event, ["--modle", "x"])
        #expect(mistyped.status == 1)
        #expect(mistyped.output.isEmpty)
    }

    @Test("the cache is in the XDG folder, for this user alone")
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

    // MARK: What would brick the session

    /// The reason for a refusal; nil if the tool is not refused.
    private func refusal(_ run: CommandRun) throws -> String? {
        guard !run.output.isEmpty else { return nil }
        let answer = try answer(run)
        guard answer["permissionDecision"] as? String == "deny" else { return nil }
        #expect(answer["updatedInput"] == nil)
        return answer["permissionDecisionReason"] as? String
    }

    @Test(
        "a file that would be sent as an image but cannot be decoded is refused with advice",
        arguments: [
            ("not-images/text-named.jpg", "I101 unsupported-format"),
            ("not-images/html-named.png", "I101 unsupported-format"),
            ("mislabelled/svg-named.png", "I101 unsupported-format"),
            ("mislabelled/pdf-named.jpg", "I101 unsupported-format"),
            ("empty/zero-bytes.png", "I102 empty-file"),
            ("hostile/png-cgbi.png", "I103 unreadable-image"),
            ("hostile/png-bomb-30000x30000.png", "I201 edge-over-limit"),
            ("truncated/mid-ihdr.png", "I103 unreadable-image"),
            ("truncated/half-rgb.png", "I106 truncated-data"),
            ("truncated/half-baseline.jpg", "I106 truncated-data"),
            ("truncated/half-still.gif", "I106 truncated-data"),
            ("truncated/half-lossy.webp", "I106 truncated-data"),
            ("hostile/png-corrupt-idat.png", "I106 truncated-data"),
            ("hostile/png-idat-too-short.png", "I106 truncated-data"),
            ("hostile/gif-garbage-lzw.gif", "I106 truncated-data"),
            ("hostile/jpeg-no-quantisation-tables.jpg", "I106 truncated-data"),
            ("truncated/last-tenth.jpg", "I106 truncated-data"),
        ])
    func bricks(name: String, finding: String) throws {
        let bytes = Array(try Data(contentsOf: Resources.testdata.appending(path: "bad/" + name)))
        let file = "project/" + (name.split(separator: "/").last.map(String.init) ?? "")
        let path = try folder.write(file, bytes)
        let reason = try #require(try refusal(try hook(try event(["file_path": path]))))
        #expect(reason.hasPrefix("image-preflight: \(path) would be refused by the Claude API"), "\(reason)")
        #expect(reason.contains(finding), "\(reason)")
        #expect(reason.contains("Do not read it as an image"))
        // The same bytes are harmless under a name that is read as text or not at all.
        let text = try folder.write("project/same.txt", bytes)
        let run = try hook(try event(["file_path": text]))
        #expect(try refusal(run) == nil)
    }

    @Test(
        "damaged pixels in an image that is read unchanged are found, as with check --deep",
        arguments: ["png", "webp", "gif"])
    func damaged(format: String) throws {
        // Damage in the middle of the data, which the header does not show.
        let names = ["png": "logo-800x800.png", "webp": "chart-1600x900.webp", "gif": "valley-360x270.gif"]
        let folderName = format == "gif" ? "photos" : "screenshots"
        let original = try Data(
            contentsOf: Resources.testdata.appending(path: "\(folderName)/\(names[format] ?? "")"))
        var bytes = Array(original)
        let whole = try folder.write("project/whole." + format, bytes)
        for index in (bytes.count / 2)..<(bytes.count / 2 + 64) { bytes[index] ^= 0xA5 }
        let path = try folder.write("project/damaged." + format, bytes)
        for (path, isWhole) in [(whole, true), (path, false)] {
            let options = ["--fit", "limits", "--platform", "claude-api"]
            let check = try CommandRun.imagePreflight(["check", path, "--platform", "claude-api"])
            #expect(check.status == 0, "the header of \(path) is good")
            let deep = try CommandRun.imagePreflight(["check", "--deep", path, "--platform", "claude-api"])
            #expect((deep.status == 0) == isWhole)
            let run = try hook(try event(["file_path": path]), options)
            #expect((try refusal(run) == nil) == isWhole, "\(run.text)")
            #expect(isWhole == run.output.isEmpty)
        }
        // A file that would not be sent as an image is not decoded.
        let text = try folder.write("project/damaged.txt", bytes)
        #expect(try hook(try event(["file_path": text])).output.isEmpty)
    }

    @Test("a damaged file that was found under a similar name is not copied")
    func damagedNearName() throws {
        let damaged = try Data(
            contentsOf: Resources.testdata.appending(path: "bad/hostile/png-corrupt-idat.png"))
        try folder.write("project/Shot 9.41\u{202F}PM.png", Array(damaged))
        let reason = try #require(
            try refusal(try hook(try event(["file_path": project + "/Shot 9.41 PM.png"]))))
        #expect(reason.contains("I106 truncated-data"), "\(reason)")
    }

    @Test("an image that lacks only its end marker is read from a copy that has one")
    func endMarker() throws {
        let path = try folder.write(
            "project/no-end.jpg", Array(try folder.read("project/good.jpg").dropLast(2)))
        let answer = try answer(try hook(try event(["file_path": path])))
        let copy = try #require((answer["updatedInput"] as? [String: Any])?["file_path"] as? String)
        #expect(Array(try Data(contentsOf: URL(filePath: copy)).suffix(2)) == [0xFF, 0xD9])
        #expect(try CommandRun.imagePreflight(["check", "--deep", copy]).status == 0)
    }

    @Test("an encrypted or overlong PDF is refused unless the call selects pages")
    func documents() throws {
        func pdf(pages: Int, trailer: String = "") -> [UInt8] {
            Array(
                """
                %PDF-1.4
                1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
                2 0 obj<</Type/Pages/Kids[]/Count \(pages)>>endobj
                trailer<</Root 1 0 R\(trailer)>>
                %%EOF
                """.utf8)
        }
        let documents = [
            ("long.pdf", pdf(pages: 101), "of 101 pages; a request accepts at most 100"),
            ("locked.pdf", pdf(pages: 3, trailer: "/Encrypt<<>>"), "that is encrypted"),
        ]
        for (name, bytes, text) in documents {
            let path = try folder.write("project/" + name, bytes)
            let reason = try #require(try refusal(try hook(try event(["file_path": path]))), "\(name)")
            #expect(reason.contains(text), "\(reason)")
            #expect(reason.contains("“pages”"), "\(reason)")
            let selected = try hook(try event(["file_path": path, "pages": "1-5"]))
            #expect(selected.status == 0 && selected.output.isEmpty && selected.errorText.isEmpty)
        }
        let taken = try folder.write("project/taken.pdf", pdf(pages: 100))
        #expect(try hook(try event(["file_path": taken])).output.isEmpty)
    }

    @Test("names in reasons and context are printable")
    func printable() throws {
        let bytes = try folder.read("project/large.jpg")
        let path = try folder.write("project/a\nb\u{1B}[2J.jpg", bytes)
        let answer = try answer(try hook(try event(["file_path": path])))
        for key in ["additionalContext", "permissionDecisionReason"] {
            let text = try #require(answer[key] as? String)
            #expect(text.contains("a\u{FFFD}b\u{FFFD}[2J.jpg"), "\(text)")
        }
        let broken = try folder.write("project/a\nb.png", Array("no image".utf8))
        let reason = try #require(try refusal(try hook(try event(["file_path": broken]))))
        #expect(reason.contains("a\u{FFFD}b.png"), "\(reason)")
    }

    // MARK: Similar names

    @Test(
        "a name that differs in spaces or composed letters leads to a copy of the existing file",
        arguments: [
            ("Shot 9.41\u{202F}PM.jpg", "Shot 9.41 PM.jpg", "Shot 9.41\\u{202F}PM.jpg"),
            ("Shot 9.41 PM.jpg", "Shot 9.41\u{00A0}PM.jpg", "Shot 9.41 PM.jpg"),
            ("Cafe\u{301}.jpg", "Caf\u{E9}.jpg", "Cafe\\u{301}.jpg"),
        ])
    func nearNames(there: String, asked: String, shown: String) throws {
        for original in ["large.jpg", "good.jpg"] {
            try folder.write("project/" + there, try folder.read("project/" + original))
            let answer = try answer(try hook(try event(["file_path": project + "/" + asked])))
            let copy = try #require((answer["updatedInput"] as? [String: Any])?["file_path"] as? String)
            #expect(copy.hasPrefix(cache + "/"))
            #expect(answer["permissionDecision"] as? String == "allow")
            let context = try #require(answer["additionalContext"] as? String)
            #expect(context.contains("there is no file of that name"), "\(context)")
            #expect(context.contains(shown), "\(context)")
            let check = try CommandRun.imagePreflight(["check", copy])
            #expect(try check.records().first?["verdict"] as? String == "accepted")
        }
        try folder.write("project/" + there, Array("no image".utf8))
        let reason = try #require(
            try refusal(try hook(try event(["file_path": project + "/" + asked]))))
        #expect(reason.contains(shown), "\(reason)")
    }

    @Test("check and prepare name the file with the similar name")
    func nearNamesOfCommands() throws {
        let there = "project/Shot 9.41\u{202F}PM.jpg"
        try folder.write(there, try folder.read("project/good.jpg"))
        for command in [["check"], ["prepare", "-o", folder.path + "/out"]] {
            let run = try CommandRun.imagePreflight(
                command + [project + "/Shot 9.41 PM.jpg"], in: folder.path)
            #expect(
                run.errorText.contains(
                    "no such file or folder; did you mean Shot 9.41\\u{202F}PM.jpg?"),
                "\(run.errorText)")
            #expect(run.status == 2)
        }
        let other = try CommandRun.imagePreflight(["check", project + "/other.jpg"])
        #expect(!other.errorText.contains("did you mean"))
    }

    // MARK: The cache

    @Test("an outside file swapped for an inside one while it is prepared is not allowed")
    func swapped() throws {
        let name = "fault-swap.jpg"
        let large = try folder.read("project/large.jpg")
        let outside = try folder.write("other/" + name, large)
        try FileManager.default.createSymbolicLink(
            atPath: project + "/" + name, withDestinationPath: outside)
        try folder.write("state/" + name, try folder.read("project/good.jpg"))
        let run = try CommandRun.imagePreflight(
            ["hook", "--cache", cache, "--timeout", "60"],
            input: try event(["file_path": project + "/" + name]),
            environment: FaultyDecoder.environment(state: folder.path + "/state"))
        let answer = try answer(run)
        // The decoder is done: the name now belongs to another file, which is inside.
        #expect(try folder.read("project/" + name) == folder.read("project/good.jpg"))
        #expect(answer["updatedInput"] != nil)
        #expect(answer["permissionDecision"] == nil)
    }

    @Test("a cache that is a link is refused")
    func strangeCaches() throws {
        let event = try event(["file_path": project + "/large.jpg"])
        try FileManager.default.createDirectory(
            atPath: folder.path + "/real", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link", withDestinationPath: folder.path + "/real")
        let linked = try CommandRun.imagePreflight(["hook", "--cache", folder.path + "/link"], input: event)
        #expect(linked.status == 0 && linked.output.isEmpty)
        #expect(linked.errorText.contains("it is a link"), "\(linked.errorText)")
        #expect(try folder.files().filter { $0.hasPrefix("real/") }.isEmpty)
    }

    @Test("without a location for the cache, only images that need a copy fail")
    func noPlace() throws {
        let nowhere = ["XDG_CACHE_HOME": "", "HOME": ""]
        let run = { (name: String) in
            try CommandRun.imagePreflight(
                ["hook"], input: try event(["file_path": project + "/" + name]), environment: nowhere)
        }
        try folder.write("project/notes.md", Array("# Notes".utf8))
        let text = try run("notes.md")
        #expect(text.status == 0 && text.output.isEmpty && text.errorText.isEmpty)
        try folder.write("project/broken.png", Array("no image".utf8))
        #expect(try refusal(try run("broken.png")) != nil)
        let large = try run("large.jpg")
        #expect(large.status == 0 && large.output.isEmpty)
        #expect(large.errorText.contains("$HOME is not set, so there is no place for the cache: use --cache"))
    }

    // MARK: Events

    @Test("an event keeps the order of its members and the values of its numbers")
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

    @Test("an event is read in one pass, even with deep nesting")
    func nesting() throws {
        // 4 kB took 14 s when every value was tried as every type.
        let nested = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        let list = Array(repeating: nested, count: 1000).joined(separator: ",")
        func event(_ more: String) -> [UInt8] {
            Array(
                #"{"hook_event_name":"PreToolUse","tool_name":"Read","cwd":"\#(project)","tool_input":{"file_path":"large.jpg","more":\#(more)}}"#
                    .utf8)
        }
        #expect(try hook(event("[\(list)]")).text.contains(#""more":[[[["#))
        // 512 levels are read, including the event's own; anything deeper is not an event.
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
        "invalid JSON is not an event",
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

    @Test("copies can be kept small enough for tool results")
    func base64Limit() throws {
        let event = try event(["file_path": project + "/large.jpg"])
        let copy = { (run: CommandRun) throws -> Int in
            let input = try answer(run)["updatedInput"] as? [String: Any]
            return try Data(contentsOf: URL(filePath: input?["file_path"] as? String ?? "")).count
        }
        let usual = try copy(try hook(event))
        #expect((usual + 2) / 3 * 4 > 60_000)
        let small = try copy(try hook(event, ["--max-base64-bytes", "60000"]))
        #expect((small + 2) / 3 * 4 <= 60_000)
    }
}
