import Foundation
import TestSupport
import Testing

@Suite("prepare with a budget")
struct BudgetCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Files of testdata under many names, as hard links where that works.
    private func make(_ sources: [String], count: Int) throws {
        try FileManager.default.createDirectory(
            atPath: folder.path + "/in", withIntermediateDirectories: true)
        var first: [String: String] = [:]
        for index in 0..<count {
            let source = sources[index % sources.count]
            let name = String(
                format: "%@/in/%03d-%@", folder.path, index, (source as NSString).lastPathComponent)
            if let first = first[source] {
                try FileManager.default.linkItem(atPath: first, toPath: name)
            } else {
                try FileManager.default.copyItem(
                    atPath: Resources.testdata.appending(path: source).path, toPath: name)
                first[source] = name
            }
        }
    }

    private func prepare(_ output: String, _ more: String...) throws -> CommandRun {
        try CommandRun.imagePreflight(
            ["prepare", "in", "-o", output, "--format", "ndjson", "--quiet"] + more, in: folder.path)
    }

    private func tree(_ output: String) throws -> [String: [UInt8]] {
        let names = try folder.files().filter { $0.hasPrefix(output + "/") }
        return try Dictionary(
            uniqueKeysWithValues: names.map { (String($0.dropFirst(output.count)), try folder.read($0)) })
    }

    /// What the folder costs without a budget, and half of that as text.
    private func plannedMicrodollars() throws -> Int {
        let run = try CommandRun.imagePreflight(
            ["prepare", "in", "-o", "none", "--dry-run", "--budget-usd", "1000", "--format", "json"],
            in: folder.path)
        let json = try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any]
        let summary = try #require(json?["summary"] as? [String: Any])
        return microdollars(try #require(summary["budget"] as? [String: Any])["planned_usd"])
    }

    private func microdollars(_ value: Any?) -> Int {
        ((value as? NSNumber)?.doubleValue).map { Int(($0 * 1_000_000).rounded()) } ?? 0
    }

    private func usd(_ microdollars: Int) -> String { String(format: "0.%06d", microdollars) }

    private func size(_ row: [String: Any], _ part: String, _ prefix: String = "") -> (
        width: Int, height: Int
    ) {
        let record = row[part] as? [String: Any]
        return (record?[prefix + "width"] as? Int ?? 0, record?[prefix + "height"] as? Int ?? 0)
    }

    @Test("half the cost of 500 images is met to the micro-dollar; small images keep their size")
    func half() throws {
        let small = [
            "formats/jpeg/baseline-420.jpg", "formats/gif/static.gif", "limits/small/png-200x200.png",
        ]
        let large = ["jpeg-1092x1092.jpg", "jpeg-784x1568.jpg", "jpeg-1344x896.jpg"]
        let sources = large.map { "limits/tier-standard/" + $0 }
        try make(sources + (0..<57).map { small[$0 % 3] }, count: 500)
        let limit = try plannedMicrodollars() / 2
        #expect(limit > 10_000)

        let run = try prepare("out", "--budget-usd", usd(limit))
        #expect(run.status == 0)
        let rows = try run.records()
        #expect(rows.count == 500)
        var spent = 0
        var reduced = 0
        for row in rows {
            let output = try #require(row["output"] as? [String: Any])
            let budget = try #require(row["budget"] as? [String: Any])
            spent += microdollars(output["cost_usd"])
            #expect(budget["tokens"] as? Int == output["tokens"] as? Int)
            #expect(microdollars(budget["cost_usd"]) == microdollars(output["cost_usd"]))
            let (before, after) = (size(row, "source", "display_"), size(row, "output"))
            #expect(min(after.width, after.height) >= min(200, before.width, before.height))
            let isReduced = budget["reduced"] as? Bool == true
            #expect(isReduced == ((budget["planned_tokens"] as? Int ?? 0) > 100))
            #expect((row["action"] as? String) == (isReduced ? "resized" : "copied"))
            if isReduced { reduced += 1 }
        }
        #expect(reduced == 27)
        #expect(spent <= limit)
        #expect(spent > limit - limit / 50)
        #expect(try folder.read("out/manifest.jsonl") == run.output)

        // Another thread count, no child processes: the same bytes.
        #expect(
            try prepare("again", "--budget-usd", usd(limit), "--jobs", "3", "--no-isolate").output
                == run.output)
        #expect(try tree("again") == tree("out"))
    }

    @Test(
        "a budget that cannot be met names the minimum and leaves nothing behind; the minimum is enough")
    func least() throws {
        try make(["limits/tier-standard/jpeg-1092x1092.jpg", "limits/small/png-200x200.png"], count: 3)
        // 224 px take no more patches than 200: 64 tokens each, 2 USD per million.
        let run = try prepare("out", "--budget-usd", "0.000383")
        #expect(run.status == 2)
        #expect(run.errorText.contains("the 3 images take at least $0.000384"))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/out"))
        let rows = try prepare("out", "--budget-usd", "0.000384").records()
        #expect(rows.map { size($0, "output").width } == [224, 200, 224])
        let tokens = try prepare("tokens", "--budget-tokens", "191")
        #expect(tokens.status == 2)
        #expect(tokens.errorText.contains("at least 192 tokens"))
        #expect(try prepare("tokens", "--budget-tokens", "191", "--budget-usd", "1").status == 2)
        #expect(try prepare("tokens", "--budget-usd", "0.0000001").status == 2)
    }

    @Test("a resumed run keeps the shares; with another budget it redoes only the images that change")
    func resumed() throws {
        try make(
            [
                "limits/tier-standard/jpeg-1092x1092.jpg", "limits/small/png-200x200.png",
                "photos/valley-360x270.png",
            ],
            count: 6)
        _ = try prepare("out")
        _ = try prepare("whole", "--budget-tokens", "1200")
        let actions = try prepare("out", "--resume", "--budget-tokens", "1200").records()
            .compactMap { $0["action"] as? String }
        #expect(actions == ["resized", "skipped", "skipped", "resized", "skipped", "skipped"])
        #expect(try tree("out") == tree("whole"))
        let again = try prepare("out", "--resume", "--budget-tokens", "1200").records()
        #expect(again.allSatisfy { $0["action"] as? String == "skipped" })
        #expect(try tree("out") == tree("whole"))
    }

    @Test("shards share one budget: together they make the same as one run")
    func shards() throws {
        try make(["limits/tier-standard/jpeg-1092x1092.jpg", "limits/small/png-200x200.png"], count: 6)
        _ = try prepare("whole", "--budget-tokens", "1200")
        for shard in ["1/2", "2/2"] { _ = try prepare("parts", "--budget-tokens", "1200", "--shard", shard) }
        func outputs(_ folder: String) throws -> [String: [UInt8]] {
            try tree(folder).filter { !$0.key.contains("manifest") }
        }
        #expect(try outputs("parts") == outputs("whole"))
        let merge = try CommandRun.imagePreflight(
            [
                "manifest", "merge", "parts/manifest-1-of-2.jsonl", "parts/manifest-2-of-2.jsonl", "-o",
                "all.jsonl",
            ],
            in: folder.path)
        #expect(merge.status == 0, "\(merge.errorText)")
        #expect(try folder.read("all.jsonl") == folder.read("whole/manifest.jsonl"))
    }

    @Test("a list from a pipe shares a budget, and --dry-run shows each image's share")
    func piped() throws {
        try make(["limits/tier-standard/jpeg-1092x1092.jpg", "limits/small/png-200x200.png"], count: 2)
        let program = CommandRun.productsFolder.appending(path: "image-preflight").path
        let run = try CommandRun.run(
            URL(filePath: "/bin/sh"),
            [
                "-c",
                "find in -type f | sort | '\(program)' prepare --files-from - -o out --budget-tokens 500 "
                    + "--dry-run --format table",
            ], in: folder.path)
        #expect(run.status == 0)
        let lines = run.text.split(separator: "\n").dropFirst().map {
            $0.split(separator: " ").joined(separator: " ")
        }
        #expect(lines[0].hasPrefix("resized 1092x1092 560x560 jpeg 16 kB 400 of 1521 $0.0008"))
        #expect(lines[1].hasPrefix("copied 200x200 200x200 png"))
        #expect(lines[1].contains(" 64 $0.00013"))
        #expect(run.errorText.contains("budget 500 tokens: 464 tokens of the 1,585 tokens planned given"))
    }
}
