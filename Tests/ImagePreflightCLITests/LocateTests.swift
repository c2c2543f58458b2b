import TestSupport
import Testing

@Suite("locate")
struct LocateCommandTests {
    /// A manifest with one rotated image of 4032×3024 stored px that became 951×1268.
    private func manifest(_ folder: TemporaryFolder) throws -> String {
        let row = #"""
            {"source":{"path":"photos/a.jpg","verdict":"accepted","model":"claude-opus-4-5"},\#
            "output":{"path":"photos/a.jpg","format":"jpeg","bytes":10,"width":951,"height":1268,"tokens":1564,\#
            "tokens_guide":1608,"cost_usd":0.0078},"action":"resized","map":{"source_width":4032,\#
            "source_height":3024,"orientation":6,"crop_x":0,"crop_y":0,"crop_width":3024,"crop_height":4032,\#
            "output_width":951,"output_height":1268}}
            {"source":{"path":"photos/gone.jpg"},"action":"failed","error":"the file is empty"}

            """#
        return try folder.write("ready/manifest.jsonl", Array(row.utf8))
    }

    @Test(
        "the output's manifest path, its path on disk and the source all name the image",
        arguments: ["photos/a.jpg", "ready/photos/a.jpg", "ready/../photos/./a.jpg"])
    func names(file: String) throws {
        let folder = try TemporaryFolder()
        let run = try CommandRun.imagePreflight(
            ["locate", try manifest(folder), file, "951", "1268", "--format", "ndjson"], in: folder.path)
        #expect(run.status == 0, "\(run.errorText)")
        let record = try #require(try run.records().first)
        #expect(record["display_x"] as? Double == 3024)
        #expect(record["display_y"] as? Double == 4032)
        #expect(record["stored_x"] as? Double == 4032)
        #expect(record["stored_y"] as? Double == 0)
        #expect(record["seen_x2"] == nil)
    }

    @Test("a box keeps its corners in order through a rotation, and --reverse restores it")
    func box() throws {
        let folder = try TemporaryFolder()
        let manifest = try manifest(folder)
        let there = try CommandRun.imagePreflight(
            ["locate", manifest, "photos/a.jpg", "0", "0", "475.5", "317", "--format", "ndjson"])
        let record = try #require(try there.records().first)
        #expect(record["display_x2"] as? Double == 1512)
        #expect(record["display_y2"] as? Double == 1008)
        #expect(record["stored_x"] as? Double == 0)
        #expect(record["stored_y"] as? Double == 1512)
        #expect(record["stored_x2"] as? Double == 1008)
        #expect(record["stored_y2"] as? Double == 3024)
        let back = try CommandRun.imagePreflight(
            [
                "locate", manifest, "photos/a.jpg", "0", "1512", "1008", "3024", "--reverse", "--stored",
                "--format", "ndjson",
            ])
        let backRecord = try #require(try back.records().first)
        #expect(backRecord["seen_x"] as? Double == 0)
        #expect(backRecord["seen_y"] as? Double == 0)
        #expect(backRecord["seen_x2"] as? Double == 475.5)
        #expect(backRecord["seen_y2"] as? Double == 317)
    }

    @Test("points outside are clamped; negative numbers go after --")
    func clamping() throws {
        let folder = try TemporaryFolder()
        let run = try CommandRun.imagePreflight(
            ["locate", "--format", "ndjson", "--", try manifest(folder), "photos/a.jpg", "-5", "99999"])
        let record = try #require(try run.records().first, "\(run.errorText)")
        #expect(record["seen_x"] as? Double == 0)
        #expect(record["seen_y"] as? Double == 1268)
        #expect(record["display_y"] as? Double == 4032)
    }

    @Test("every format shows the point", arguments: ["table", "json", "csv"])
    func formats(format: String) throws {
        let folder = try TemporaryFolder()
        let run = try CommandRun.imagePreflight(
            ["locate", try manifest(folder), "photos/a.jpg", "475.5", "634", "--format", format])
        #expect(run.status == 0)
        #expect(run.text.contains("1512") && run.text.contains("2016"))
    }

    @Test(
        "invalid input exits with 2 and says what is wrong",
        arguments: [
            (["photos/b.jpg", "1", "1"], "has no row of photos/b.jpg"),
            (["photos/gone.jpg", "1", "1"], "was not prepared: the file is empty"),
            (["photos/a.jpg", "1"], "X Y"), (["photos/a.jpg", "1", "1", "1"], "X Y"),
            (["photos/a.jpg", "nan", "1"], "must be numbers"),
            (["photos/a.jpg", "1", "1", "--stored"], "--reverse"),
            (["photos/a.jpg", "1", "1", "--model", "claude-nonsense"], "claude-nonsense"),
        ])
    func mistakes(arguments: [String], message: String) throws {
        let folder = try TemporaryFolder()
        let run = try CommandRun.imagePreflight(["locate", try manifest(folder)] + arguments)
        #expect(run.status == 2)
        #expect(run.text.isEmpty)
        #expect(run.errorText.contains(message), "\(run.errorText)")
    }

    @Test("a bad line is reported by its number")
    func badLine() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("m.jsonl", Array("{}\n".utf8))
        let run = try CommandRun.imagePreflight(["locate", path, "a", "1", "1"])
        #expect(run.status == 2)
        #expect(run.errorText.contains("m.jsonl:1: "))
    }
}
