import Foundation
import TestSupport
import Testing

/// Validates every command's output against the schemas in `Schemas/`, and the reference against the schemas.
@Suite("The records match their documentation")
struct RecordSchemaTests {
    private static let folder = Resources.packageRoot.appending(path: "Schemas")

    private static func schema(_ name: String) throws -> JSONSchema {
        try JSONSchema(file: folder.appending(path: name + ".json"))
    }

    /// Expects records of a kind and returns the keys that were seen.
    @discardableResult
    private func expect(
        _ records: [[String: Any]], _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Set<String> {
        let schema = try Self.schema(name)
        #expect(!records.isEmpty, "no \(name)", sourceLocation: sourceLocation)
        for record in records {
            let defects = try schema.defects(in: record)
            #expect(defects.isEmpty, "\(name): \(record)", sourceLocation: sourceLocation)
        }
        return records.reduce(into: []) { $0.formUnion($1.keys) }
    }

    private func run(_ arguments: [String], input: [UInt8] = [], in folder: String? = nil) throws
        -> [[String: Any]]
    {
        let run = try CommandRun.imagePreflight(
            arguments + ["--format", "ndjson"], input: input, in: folder ?? Resources.testdata.path)
        #expect(run.status < 2, "\(arguments): \(run.errorText)")
        return try run.records()
    }

    @Test("check and estimate, with sound, broken and oddly named files")
    func check() throws {
        let records = try run(["check", "photos", "screenshots", "formats", "bad", "orientation"])
        let keys = try expect(records, "check")
        for key in ["orientation", "frames", "cost_usd", "findings"] { #expect(keys.contains(key)) }
        try expect(try run(["estimate", "photos", "3840x2160", "--all-models"]), "estimate")
        let folder = try TemporaryFolder()
        // “café.png” in Latin-1, which is not UTF-8.
        let name = Array((folder.path + "/caf").utf8) + [0xE9] + Array(".png".utf8) + [0]
        let photos = try FileManager.default.subpathsOfDirectory(
            atPath: Resources.testdata.appending(path: "photos").path)
        let photo = try #require(photos.first { $0.hasSuffix(".jpg") })
        let target = Resources.testdata.appending(path: "photos/" + photo).path
        #expect(symlink(target, name.map { CChar(bitPattern: $0) }) == 0)
        let odd = try expect(try run(["check", "."], in: folder.path), "check")
        #expect(odd.contains("path_base64"))
    }

    @Test("prepare: copies, conversions, tiles, budgets, plans, failures; and locate")
    func prepare() throws {
        let folder = try TemporaryFolder()
        let ready = folder.path + "/ready"
        let rows = try run(["prepare", "photos", "screenshots", "formats", "bad", "-o", ready, "--tile"])
        let keys = try expect(rows, "prepare")
        for key in ["output", "tiles", "map", "error", "source_sha256", "options"] {
            #expect(keys.contains(key), "\(key)")
        }
        let planned = try run([
            "prepare", "photos", "-o", folder.path + "/plan", "--dry-run", "--budget-tokens", "20000",
        ])
        #expect(try expect(planned, "prepare").contains("budget"))
        let hashed = try run([
            "prepare", "photos", "-o", folder.path + "/near", "--near-duplicates", "--deep",
        ])
        #expect(try expect(hashed, "prepare").contains("perceptual_hash"))
        let outputs = rows.compactMap { $0["output"] as? [String: Any] }
        let output = try #require(outputs.first?["path"] as? String)
        let manifest = ready + "/manifest.jsonl"
        try expect(try run(["locate", manifest, output, "10", "10"]), "locate")
        try expect(try run(["locate", manifest, output, "10", "10", "20", "20"]), "locate")
    }

    /// The kind of a lint record, by a field that only it has.
    private func kind(_ record: [String: Any]) -> String {
        record["pointer"] != nil ? "lint-image" : record["text_bytes"] != nil ? "lint-request" : "lint-file"
    }

    @Test("lint, repair and explain, with a request for each rule")
    func requests() throws {
        let folder = Resources.testdata.appending(path: "requests").path
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".json") || $0.hasSuffix(".jsonl") }.filter { $0 != "expected.jsonl" }
            .sorted()
        let records = Dictionary(grouping: try run(["lint"] + files, in: folder), by: kind)
        let keys = try expect(records["lint-image"] ?? [], "lint-image")
        for key in ["custom_id", "format", "findings", "source"] { #expect(keys.contains(key), "\(key)") }
        try expect(records["lint-request"] ?? [], "lint-request")
        let output = try TemporaryFolder()
        var repaired: [[String: Any]] = []
        for file in files where file.hasPrefix("R20") {
            let run = try CommandRun.imagePreflight(
                ["repair", file, "-o", output.path + "/" + file, "--format", "ndjson"], in: folder)
            repaired += try run.records()
        }
        let thinking = try #require(files.first { $0.hasPrefix("R407") && !$0.contains(".ok.") })
        for policy in ["keep", "strip", "drop-block"] {
            let run = try CommandRun.imagePreflight(
                [
                    "repair", thinking, "-o", output.path + "/" + policy, "--thinking", policy, "--format",
                    "ndjson",
                ], in: folder)
            repaired += try run.records()
        }
        #expect(try expect(repaired, "repair").contains("output"))
        #expect(
            Set(repaired.compactMap { $0["action"] as? String }).isSuperset(
                of: ["relabel", "rewrite", "reencode", "keep", "strip", "drop-block", "none"]))
        let text = "messages.0.content.0.image.source.base64: invalid base64 data\nrequest_too_large"
        let bad = try #require(files.first { $0.hasPrefix("R204") && !$0.contains(".ok.") })
        let explained = try run(["explain", text, "--request", bad], in: folder)
        try expect(explained, "explain")
        #expect(explained.contains { ($0["places"] as? [Any])?.isEmpty == false })
    }

    @Test("pack, as requests and as batches")
    func pack() throws {
        let folder = try TemporaryFolder()
        let single = try run(["pack", "photos", "-o", folder.path + "/single", "--prompt", "What is this?"])
        try expect(single, "pack")
        let document = try run(["pack", "formats/convertible/page.pdf", "--dry-run", "--prompt", "?"])
        #expect(try expect(document, "pack").contains("document_pages"))
        let batch = try run([
            "pack", "photos", "-o", folder.path + "/batch", "--prompt", "What is this?", "--as", "batch",
        ])
        #expect(try expect(batch, "pack").contains("custom_id"))
    }

    @Test("models, platforms and rules, with every optional field")
    func tables() throws {
        for (command, name) in [("models", "model"), ("platforms", "platform"), ("rules", "rule")] {
            let keys = try expect(try run([command]), name)
            #expect(keys == Set(try Self.schema(name).propertyNames))
        }
    }

    @Test("the reference names every field of every schema")
    func reference() throws {
        let page = try String(
            contentsOf: Resources.packageRoot.appending(
                path: "Sources/ImagePreflight/Documentation.docc/Records.md"), encoding: .utf8)
        for file in try FileManager.default.contentsOfDirectory(atPath: Self.folder.path) {
            let name = String(file.dropLast(".json".count))
            let section = try #require(
                page.components(separatedBy: "\n## ").first { $0.contains("Schema: `\(file)`.") }, "\(file)")
            for property in try Self.schema(name).propertyNames {
                #expect(section.contains("| `\(property)` |"), "\(name).\(property)")
            }
        }
    }

    @Test("the validator finds missing, unknown, mistyped and out-of-range values")
    func validator() throws {
        let schema = try Self.schema("finding")
        let sound: [String: Any] = ["code": "I201", "name": "n", "severity": "error", "message": "m"]
        #expect(try schema.defects(in: sound).isEmpty)
        for (key, value) in [("more", 1), ("measured", "x"), ("measured", 1.5), ("severity", "fatal")]
            as [(String, Any)]
        {
            #expect(try schema.defects(in: sound.merging([key: value]) { $1 }).count == 1, "\(key)")
        }
        #expect(try schema.defects(in: sound.filter { $0.key != "code" }) == ["$.code: missing"])
        #expect(try Self.schema("tile").defects(in: ["part": 0, "of": 1, "map": [:]]).count == 10)
    }
}
