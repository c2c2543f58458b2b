import Foundation
import TestSupport
import Testing

@Suite("check")
struct CheckTests {
    private static let fields: Set<String> = [
        "path", "format", "media_type", "bytes", "base64_bytes", "width", "height", "orientation",
        "display_width", "display_height", "frames", "frames_exact", "has_alpha", "interlaced", "verdict",
        "sees_width", "sees_height", "tokens", "tokens_guide", "cost_usd", "document_pages",
        "document_tokens_estimate", "text_x_height", "sees_text_x_height", "text_letters", "model",
        "platform", "findings",
    ]

    /// One line of `testdata/expected.jsonl`: what its generator intended.
    private struct Expected: Decodable {
        var path: String
        var bytes: Int?
        var format: String?
        var width: Int?
        var height: Int?
        var orientation: Int?
        var frames: Int?
        var has_alpha: Bool?
        var interlaced: Bool?
        var error: String?
        var deep: Bool?
    }

    private func expectations() throws -> [Expected] {
        let text = try String(
            contentsOf: Resources.testdata.appending(path: "expected.jsonl"), encoding: .utf8)
        return try text.split(separator: "\n").map {
            try JSONDecoder().decode(Expected.self, from: Data($0.utf8))
        }
    }

    @Test("reports for every file of testdata what its generator intended")
    func testdata() throws {
        let run = try CommandRun.imagePreflight(
            ["check", "testdata", "--hidden"], in: Resources.packageRoot.path)
        let records = try run.records()
        let byPath = Dictionary(grouping: records) { $0["path"] as? String ?? "" }
        #expect(run.status == 1)
        #expect(records.allSatisfy { Set($0.keys).isSubset(of: Self.fields) })
        let expectations = try expectations()
        #expect(expectations.count > 400)
        for expected in expectations {
            let comment = Comment(rawValue: expected.path)
            let record = try #require(byPath["testdata/" + expected.path]?.first, comment)
            let codes = (record["findings"] as? [[String: Any]] ?? []).compactMap { $0["code"] as? String }
            if let bytes = expected.bytes { #expect(record["bytes"] as? Int == bytes, comment) }
            if let error = expected.error, expected.deep != true {
                #expect(codes.contains(error), comment)
                #expect(record["verdict"] as? String == "rejected", comment)
                continue
            }
            if expected.error != nil { continue }
            #expect(record["verdict"] as? String != "rejected", comment)
            #expect(record["format"] as? String == expected.format ?? record["format"] as? String, comment)
            if let width = expected.width { #expect(record["width"] as? Int == width, comment) }
            if let height = expected.height { #expect(record["height"] as? Int == height, comment) }
            if let value = expected.orientation { #expect(record["orientation"] as? Int == value, comment) }
            if let value = expected.has_alpha { #expect(record["has_alpha"] as? Bool == value, comment) }
            if let value = expected.interlaced { #expect(record["interlaced"] as? Bool == value, comment) }
            if let frames = expected.frames {
                let isExact = record["frames_exact"] as? Bool == true
                #expect(record["frames"] as? Int == (isExact ? frames : min(frames, 2)), comment)
            }
        }
    }

    @Test("finds with --deep what only decoding can find")
    func deep() throws {
        let run = try CommandRun.imagePreflight(
            ["check", "testdata/bad", "--deep"], in: Resources.packageRoot.path)
        let byPath = Dictionary(grouping: try run.records()) { $0["path"] as? String ?? "" }
        for expected in try expectations() where expected.deep == true && expected.path.hasPrefix("bad/") {
            let findings = byPath["testdata/" + expected.path]?.first?["findings"] as? [[String: Any]] ?? []
            #expect(findings.contains { $0["severity"] as? String == "error" }, "\(expected.path)")
        }
    }

    @Test("gives the same records for any number of workers, in the order of the walk")
    func workers() throws {
        let one = try CommandRun.imagePreflight(
            ["check", "testdata", "--jobs", "1"], in: Resources.packageRoot.path)
        let many = try CommandRun.imagePreflight(
            ["check", "testdata", "--jobs", "7"], in: Resources.packageRoot.path)
        #expect(one.output == many.output)
        let paths = try one.records().compactMap { $0["path"] as? String }
        #expect(paths == paths.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
    }

    @Test("reports the same in every format")
    func formats() throws {
        func run(_ format: String) throws -> CommandRun {
            try CommandRun.imagePreflight(
                ["check", "testdata/photos", "--format", format], in: Resources.packageRoot.path)
        }
        let records = try run("ndjson").records()
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(try run("json").output)) as? [String: Any])
        #expect((document["records"] as? [[String: Any]])?.count == records.count)
        #expect((document["summary"] as? [String: Any])?["images"] as? Int == records.count)
        let csv = try run("csv").text.split(separator: "\r\n")
        #expect(csv.count == records.count + 1)
        #expect(csv.first?.split(separator: ",").map(String.init).sorted() == Self.fields.sorted())
        let table = try run("table").text
        for record in records { #expect(table.contains(record["path"] as? String ?? "?")) }
    }

    @Test("exits with 0, 1 for a refusal, 1 for a warning with --strict, and 2 for an unreadable file")
    func statuses() throws {
        let root = Resources.packageRoot.path
        let good = "testdata/photos/fruit-1092x1092.jpg"
        let warned = "testdata/photos/fruit-2000x2000.jpg"
        #expect(try CommandRun.imagePreflight(["check", good], in: root).status == 0)
        #expect(try CommandRun.imagePreflight(["check", warned], in: root).status == 0)
        #expect(try CommandRun.imagePreflight(["check", "--strict", warned], in: root).status == 1)
        #expect(try CommandRun.imagePreflight(["check", good, "testdata/bad/empty"], in: root).status == 1)
        let missing = try CommandRun.imagePreflight(["check", "nowhere.png", good], in: root)
        #expect(missing.status == 2)
        #expect(try missing.records().count == 1)
        #expect(
            missing.errorText.contains("nowhere.png: the file could not be opened: no such file"))
    }

    @Test("applies the many-image rule, but not at exactly 20 images or exactly 2000 px")
    func manyImages() throws {
        func codes(_ file: String, _ images: Int) throws -> [String] {
            let run = try CommandRun.imagePreflight([
                "check", Resources.testdata.appending(path: "photos/\(file)").path, "--images-per-request",
                "\(images)",
            ])
            let findings = try run.records().first?["findings"] as? [[String: Any]] ?? []
            return findings.compactMap { $0["code"] as? String }
        }
        #expect(try !codes("lake-4000x3000.jpg", 20).contains("I202"))
        #expect(try codes("lake-4000x3000.jpg", 21).contains("I202"))
        #expect(try !codes("fruit-2000x2000.jpg", 21).contains("I202"))
    }

    @Test("compares the base64 text with the byte limit, to the byte")
    func base64Limit() throws {
        let folder = try TemporaryFolder()
        let image = try Data(contentsOf: Resources.testdata.appending(path: "photos/fruit-1092x1092.jpg"))
        // A file of 3,932,160 bytes is exactly 5 MB of base64. Bytes after a JPEG's end are not read.
        for (name, count) in [("at.jpg", 3_932_160), ("over.jpg", 3_932_161)] {
            try folder.write(name, image + Data(count: count - image.count))
        }
        let records = try CommandRun.imagePreflight(["check", folder.path]).records()
        #expect(records.map { $0["base64_bytes"] as? Int } == [5_242_880, 5_242_884])
        #expect(records.map { $0["verdict"] as? String } == ["accepted", "rejected"])
        let finding = try #require((records[1]["findings"] as? [[String: Any]])?.first)
        #expect(finding["code"] as? String == "I203")
        #expect(
            finding["service_error"] as? String
                == "messages.0.content.0.image.source.base64: image exceeds 5 MB maximum: 5242884 bytes > 5242880 bytes"
        )
        let api = try CommandRun.imagePreflight(["check", folder.path, "--platform", "claude-api"])
        #expect(api.status == 0)
    }

    @Test("reads paths from standard input, including ones that are not UTF-8")
    func filesFrom() throws {
        let folder = try TemporaryFolder()
        let image = try Data(contentsOf: Resources.testdata.appending(path: "photos/valley-360x270.png"))
        try folder.write("a b.png", image)
        let odd: [UInt8] = Array(folder.path.utf8) + [0x2F, 0xFF, 0x2E, 0x70, 0x6E, 0x67]
        let descriptor = open(odd.map { CChar(bitPattern: $0) } + [0], O_CREAT | O_WRONLY, 0o644)
        try #require(descriptor >= 0, "this file system refuses such a name")
        close(descriptor)
        let list = Array((folder.path + "/a b.png").utf8) + [0] + odd + [0]
        let records = try CommandRun.imagePreflight(["check", "--files-from", "-", "--null"], input: list)
            .records()
        #expect(records.count == 2)
        #expect(records[0]["verdict"] as? String == "accepted")
        #expect((records[1]["path"] as? String)?.hasSuffix("\u{FFFD}.png") == true)
        #expect(
            (records[1]["path_base64"] as? String).flatMap { Data(base64Encoded: $0) }.map { Array($0) }
                == odd)
    }

    @Test("exits quietly when its reader goes away")
    func closedPipe() throws {
        let program = CommandRun.productsFolder.appending(path: "image-preflight").path
        let run = try CommandRun.run(
            URL(filePath: "/bin/bash"),
            ["-c", "'\(program)' check testdata -q | head -1; echo ${PIPESTATUS[0]}"],
            in: Resources.packageRoot.path)
        #expect(run.text.split(separator: "\n").last == "0" || run.text.split(separator: "\n").last == "1")
        #expect(run.errorText.isEmpty)
    }

    @Test("gives libvips' size for real files", .enabled(if: Resources.hasShared))
    func corpus() throws {
        let run = try CommandRun.imagePreflight(["check", Resources.shared.appending(path: "corpus").path])
        #expect(run.status == 1)
        #expect(try run.records().count > 100)
        #expect(try run.records().allSatisfy { $0["verdict"] != nil })
    }
}
