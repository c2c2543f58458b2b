import Foundation
import TestSupport
import Testing

@Suite("estimate")
struct EstimateTests {
    @Test(
        "the table of one image needs no summary, even for all models; that of two has totals",
        arguments: [
            (["10x10"], "table", 0), (["10x10", "--all-models"], "table", 0),
            (["10x10", "20x20"], "table", 1),
            (["10x10"], "ndjson", 1), (["10x10"], "csv", 1),
        ])
    func summaryLines(arguments: [String], format: String, count: Int) throws {
        let run = try CommandRun.imagePreflight(["estimate"] + arguments + ["--format", format])
        #expect(run.status == 0)
        #expect(run.errorText.split(separator: "\n").count == count, "\(run.errorText)")
    }

    @Test("shows the guide's three rows next to the exact count")
    func guideRows() throws {
        let run = try CommandRun.imagePreflight([
            "estimate", "200x200", "1000x1000", "1092x1092", "--model", "claude-3-7-sonnet",
        ])
        let records = try run.records()
        #expect(run.status == 0)
        #expect(records.map { $0["tokens_guide"] as? Int } == [54, 1334, 1590])
        #expect(records.map { $0["tokens"] as? Int } == [64, 1296, 1521])
        #expect(records.map { $0["cost_guide_usd"] as? Double } == [0.000162, 0.004002, 0.00477])

        let table = try CommandRun.imagePreflight([
            "estimate", "200x200", "1000x1000", "1092x1092", "--model", "claude-3-7-sonnet", "--format",
            "table",
        ])
        let lines = table.text.split(separator: "\n").dropFirst()
        #expect(
            lines.map { $0.hasSuffix("$0.16") || $0.hasSuffix("$4.00") || $0.hasSuffix("$4.77") } == [
                true, true, true,
            ])
    }

    @Test("gives one record for every available model")
    func allModels() throws {
        let run = try CommandRun.imagePreflight(["estimate", "3840x2160", "--all-models"])
        let records = try run.records()
        #expect(records.count == 18)
        for record in records {
            let isHigh = record["tokens"] as? Int == 4784 && record["sees_width"] as? Int == 2576
            let isStandard = record["tokens"] as? Int == 1560 && record["sees_width"] as? Int == 1456
            #expect(isHigh || isStandard)
        }
        #expect(Set(records.compactMap { $0["model"] as? String }).count == 18)
    }

    @Test(
        "prices batches, the cache and US-only inference",
        arguments: [
            ([], 0.003042), (["--batch"], 0.001521), (["--us-only"], 0.003346),
            (["--cache", "read"], 0.000152),
            (["--cache", "write-1h"], 0.006084), (["--batch", "--us-only"], 0.001673),
        ])
    func terms(options: [String], cost: Double) throws {
        let run = try CommandRun.imagePreflight(["estimate", "1092x1092"] + options)
        #expect(try run.records().first?["cost_usd"] as? Double == cost)
    }

    @Test("rounds the cost of a thousand images once, not per image")
    func perThousand() throws {
        let run = try CommandRun.imagePreflight(["estimate", "200x200", "--model", "claude-haiku-5-5"])
        let record = try #require(try run.records().first)
        #expect(record["cost_usd"] as? Double == 0.000006)
        #expect(record["cost_per_1000_usd"] as? Double == 0.0064)
        #expect(record["cost_guide_per_1000_usd"] as? Double == 0.0054)
    }

    @Test("rounds a total once")
    func totals() throws {
        let run = try CommandRun.imagePreflight(
            ["estimate", "--model", "claude-haiku-5-5", "--format", "json"]
                + Array(repeating: "200x200", count: 10))
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
        let summary = try #require(document["summary"] as? [String: Any])
        let total = try #require((summary["models"] as? [[String: Any]])?.first)
        #expect(total["cost_usd"] as? Double == 0.000064)
        #expect(total["cost_guide_usd"] as? Double == 0.000054)
    }

    @Test("accepts files, folders and sizes together and adds them up")
    func mixed() throws {
        let photos = Resources.testdata.appending(path: "photos").path
        let run = try CommandRun.imagePreflight(["estimate", photos, "1000x1000", "--format", "json"])
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
        let records = try #require(document["records"] as? [[String: Any]])
        let summary = try #require(document["summary"] as? [String: Any])
        let total = try #require((summary["models"] as? [[String: Any]])?.first)
        #expect(records.count == 14)
        #expect(total["images"] as? Int == 14)
        #expect(total["tokens"] as? Int == records.compactMap { $0["tokens"] as? Int }.reduce(0, +))
    }

    @Test("accepts lists of paths and filters as check does, in the given order")
    func walkOptions() throws {
        let folder = try TemporaryFolder()
        let image = try Data(contentsOf: Resources.testdata.appending(path: "photos/valley-360x270.png"))
        for name in ["in/a.png", "in/b.png", "in/.c.png"] { try folder.write(name, image) }
        func paths(_ arguments: [String], input: String = "") throws -> [String?] {
            let run = try CommandRun.imagePreflight(
                ["estimate"] + arguments, input: Array(input.utf8), in: folder.path)
            #expect(run.status == 0, "\(run.errorText)")
            return try run.records().map { $0["path"] as? String }
        }
        #expect(try paths(["--files-from", "-"], input: "in/b.png\nin/a.png\n") == ["in/b.png", "in/a.png"])
        #expect(try paths(["--files-from", "-", "--null"], input: "in/b.png\0") == ["in/b.png"])
        #expect(try paths(["10x10", "in", "--exclude", "a*", "--hidden"]) == [nil, "in/.c.png", "in/b.png"])
    }

    @Test(
        "gives the same records in the same order on any number of threads, including sizes",
        arguments: ["1", "7"])
    func jobs(count: String) throws {
        let testdata = Resources.testdata
        let run = try CommandRun.imagePreflight(
            [
                "estimate", "photos", "99x99", "limits/small", "formats", "--jobs", count, "--progress",
                "never",
                "--model", "claude-haiku-5-5", "--model", "claude-opus-4-5",
            ], in: testdata.path)
        let records = try run.records()
        let checked = try CommandRun.imagePreflight(
            ["check", "photos", "limits/small", "formats", "--jobs", "1"], in: testdata.path
        ).records().compactMap { $0["path"] as? String }
        #expect(checked.count > 64, "more than one batch")
        let photos = checked.prefix { $0.hasPrefix("photos/") }
        let paths: [String?] = photos.map { $0 } + [nil] + checked.dropFirst(photos.count).map { $0 }
        #expect(records.map { $0["path"] as? String } == paths.flatMap { [$0, $0] })
        #expect(
            records.map { $0["model"] as? String }
                == paths.flatMap { _ in ["claude-haiku-5-5", "claude-opus-4-5"] })
    }

    @Test("with --strict a warning makes the run fail")
    func strict() throws {
        #expect(try CommandRun.imagePreflight(["estimate", "9000x100"]).status == 1)
        #expect(try CommandRun.imagePreflight(["estimate", "7000x300"]).status == 0)
        #expect(try CommandRun.imagePreflight(["estimate", "7000x300", "--strict"]).status == 1)
        #expect(try CommandRun.imagePreflight(["estimate", "1000x1000", "--strict"]).status == 0)
    }

    @Test("uses the prices of a catalog file")
    func catalogFile() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "catalog.json",
            Array(
                """
                {"extends": "built-in", "date": "2030-01-01", "models": [{"id": "claude-test", "tier": "standard",
                "context_window": 200000, "overhead_tokens_per_image": 3, "state": "active",
                "prices": [{"above_prompt_tokens": 0, "input": 1000, "output": 1, "cache_write_5m": 1,
                "cache_write_1h": 1, "cache_read": 1}]}]}
                """.utf8))
        let run = try CommandRun.imagePreflight([
            "estimate", "100x100", "--model", "claude-test", "--catalog", file,
        ])
        #expect(run.status == 0, "\(run.errorText)")
        #expect(try run.records().first?["cost_usd"] as? Double == 0.016)
    }

    @Test("reports where there is no fast mode and refuses unknown terms")
    func missingTerms() throws {
        let fast = try CommandRun.imagePreflight(["estimate", "1000x1000", "--fast"])
        #expect(fast.status == 0)
        #expect(fast.errorText.contains("claude-sonnet-5-5 has no fast mode"))
        let opus = try CommandRun.imagePreflight(
            ["estimate", "1000x1000", "--fast", "--model", "claude-opus-5-5"])
        #expect(!opus.errorText.contains("fast"))
        let old = try CommandRun.imagePreflight(
            ["estimate", "1000x1000", "--us-only", "--model", "claude-opus-4-5"])
        #expect(old.status == 2 && old.errorText.contains("claude-opus-4-5 has no US-only inference"))
        let bedrock = try CommandRun.imagePreflight(
            ["estimate", "1000x1000", "--us-only", "--platform", "bedrock"])
        #expect(bedrock.status == 2 && bedrock.errorText.contains("Amazon Bedrock"))
        let batch = try CommandRun.imagePreflight(["estimate", "10x10", "--batch", "--platform", "foundry"])
        #expect(batch.status == 2 && batch.errorText.contains("does not accept batches"))
    }
}
