import Foundation
import TestSupport
import Testing

@Suite("Duplicates in folders")
struct DuplicateCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func copy(_ source: String, _ name: String) throws {
        try folder.write("in/" + name, try Data(contentsOf: Resources.testdata.appending(path: source)))
    }

    private func run(_ arguments: String...) throws -> CommandRun {
        try CommandRun.imagePreflight(arguments + ["--format", "ndjson", "--quiet"], in: folder.path)
    }

    /// The file that each file is reported to duplicate.
    private func duplicates(_ run: CommandRun) throws -> [String: String] {
        var result: [String: String] = [:]
        for record in try run.records() {
            let path = (record["source"] as? [String: Any])?["path"] ?? record["path"]
            let findings = (record["findings"] as? [[String: Any]] ?? []).filter {
                $0["code"] as? String == "I501"
            }
            #expect(findings.count <= 1)
            if let finding = findings.first, let path = path as? String {
                #expect(finding["severity"] as? String == "warning")
                result[String(path.dropFirst(3))] = finding["message"] as? String
            }
        }
        return result
    }

    @Test("check and prepare find identical bytes and hard links, in the order of the input")
    func exact() throws {
        for name in ["b.png", "a.png", "c/d.png"] { try copy("photos/valley-360x270.png", name) }
        try copy("formats/gif/static.gif", "e.gif")
        try FileManager.default.linkItem(atPath: folder.path + "/in/e.gif", toPath: folder.path + "/in/f.gif")
        // The same length and header as e.gif, but other bytes.
        var other = try folder.read("in/e.gif")
        other[other.count - 3] ^= 1
        try folder.write("in/g.gif", other)
        // Files that are not images are not compared.
        try folder.write("in/x.txt", Array("no image".utf8))
        try folder.write("in/y.txt", Array("no image".utf8))
        let expected = [
            "b.png": "the same bytes as in/a.png", "c/d.png": "the same bytes as in/a.png",
            "f.gif": "the same file as in/e.gif",
        ]
        let check = try run("check", "--duplicates", "in", "--jobs", "3")
        #expect(try duplicates(check) == expected)
        #expect(check.status == 1, "the text files are refused")
        #expect(try run("check", "--duplicates", "in", "--jobs", "1").output == check.output)
        #expect(try duplicates(run("check", "in")).isEmpty)
        #expect(try run("check", "--duplicates", "--strict", "in/a.png", "in/b.png").status == 1)
        #expect(try run("check", "--strict", "in/a.png", "in/b.png").status == 0)

        let prepare = try run("prepare", "in", "-o", "out", "--jobs", "3")
        #expect(try duplicates(prepare) == expected)
        #expect(try folder.read("out/manifest.jsonl") == prepare.output)
        try FileManager.default.removeItem(atPath: folder.path + "/in/a.png")
        let resumed = try run("prepare", "in", "-o", "out", "--resume")
        #expect(
            try duplicates(resumed) == ["c/d.png": "the same bytes as in/b.png", "f.gif": expected["f.gif"]])
        #expect(try resumed.records().count { $0["action"] as? String == "skipped" } == 5)
    }

    @Test("the same picture in another size, quality or format is found; a different picture is not")
    func near() throws {
        let names = [
            "photos/fruit-1092x1092.jpg", "photos/valley-360x270.png", "screenshots/logo-800x800.png",
        ]
        for (index, name) in names.enumerated() { try copy(name, "\(index)" + String(name.suffix(4))) }
        try copy("orientation/jpeg-portrait-5-big-endian.jpg", "5.jpg")
        try copy("orientation/jpeg-portrait-1-big-endian.jpg", "6.jpg")
        // The same, resized and recompressed by image-preflight, and a format that only libvips decodes.
        _ = try run("prepare", "in/0.jpg", "-o", "small", "--max-edge", "300", "--quality", "30")
        try folder.write("in/7.jpg", try folder.read("small/0.jpg"))
        _ = try run("prepare", "in/1.png", "-o", "webp", "--max-edge", "200", "--output-format", "webp")
        try folder.write("in/8.webp", try folder.read("webp/1.webp"))
        let check = try run("check", "--deep", "--near-duplicates", "in", "--jobs", "3")
        let found = try duplicates(check)
        #expect(found.keys.sorted() == ["6.jpg", "7.jpg", "8.webp"])
        #expect(found["6.jpg"]?.hasPrefix("looks like in/5.jpg: ") == true)
        #expect(found["7.jpg"]?.hasPrefix("looks like in/0.jpg: ") == true)
        #expect(found["8.webp"]?.hasPrefix("looks like in/1.png: ") == true)
        #expect(try run("check", "--deep", "--near-duplicates", "in", "--jobs", "1").output == check.output)

        let isolated = try run("prepare", "in", "-o", "out", "--near-duplicates", "--jobs", "3")
        #expect(try duplicates(isolated) == found)
        #expect(
            try run("prepare", "in", "-o", "same", "--near-duplicates", "--no-isolate").output
                == isolated.output)
        try folder.write(
            "tall/1.png",
            Data(contentsOf: Resources.testdata.appending(path: "screenshots/page-1440x4000.png")))
        _ = try run(
            "prepare", "tall", "-o", "webp", "--overwrite", "--output-format", "webp", "--fit", "limits")
        try folder.write("tall/2.webp", try folder.read("webp/1.webp"))
        let tiled = try run("prepare", "tall", "-o", "tiles", "--near-duplicates", "--tile")
        #expect(try tiled.records().map { $0["action"] as? String } == ["tiled", "tiled"])
        #expect(try duplicates(tiled).values.map { $0.prefix(22) } == ["looks like tall/1.png:"])
        let hashes = try isolated.records().compactMap { $0["perceptual_hash"] as? String }
        #expect(hashes.count == 7 && hashes.allSatisfy { $0.count == 64 })
        let resumed = try run("prepare", "in", "-o", "out", "--near-duplicates", "--resume")
        #expect(try duplicates(resumed) == found)
        #expect(try folder.read("out/manifest.jsonl") == isolated.output)
    }

    @Test("a list from a pipe is processed twice, and --near-duplicates requires --deep")
    func usage() throws {
        for name in ["a.png", "b.png"] { try copy("photos/valley-360x270.png", name) }
        let program = CommandRun.productsFolder.appending(path: "image-preflight").path
        let piped = try CommandRun.run(
            URL(filePath: "/bin/sh"),
            ["-c", "ls in/*.png | '\(program)' check --duplicates --files-from - --format ndjson"],
            in: folder.path)
        #expect(try duplicates(piped) == ["b.png": "the same bytes as in/a.png"])
        let refused = try run("check", "--near-duplicates", "in")
        #expect(refused.status == 2)
        #expect(refused.errorText.contains("--deep"))
    }
}
