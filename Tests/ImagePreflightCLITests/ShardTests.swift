import Foundation
import TestSupport
import Testing

@Suite("Shards and merged manifests")
struct ShardTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func prepare(into output: String, _ arguments: [String]) throws -> CommandRun {
        try CommandRun.imagePreflight(
            ["prepare", folder.path + "/in", "-o", folder.path + "/" + output, "--jobs", "2"] + arguments)
    }

    private func merge(_ names: [String], to name: String) throws -> CommandRun {
        try CommandRun.imagePreflight(["manifest", "merge"] + names + ["-o", name], in: folder.path)
    }

    /// Every file of a folder, hidden ones too.
    private func tree(_ output: String, without: (String) -> Bool = { _ in false }) throws -> [String:
        [UInt8]]
    {
        let names = try folder.files().filter { $0.hasPrefix(output + "/") && !without($0) }
        return try Dictionary(
            uniqueKeysWithValues: names.map { (String($0.dropFirst(output.count)), try folder.read($0)) })
    }

    /// Images with every outcome: copied, rotated, refused, and names that differ only in their extension.
    private func makeSources() throws {
        try SourceFolder.make(folder, count: 24) { "\(["a", "a-b", "é"][$0 % 3])/\($0).jpg" }
        let png = try Data(contentsOf: Resources.testdata.appending(path: "photos/valley-360x270.png"))
        for name in ["a/same.jpg", "a/same.png", "a.png", "b/x.png"] { try folder.write("in/" + name, png) }
        try folder.write("in/b/broken.jpg", Array("no image".utf8))
        try folder.write("in/empty.png")
    }

    @Test("concurrent shards in one folder produce the outputs, manifest and totals of one run")
    func unionIsTheWhole() throws {
        try makeSources()
        let whole = try prepare(into: "whole", ["--format", "json"])
        #expect(whole.status == 1)
        let shards = try (1...3).map { index in
            try RunningCommand([
                "prepare", folder.path + "/in", "-o", folder.path + "/parts", "--jobs", "1", "--shard",
                "\(index)/3",
            ])
        }
        for shard in shards { shard.wait { false } }
        let merged = try merge(
            [3, 1, 2].map { "parts/manifest-\($0)-of-3.jsonl" }, to: "parts/manifest.jsonl")
        #expect(merged.status == 0)
        let isShard = { (name: String) in name.contains("-of-3.jsonl") }
        let (one, parts) = (try tree("whole"), try tree("parts", without: isShard))
        #expect(one.count == 24 + 4 + 1)
        #expect(one.keys.sorted() == parts.keys.sorted())
        for (name, bytes) in one { #expect(parts[name] == bytes, "\(name)") }

        // The totals are those of the whole run.
        let totals = try #require(try merged.records().first)
        let document = try JSONSerialization.jsonObject(with: Data(whole.output)) as? [String: Any]
        let summary = try #require(document?["summary"] as? [String: Any])
        #expect(summary.count > 10)
        for (key, value) in summary { #expect(totals[key] as? NSNumber == value as? NSNumber, "\(key)") }
        #expect(totals["manifests"] as? Int == 3)

        // A manifest that is given twice changes only the count of duplicates.
        let again = try merge(
            [1, 2, 3, 2].map { "parts/manifest-\($0)-of-3.jsonl" }, to: "parts/manifest.jsonl")
        let second = try folder.read("parts/manifest-2-of-3.jsonl").count { $0 == UInt8(ascii: "\n") }
        #expect(try again.records().first?["duplicates"] as? Int == second)
        for (key, value) in summary {
            #expect(try again.records().first?[key] as? NSNumber == value as? NSNumber, "\(key)")
        }

        // Their results equal one run's: nothing is redone.
        let resumed = try prepare(into: "parts", ["--resume", "--format", "ndjson"])
        #expect(try resumed.records().count { $0["action"] as? String == "skipped" } == 28)
        #expect(try folder.read("parts/manifest.jsonl") == folder.read("whole/manifest.jsonl"))
    }

    @Test("a whole run and shards exclude each other, and no two runs share a manifest")
    func locks() throws {
        try SourceFolder.make(folder, count: 4) { "\($0)-fault-hang.jpg" }
        // It hangs until it is killed, no matter how long the other three runs take.
        let shard = try RunningCommand(
            [
                "prepare", folder.path + "/in", "-o", folder.path + "/out", "--shard", "1/2", "--timeout",
                "3600",
            ], environment: FaultyDecoder.environment(state: folder.path))
        shard.wait {
            FileManager.default.fileExists(atPath: folder.path + "/out/manifest-1-of-2.jsonl.partial")
        }
        let whole = try prepare(into: "out", [])
        #expect(whole.status == 2)
        #expect(whole.errorText.contains("another run is using"))
        let same = try prepare(into: "out", ["--shard", "1/2", "--overwrite"])
        #expect(same.status == 2)
        #expect(same.errorText.contains("another run is writing"))
        let resumed = try prepare(into: "out", ["--shard", "1/2", "--resume"])
        #expect(resumed.status == 2)
        #expect(resumed.errorText.contains("another run is writing"))
        _ = shard.end(SIGKILL)
    }

    @Test("writes nothing if rows conflict, and says why")
    func conflicts() throws {
        try SourceFolder.make(folder, count: 4) { "\($0).jpg" }
        _ = try prepare(into: "a", ["--shard", "1/2"])
        _ = try prepare(into: "b", ["--shard", "2/2", "--quality", "50"])
        let run = try merge(["a/manifest-1-of-2.jsonl", "b/manifest-2-of-2.jsonl"], to: "all.jsonl")
        #expect(run.status == 2)
        #expect(run.text.isEmpty)
        #expect(run.errorText.contains("made with the options"))
        #expect(try !folder.files().contains { $0.hasPrefix("all") || $0.hasPrefix(".") })
        #expect(try merge(["none.jsonl"], to: "all.jsonl").status == 2)
        #expect(try merge(["a/manifest-1-of-2.jsonl"], to: "nowhere/all.jsonl").status == 2)
    }
}
