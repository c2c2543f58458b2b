import Foundation
import TestSupport
import Testing

@Suite("Decoding in worker processes")
struct IsolationTests {
    private let folder: TemporaryFolder
    private var faults: [String: String] { FaultyDecoder.environment(state: folder.path + "/state") }

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("state/.keep")
    }

    private func prepare(_ arguments: [String] = []) throws -> CommandRun {
        try CommandRun.imagePreflight(
            ["prepare", folder.path + "/in", "-o", folder.path + "/out", "--format", "ndjson"] + arguments,
            environment: faults)
    }

    /// All findings but I501: the sources here are copies of each other.
    private func findings(_ run: CommandRun) throws -> [String] {
        try run.records().flatMap { row in
            (row["findings"] as? [[String: Any]] ?? []).map { "\($0["code"] ?? "") \($0["message"] ?? "")" }
        }.filter { !$0.hasPrefix("I501 ") }
    }

    @Test("when every tenth file crashes the decoder, nine of ten are prepared and one is reported")
    func everyTenthCrashes() throws {
        try SourceFolder.make(folder, count: 60) { "\($0)\($0 % 10 == 0 ? "-fault-crash" : "").jpg" }
        let run = try prepare()
        #expect(run.status == 1)
        let actions = try run.records().compactMap { $0["action"] as? String }
        #expect(actions.count { $0 == "converted" || $0 == "resized" } == 54)
        #expect(actions.count { $0 == "failed" } == 6)
        #expect(try Set(findings(run)) == ["I107 the decoder was killed by SIGABRT"])
        #expect(try folder.files().count { $0.hasPrefix("out/") && $0.hasSuffix(".jpg") } == 54)
    }

    @Test("a hanging decoder costs only its file, and the finding says so")
    func hangs() throws {
        try SourceFolder.make(folder, count: 2) { ["a-fault-hang.jpg", "b-good.jpg"][$0] }
        let run = try prepare(["--timeout", "2", "--jobs", "1"])
        #expect(run.status == 1)
        #expect(try findings(run) == ["I107 decoding took longer than 2 s and was stopped"])
        #expect(try folder.files().contains("out/b-good.jpg"))
    }

    @Test(
        "a decoder that runs out of memory or exits costs only its file, and each finding says why",
        .disabled(if: Sanitizer.isOn, "a process under a sanitizer has no memory limit"))
    func eatsMemory() throws {
        try SourceFolder.make(folder, count: 3) {
            ["a-fault-memory.jpg", "b-fault-exit.jpg", "c-good.jpg"][$0]
        }
        let run = try prepare(["--memory-limit", "64M", "--jobs", "1"])
        #expect(run.status == 1)
        let found = try findings(run)
        #expect(found.count == 2)
        #if os(Linux)
            #expect(
                found.first
                    == "I107 the decoder ran into the memory limit of 67108864 bytes and was killed by SIGABRT"
            )
        #endif
        #expect(found.last == "I107 the decoder ended with status 0")
        #expect(
            try folder.files().filter { $0.hasPrefix("out/") } == ["out/c-good.jpg", "out/manifest.jsonl"])
    }

    @Test("a killed worker is replaced, and the next one prepares its file")
    func killedOnce() throws {
        try SourceFolder.make(folder, count: 3) { "\($0)-fault-once.jpg" }
        let run = try prepare()
        #expect(run.status == 0)
        #expect(try folder.files().count { $0.hasPrefix("out/") && $0.hasSuffix(".jpg") } == 3)
        #expect(try folder.files().count { $0.hasPrefix("state/") && $0.contains("fault-once") } == 3)
    }

    @Test(
        "produces the same folder and manifest as decoding in the run's own process",
        arguments: ["formats/convertible", "bad/hostile"])
    func sameBytes(name: String) throws {
        let source = Resources.testdata.appending(path: name).path
        var trees: [[String: [UInt8]]] = []
        for (index, option) in ["--isolate", "--no-isolate"].enumerated() {
            let output = "\(folder.path)/\(index)"
            // JPEG 2000 and JPEG XL are decoded in workers only.
            let excluded = ["*.jp2", "*.j2k", "*.jxl"].flatMap { ["--exclude", $0] }
            _ = try CommandRun.imagePreflight(
                ["prepare", source, "-o", output, "--quiet", option] + excluded)
            let names = try folder.files().filter { $0.hasPrefix("\(index)/") }
            trees.append(
                try Dictionary(
                    uniqueKeysWithValues: names.map { (String($0.dropFirst(2)), try folder.read($0)) }))
        }
        #expect(trees[0].keys.sorted() == trees[1].keys.sorted())
        #expect(trees[0].count > 1 || name == "bad/hostile")
        for (name, bytes) in trees[0] { #expect(trees[1][name] == bytes, "\(name)") }
    }
}

@Suite("Formats that only workers decode")
struct WorkerFormatTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func rows(_ names: [String], _ options: [String] = []) throws -> [[String: Any]] {
        let paths = names.map { Resources.testdata.appending(path: "formats/convertible/\($0)").path }
        let run = try CommandRun.imagePreflight(
            ["prepare"] + paths + [
                "-o", "\(folder.path)/out", "--overwrite", "--format", "ndjson", "--isolate",
            ]
                + options)
        return try run.records()
    }

    @Test("JPEG 2000 and JPEG XL are converted if libvips reads them, and reported if not")
    func converted() throws {
        for row in try rows(["photo.jp2", "codestream.j2k", "container.jxl", "codestream.jxl"]) {
            let findings = row["findings"] as? [[String: Any]] ?? []
            if row["action"] as? String == "failed" {
                #expect(findings.contains { $0["code"] as? String == "I108" }, "\(row)")
            } else {
                #expect(row["action"] as? String == "converted", "\(row)")
                #expect((row["output"] as? [String: Any])?["width"] as? Int ?? 0 > 0)
            }
        }
    }

    @Test("SVG is refused, or rendered on request")
    func svg() throws {
        #expect(try rows(["plain.svg"]).first?["action"] as? String == "failed")
        let row = try #require(try rows(["plain.svg"], ["--convert", "svg"]).first)
        let source = try #require(row["source"] as? [String: Any])
        let output = try #require(row["output"] as? [String: Any], "\(row)")
        #expect(output["width"] as? Int == source["width"] as? Int)
        #expect(output["height"] as? Int == source["height"] as? Int)
    }
}

@Suite("The worker's line protocol")
struct WorkerCommandTests {
    private func answers(_ lines: [String], _ arguments: [String] = []) throws -> [[String: Any]] {
        let run = try CommandRun.imagePreflight(
            ["worker"] + arguments, input: Array((lines.joined(separator: "\n") + "\n").utf8))
        #expect(run.status == 0)
        #expect(run.errorText.isEmpty)
        return try run.records()
    }

    @Test("it says hello and exits when its input ends")
    func hello() throws {
        let rows = try answers([])
        #expect(rows.count == 1)
        #expect(rows[0]["protocol"] as? String == "image-preflight-worker")
        #expect(rows[0]["version"] as? Int == 1)
    }

    @Test("a line that is not a task gets an answer and does not affect other lines")
    func badLines() throws {
        let path = Resources.testdata.appending(path: "photos/sea-1920x1080.jpg").path
        let bad = [
            "nonsense", "[]", "{}", #"{"task":"dance"}"#, #"{"id":"x","task":"check"}"#, #"{"task":"check"}"#,
            #"{"task":"prepare","bytes_base64":"%%%"}"#, #"{"task":"check","path":"a\u0000b"}"#, "\u{FFFD}",
            #"{"task":"prepare","bytes_base64":"/9j/","name":"a\u0000b"}"#,
            String(repeating: "[", count: 20_000),
        ]
        let rows = try answers(bad + [#"{"id":7,"task":"check","path":"\#(path)"}"#])
        #expect(rows.count == bad.count + 2)
        for row in rows[1...bad.count] {
            #expect(row["error"] is String)
            #expect(row["problem"] as? Bool == true)
        }
        #expect(rows.last?["id"] as? Int == 7)
        #expect(rows.last?["width"] as? Int == 1920)
    }

    @Test("an image in the line is returned in the line")
    func bytesInLine() throws {
        let bytes = try Data(contentsOf: Resources.testdata.appending(path: "photos/fruit-2000x2000.jpg"))
        let rows = try answers([
            #"{"id":1,"task":"prepare","name":"fruit.png","bytes_base64":"\#(bytes.base64EncodedString())"}"#
        ])
        let output = try #require(rows[1]["output"] as? [String: Any])
        let result = try #require((rows[1]["bytes_base64"] as? String).flatMap { Data(base64Encoded: $0) })
        #expect(result.count == output["bytes"] as? Int)
        #expect(result.prefix(2) == Data([0xFF, 0xD8]))
        #expect(output["path"] as? String == "fruit.jpg")
        #expect(rows[1]["action"] as? String == "resized")
    }

    @Test("an estimate of an image, bytes, a size or another model matches the command's")
    func estimates() throws {
        let file = Resources.testdata.appending(path: "photos/sea-1920x1080.jpg")
        let bytes = try Data(contentsOf: file).base64EncodedString()
        let model = "claude-opus-4-5"
        let rows = try answers([
            #"{"task":"estimate","path":"\#(file.path)"}"#,
            #"{"task":"estimate","name":"sea.jpg","bytes_base64":"\#(bytes)"}"#,
            #"{"task":"estimate","width":1920,"height":1080,"model":"\#(model)"}"#,
            #"{"task":"estimate","width":1920,"height":1080,"model":"nonsense"}"#,
            #"{"task":"estimate","width":0,"height":1080}"#, #"{"task":"estimate","width":7}"#,
        ])
        let expected = try [[], ["--model", model]].map { more in
            let run = try CommandRun.imagePreflight(["estimate", "1920x1080", "--format", "ndjson"] + more)
            return try #require(try run.records().first)
        }
        for (index, row) in rows[1...3].enumerated() {
            for key in ["tokens", "cost_usd", "sees_width", "model"] {
                #expect(row[key] as? NSObject == expected[index / 2][key] as? NSObject, "\(index) \(key)")
            }
        }
        #expect(rows[1]["path"] as? String == file.path)
        #expect(rows[2]["path"] as? String == "sea.jpg")
        for row in rows[4...] { #expect(row["problem"] as? Bool == true) }
    }

    @Test("its rows form a manifest that a run can resume from")
    func rowsAreAManifest() throws {
        let folder = try TemporaryFolder()
        try SourceFolder.make(folder, count: 1) { "\($0).jpg" }
        // A different picture: only a run detects duplicates.
        let photo = try Data(contentsOf: Resources.testdata.appending(path: "photos/valley-360x270.png"))
        try folder.write("in/1.jpg", Array(photo))
        let tasks = (0...1).map {
            #"{"task":"prepare","path":"\#(folder.path)/in/\#($0).jpg","output_folder":"\#(folder.path)/out"}"#
        }
        let run = try CommandRun.imagePreflight(
            ["worker"], input: Array((tasks.joined(separator: "\n") + "\n").utf8))
        let rows = run.text.split(separator: "\n").dropFirst().joined(separator: "\n") + "\n"
        try folder.write("out/manifest.jsonl", Array(rows.utf8))
        let resumed = try CommandRun.imagePreflight([
            "prepare", folder.path + "/in", "-o", folder.path + "/out", "--resume", "--format", "ndjson",
        ])
        #expect(try resumed.records().map { $0["action"] as? String } == ["skipped", "skipped"])
        #expect(try folder.read("out/manifest.jsonl") == Array(rows.utf8))
    }

    @Test("it writes into a folder and replaces files only on request")
    func writesFiles() throws {
        let folder = try TemporaryFolder()
        let path = SourceFolder.turned.path
        let task =
            #"{"task":"prepare","path":"\#(path)","output_folder":"\#(folder.path)/out","relative_path":"x/y.png""#
        let rows = try answers([task + "}", task + "}", task + #","overwrite":true}"#])
        #expect((rows[1]["output"] as? [String: Any])?["path"] as? String == "x/y.jpg")
        #expect(rows[1]["bytes_base64"] == nil)
        #expect(rows[2]["action"] as? String == "failed")
        #expect(rows[2]["problem"] as? Bool == true)
        #expect(rows[3]["output"] is [String: Any])
        #expect(try folder.files() == ["out/x/y.jpg"])
    }
}
