import Foundation
import TestSupport
import Testing

@Suite("report")
struct ReportTests {
    /// The smallest PNG, 1×1 px of gray.
    private static let png: [UInt8] = Array(
        Data(
            base64Encoded:
                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
        ) ?? Data())

    /// Prepares some files and returns the folder that contains `ready/manifest.jsonl`.
    private func prepared(_ names: [String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in names { try folder.write("in/" + name, Self.png) }
        let run = try CommandRun.imagePreflight(["prepare", "in", "-o", "ready", "-q"], in: folder.path)
        #expect(run.status == 0, "\(run.errorText)")
        return folder
    }

    private func report(_ folder: TemporaryFolder, _ arguments: String...) throws -> String {
        let run = try CommandRun.imagePreflight(
            ["report", "ready/manifest.jsonl", "-o", "report.html", "-q"] + arguments, in: folder.path)
        #expect(run.status == 0, "\(run.errorText)")
        #expect(run.text.isEmpty && run.errorText.isEmpty)
        return String(decoding: try folder.read("report.html"), as: UTF8.self)
    }

    /// The contents of the elements of a page that hold JSON.
    private func data(_ html: String, id: String) throws -> Any {
        let parts = html.components(separatedBy: "<script type=\"application/json\" id=\"\(id)\">")
        let json = try #require(parts.last?.components(separatedBy: "</script>").first)
        return try JSONSerialization.jsonObject(with: Data(json.utf8))
    }

    @Test("the page loads nothing and runs only its own script")
    func selfContained() throws {
        let html = try report(try prepared(["a.png"]))
        #expect(html.contains("default-src 'none'"))
        #expect(!html.contains("unsafe-inline"))
        #expect(html.components(separatedBy: "script-src 'sha256-").count == 2)
        // The SVG namespace is not an address that is fetched.
        let addresses = html.replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
        #expect(!addresses.contains("http://") && !addresses.contains("https://"))
        #expect(!html.contains("{{"))
    }

    @Test("names that contain markup, templates or script end tags stay text")
    func hostileNames() throws {
        let names = [
            "<img src=x onerror=alert(1)>.png", "a</script><script>alert(2)</script>.png",
            "<!--<script>.png", "{{{title}}}.png",
        ]
        let html = try report(try prepared(names))
        #expect(!html.contains("<img src=x"))
        #expect(!html.contains("<script>alert"))
        #expect(!html.contains("<!--"))
        let rows = try #require((try data(html, id: "data") as? [String: Any])?["rows"] as? [[String: Any]])
        #expect(Set(rows.compactMap { $0["p"] as? String }) == Set(names.map { "in/" + $0 }))
    }

    @Test("a combining mark does not hide markup in the name of the folder")
    func hostileTitle() throws {
        let folder = try prepared(["a.png"])
        let title = "<\u{338}img src=x>"
        try FileManager.default.moveItem(
            atPath: folder.path + "/ready", toPath: "\(folder.path)/\(title)")
        let run = try CommandRun.imagePreflight(
            ["report", title + "/manifest.jsonl", "-o", "report.html", "-q"], in: folder.path)
        #expect(run.status == 0, "\(run.errorText)")
        let html = String(decoding: try folder.read("report.html"), as: UTF8.self)
        #expect(!html.utf8.contains("<\u{338}".utf8))
        #expect(html.contains("<h1>&lt;\u{338}img src=x&gt;</h1>"))
    }

    @Test("a command for the shell quotes what the shell would read")
    func shellWords() throws {
        let folder = try prepared(["it's $(x).png", "plain.png"])
        let html = try report(folder)
        let rows = try #require((try data(html, id: "data") as? [String: Any])?["rows"] as? [[String: Any]])
        #expect(rows.map { $0["q"] as? String } == [#"'in/it'\''s $(x).png'"#, nil])
    }

    @Test("pictures are included, or left out if they are not wanted or not found")
    func pictures() throws {
        let folder = try prepared(["a.png", "b.png"])
        let first = try #require(try data(try report(folder), id: "pictures-0") as? [[String]])
        // A copy shows the picture of its original.
        #expect(first.count == 2)
        #expect(first.allSatisfy { $0[0].hasPrefix("/9j/") && $0[1] == "=" })
        try FileManager.default.removeItem(atPath: folder.path + "/in/a.png")
        let second = try #require(try data(try report(folder), id: "pictures-0") as? [[String]])
        #expect(second[0][0].isEmpty && second[0][1].hasPrefix("/9j/"), "the prepared image is still there")
        #expect(second[1] == first[1])
        #expect(!(try report(folder, "--thumbnails", "none")).contains("pictures-0"))
    }

    @Test("shows a file outside the manifest's folder only if its hash matches")
    func foreignManifest() throws {
        let folder = try prepared(["a.png"])
        let photo = Resources.testdata.appending(path: "photos/valley-360x270.png")
        try folder.write("secret.png", Data(contentsOf: photo))
        let manifest = String(decoding: try folder.read("ready/manifest.jsonl"), as: UTF8.self)
        func pictures(_ manifest: String, _ arguments: String...) throws -> [Bool] {
            try folder.write("ready/manifest.jsonl", manifest.utf8)
            let run = try CommandRun.imagePreflight(
                ["report", "ready/manifest.jsonl", "-o", "report.html", "-q"] + arguments, in: folder.path)
            #expect(run.status == 0, "\(run.errorText)")
            let html = String(decoding: try folder.read("report.html"), as: UTF8.self)
            let block = try data(html, id: "pictures-0") as? [[String]]
            return try #require(block?.first).map { !$0.isEmpty }
        }
        #expect(try pictures(manifest) == [true, true])
        let original = manifest.replacing("\"path\":\"in/a.png\"", with: "\"path\":\"secret.png\"")
        #expect(try pictures(original) == [false, true])
        let output = manifest.replacing("\"path\":\"a.png\"", with: "\"path\":\"../secret.png\"")
            .replacing("\"copied\"", with: "\"resized\"")
        #expect(try pictures(output) == [true, false])
        let link = "ready/link.png"
        #expect(symlink("../secret.png", "\(folder.path)/\(link)") == 0)
        let linked = manifest.replacing("\"path\":\"a.png\"", with: "\"path\":\"link.png\"")
            .replacing("\"copied\"", with: "\"resized\"")
        #expect(try pictures(linked) == [true, false])
        #expect(try pictures(original, "--trust-paths") == [true, true])
        #expect(try pictures(output, "--trust-paths") == [true, true])
    }

    @Test("the same manifest gives the same page, complete or not at all")
    func sameBytes() throws {
        let folder = try prepared(["a.png", "b.png", "c.png"])
        let first = try report(folder, "--jobs", "1")
        #expect(try report(folder, "--jobs", "3") == first)
        #expect(try folder.files().filter { $0.contains(".image-preflight") }.isEmpty)
    }

    @Test("rows beyond the memory limit are all present and in order, and leave no temporary file")
    func manyRows() throws {
        let folder = try prepared(["a.png"])
        let row = String(decoding: try folder.read("ready/manifest.jsonl"), as: UTF8.self)
        // In the page, `<` takes six bytes.
        let names = (0..<400).map { "in/\($0) é" + String(repeating: "<", count: 600) + ".png" }
        let rows = names.map { row.replacingOccurrences(of: "in/a.png", with: $0) }
        try folder.write("ready/manifest.jsonl", Array(rows.joined().utf8))
        let html = try report(folder, "--thumbnails", "none")
        let data = try #require(try data(html, id: "data") as? [String: Any])
        let listed = try #require(data["rows"] as? [[String: Any]])
        #expect(listed.map { $0["p"] as? String } == names)
        #expect(html.utf8.count > 1 << 20)
        #expect(try folder.files().filter { $0.contains(".image-preflight") }.isEmpty)
    }

    @Test("a list too long for pictures is shown without them, and the page says so")
    func noRoomForPictures() throws {
        let folder = try prepared(["a.png"])
        #expect(try report(folder).contains("id=\"pictures-0\""))
        // Each of them takes six bytes in the page.
        let long = String(repeating: "&", count: 10_000_000)
        let row = #"{"source":{"path":"long.png"},"action":"failed","findings":[],"error":"\#(long)"}"# + "\n"
        let rows = try folder.read("ready/manifest.jsonl") + Array(row.utf8)
        try folder.write("ready/manifest.jsonl", rows)
        let html = try report(folder)
        #expect(html.contains("Made without pictures: the list alone takes this file over 58 MB."))
        #expect(!html.contains("id=\"pictures-0\""))
    }

    @Test("an empty manifest gives a page")
    func empty() throws {
        let folder = try TemporaryFolder()
        try folder.write("ready/manifest.jsonl")
        #expect(try report(folder).contains("No rule has anything to say"))
    }

    @Test("invalid input exits with 2 and leaves no page")
    func mistakes() throws {
        let folder = try TemporaryFolder()
        try folder.write("bad.jsonl", Array("{\"source\":1}\n".utf8))
        try folder.write("good.jsonl")
        for arguments in [
            ["missing.jsonl", "-o", "x.html"], ["bad.jsonl", "-o", "x.html"], ["good.jsonl"],
            ["good.jsonl", "-o", "none/x.html"], ["good.jsonl", "-o", "x.html", "--thumbnails", "huge"],
            ["good.jsonl", "-o", "x.html", "--thumbnails", "4"], ["good.jsonl", "-o", "./good.jsonl"],
        ] {
            let run = try CommandRun.imagePreflight(["report"] + arguments, in: folder.path)
            #expect(run.status == 2, "\(arguments)")
            #expect(!run.errorText.isEmpty)
        }
        #expect(try folder.files() == ["bad.jsonl", "good.jsonl"])
    }

    // MARK: - What prepare prints at the end

    /// Prepares one image into a folder whose name needs quotes.
    private static func prepare(_ arguments: [String], in folder: TemporaryFolder) throws -> CommandRun {
        try folder.write(
            "in/a.png", Data(contentsOf: Resources.testdata.appending(path: "photos/valley-360x270.png")))
        return try CommandRun.imagePreflight(
            ["prepare", "in", "-o", "it's ready"] + arguments, in: folder.path)
    }

    @Test(
        "prepare ends with the command that makes this run's report",
        arguments: [[], ["--manifest", "rows.jsonl"], ["--shard", "1/1"]])
    func nextStep(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let run = try Self.prepare(["--format", "table"] + arguments, in: folder)
        #expect(run.status == 0)
        // The last line is the summary, as always.
        let line = try #require(run.errorText.split(separator: "\n").dropLast().last)
        let command = try #require(line.firstRange(of: "image-preflight report ")).lowerBound
        #expect(!run.text.contains("image-preflight report"))
        // As a shell reads it, with the built command on its path.
        let shell = try CommandRun.run(
            URL(filePath: "/bin/sh"), ["-c", String(line[command...])], in: folder.path,
            environment: ["PATH": CommandRun.productsFolder.path + ":/usr/bin:/bin"])
        #expect(shell.status == 0, "\(line): \(shell.errorText)")
        let page = try String(contentsOfFile: folder.path + "/report.html", encoding: .utf8)
        // Two pictures: before and after.
        #expect(page.contains("data:image/jpeg;base64,"))
    }

    @Test(
        "prepare does not mention reports in output for programs or if nothing was written",
        arguments: [
            ["--format", "ndjson"], ["--format", "csv"], ["--format", "json"],
            ["--format", "table", "--quiet"],
            ["--format", "table", "--dry-run"],
        ])
    func noNextStep(arguments: [String]) throws {
        let run = try Self.prepare(arguments, in: TemporaryFolder())
        #expect(run.status == 0)
        #expect(!(run.text + run.errorText).contains("image-preflight report"))
    }
}
