import Foundation
import TestSupport
import Testing

@Suite("prepare")
struct PrepareTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func prepare(_ arguments: String..., into output: String = "out") throws -> CommandRun {
        try CommandRun.imagePreflight(
            ["prepare", "-o", folder.path + "/" + output] + arguments, in: Resources.packageRoot.path)
    }

    private func output(_ row: [String: Any]) -> [String: Any] { row["output"] as? [String: Any] ?? [:] }

    @Test(
        "produces exactly the guide's sizes, in either orientation",
        arguments: [
            ("mountains-3000x4000.jpg", 951, 1268), ("lake-4000x3000.jpg", 1268, 951),
            ("fog-2160x3840.jpg", 819, 1456), ("sea-1920x1080.jpg", 1456, 819),
            ("fruit-2000x2000.jpg", 1092, 1092), ("desert-2000x3000.jpg", 896, 1344),
            ("islands-2400x1600.webp", 1344, 896), ("city-1500x3000.jpg", 784, 1568),
            ("phone-4032x3024-orientation-6-gps.jpg", 951, 1268),
        ])
    func guideSizes(file: String, width: Int, height: Int) throws {
        let run = try prepare("testdata/photos/" + file)
        let row = try #require(try run.records().first)
        #expect(run.status == 0)
        #expect(output(row)["width"] as? Int == width)
        #expect(output(row)["height"] as? Int == height)
        #expect(row["action"] as? String == "resized")
    }

    @Test("produces outputs from all of testdata that every platform and model accepts unchanged")
    func everyPlatform() throws {
        let run = try prepare("testdata", "--hidden")
        #expect(
            run.status == 1, "some of testdata cannot be prepared, and none of it is a failure of the run")
        let rows = try run.records()
        let made = rows.filter { $0["output"] != nil }
        #expect(made.count > 350)
        for row in rows where row["output"] == nil {
            let source = row["source"] as? [String: Any] ?? [:]
            let findings =
                (row["findings"] as? [[String: Any]] ?? []) + (source["findings"] as? [[String: Any]] ?? [])
            let hasReason =
                findings.contains { $0["severity"] as? String == "error" } || row["error"] as? String != nil
            #expect(hasReason, "\(source["path"] ?? "?")")
        }
        for (platform, model) in [
            ("portable", "claude-sonnet-5-5"), ("portable", "claude-sonnet-4-5"),
            ("claude-api", "claude-opus-4-5"),
            ("bedrock", "claude-haiku-5-5"), ("google-cloud", "claude-opus-5"),
            ("foundry", "claude-haiku-4-5"),
            ("claude-ai", "claude-3-7-sonnet"),
        ] {
            let check = try CommandRun.imagePreflight([
                "check", folder.path + "/out", "--exclude", "manifest.jsonl", "--hidden", "--platform",
                platform,
                "--model", model, "--images-per-request", "21",
            ])
            let records = try check.records()
            #expect(check.status == 0)
            #expect(records.count == made.count)
            #expect(records.allSatisfy { $0["verdict"] as? String == "accepted" })
        }
    }

    @Test("gives the same bytes every time and never touches an original")
    func deterministic() throws {
        let original = try Data(contentsOf: Resources.testdata.appending(path: "photos/lake-4000x3000.jpg"))
        _ = try prepare("testdata/photos", "testdata/screenshots", "--jobs", "1", into: "one")
        _ = try prepare("testdata/photos", "testdata/screenshots", "--jobs", "5", into: "two")
        let one = try folder.files().filter { $0.hasPrefix("one/") }
        #expect(one.count == 24)
        for name in one {
            let other = "two/" + name.dropFirst(4)
            #expect(try folder.read(name) == folder.read(other), "\(name)")
        }
        #expect(
            try Data(contentsOf: Resources.testdata.appending(path: "photos/lake-4000x3000.jpg")) == original)
    }

    @Test("copies images that are fine already byte for byte")
    func copies() throws {
        let row = try #require(try prepare("testdata/photos/fruit-1092x1092.jpg").records().first)
        #expect(row["action"] as? String == "copied")
        #expect(output(row)["sha256"] as? String == row["source_sha256"] as? String)
        let original = try Data(contentsOf: Resources.testdata.appending(path: "photos/fruit-1092x1092.jpg"))
        #expect(try folder.read("out/fruit-1092x1092.jpg") == Array(original))
    }

    @Test("mirrors the tree, avoids name collisions, and lists everything in the manifest")
    func layout() throws {
        let photo = try Data(contentsOf: Resources.testdata.appending(path: "photos/valley-360x270.png"))
        for name in ["in/a/x.png", "in/b/x.png", "in/wrong.jpg", "in/same.jpg", "in/same.png"] {
            try folder.write(name, photo)
        }
        let run = try CommandRun.imagePreflight(["prepare", folder.path + "/in", "-o", folder.path + "/out"])
        #expect(run.status == 0)
        let files = try folder.files().filter { $0.hasPrefix("out/") }.map { $0.dropFirst(4) }
        #expect(files == ["a/x.png", "b/x.png", "manifest.jsonl", "same.jpg.png", "same.png", "wrong.png"])
        let manifest = String(decoding: try folder.read("out/manifest.jsonl"), as: UTF8.self)
        #expect(manifest == run.text)
    }

    @Test("overwrites only with --overwrite")
    func existing() throws {
        let source = "testdata/photos/valley-360x270.png"
        #expect(try prepare(source).status == 0)
        let again = try prepare(source)
        #expect(again.status == 2)
        #expect(again.errorText.contains("--resume"))
        #expect(try prepare(source, "--overwrite").status == 0)
        try folder.write("foreign/valley-360x270.png", Array("mine".utf8))
        let kept = try prepare(source, into: "foreign")
        #expect(kept.status == 2)
        #expect(try folder.read("foreign/valley-360x270.png") == Array("mine".utf8))
    }

    @Test("resumes: keeps finished images, makes missing ones, and ends like an uninterrupted run")
    func resume() throws {
        _ = try prepare("testdata/photos", into: "whole")
        _ = try prepare("testdata/photos", into: "broken")
        let whole = try folder.read("whole/manifest.jsonl")
        // As a killed run leaves it: a journal that ends mid-line, and missing outputs.
        let lines = String(decoding: whole, as: UTF8.self).split(separator: "\n")
        let journal = lines.prefix(5).joined(separator: "\n") + "\n" + lines[5].prefix(40)
        try FileManager.default.removeItem(atPath: folder.path + "/broken/manifest.jsonl")
        try folder.write("broken/manifest.jsonl.partial", Array(journal.utf8))
        try FileManager.default.removeItem(atPath: folder.path + "/broken/valley-360x270.gif")
        let resumed = try prepare("testdata/photos", "--resume", into: "broken")
        #expect(resumed.status == 0, "\(resumed.errorText)")
        #expect(try resumed.records().filter { $0["action"] as? String == "skipped" }.count == 5)
        #expect(try folder.read("broken/manifest.jsonl") == whole)
        let names = try folder.files()
        for name in names where name.hasPrefix("whole/") {
            #expect(try folder.read(name) == folder.read("broken/" + name.dropFirst(6)))
        }
        #expect(!names.contains { $0.hasSuffix(".partial") })
        let redone = try prepare("testdata/photos", "--resume", "--quality", "70", into: "broken")
        #expect(try redone.records().allSatisfy { $0["action"] as? String != "skipped" })
    }

    @Test("a dry run writes nothing and plans the same sizes")
    func dryRun() throws {
        let planned = try prepare("testdata/photos", "--dry-run").records()
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/out"))
        let made = try prepare("testdata/photos").records()
        let sizes = planned.map { ($0["map"] as? [String: Any])?["output_width"] as? Int }
        #expect(sizes == made.map { output($0)["width"] as? Int })
        #expect(planned.map { $0["action"] as? String } == made.map { $0["action"] as? String })
    }

    @Test("a dry run's totals match the run, except for bytes that are known only after encoding")
    func dryRunTotals() throws {
        func summary(_ arguments: [String]) throws -> [String: Any] {
            let run = try CommandRun.imagePreflight(
                ["prepare", "testdata/photos", "-o", folder.path + "/out", "--format", "json"] + arguments,
                in: Resources.packageRoot.path)
            let json = try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any]
            return try #require(json?["summary"] as? [String: Any])
        }
        var planned = try summary(["--dry-run"])
        var made = try summary([])
        #expect(made.removeValue(forKey: "bytes_after") != nil)
        #expect(planned.removeValue(forKey: "bytes_after") == nil)
        #expect(planned as NSDictionary == made as NSDictionary)
        #expect(try prepare("testdata/photos", "--dry-run").errorText.contains("nothing was written"))
    }

    @Test("with --strict a remaining warning makes the run fail, but a fixed one does not")
    func strict() throws {
        let small = "testdata/limits/small/png-199x199.png"
        let large = "testdata/photos/fruit-2000x2000.jpg"
        #expect(try prepare(small, into: "a").status == 0)
        #expect(try prepare(small, "--strict", into: "b").status == 1)
        #expect(try prepare(large, "--strict", into: "c").status == 0)
        #expect(try prepare(large, "--strict", "--dry-run").status == 0)
        #expect(
            try prepare(large, "--strict", "--fit", "limits", "--model", "claude-opus-4-5", into: "d").status
                == 1)
        #expect(try prepare(large, "--strict", "--dry-run", "--max-edge", "100").status == 1)
        try folder.write("twins/a.jpg", try Data(contentsOf: Resources.packageRoot.appending(path: large)))
        try folder.write("twins/b.jpg", try folder.read("twins/a.jpg"))
        #expect(try prepare(folder.path + "/twins", "--strict", into: "e").status == 1)
    }

    @Test("respects every size option")
    func wishes() throws {
        let photo = "testdata/photos/lake-4000x3000.jpg"
        func size(_ name: String, _ options: String...) throws -> [Int?] {
            let run = try CommandRun.imagePreflight(
                ["prepare", photo, "-o", folder.path + "/" + name] + options, in: Resources.packageRoot.path)
            let output = try run.records().first?["output"] as? [String: Any]
            return [output?["width"] as? Int, output?["height"] as? Int]
        }
        #expect(try size("native", "--fit", "native") == [2212, 1659])
        #expect(try size("standard", "--fit", "native", "--model", "claude-opus-4-5") == [1270, 952])
        #expect(try size("limits", "--fit", "limits") == [4000, 3000])
        #expect(try size("many", "--fit", "limits", "--images-per-request", "21") == [2000, 1500])
        #expect(try size("edge", "--max-edge", "800") == [800, 600])
        #expect(try size("pixels", "--max-megapixels", "0.48") == [800, 600])
        let few = try size("tokens", "--max-tokens", "100")
        #expect(few == [308, 231])
        #expect(try size("snap", "--snap") == [1260, 924])
    }
}
