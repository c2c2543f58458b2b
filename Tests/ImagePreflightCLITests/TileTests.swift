import Foundation
import TestSupport
import Testing

/// Tall pages as BMP files with one bit per px, which need no encoder: lines of marks with gaps between them.
enum TallPage {
    static func bmp(width: Int = 64, height: Int = 4000, seed: Int = 0) -> [UInt8] {
        let stride = (width + 31) / 32 * 4
        let offset = 62
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        var file = Array("BM".utf8) + little(offset + stride * height, 4) + little(0, 4) + little(offset, 4)
        file += little(40, 4) + little(width, 4) + little(-height, 4) + little(1, 2) + little(1, 2)
        file += [UInt8](repeating: 0, count: 16) + little(2, 4) + little(0, 4)
        file += [255, 255, 255, 0, 0, 0, 0, 0]
        for y in 0..<height {
            // Ten rows of marks, eight of white.
            let mark = y % 18 < 10 ? UInt8(truncatingIfNeeded: 0x5A &+ (y / 18 &+ seed) &* 7) | 0x10 : 0
            file += [UInt8](repeating: mark, count: stride)
        }
        return file
    }
}

@Suite("prepare --tile")
struct TileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ arguments: [String]) throws -> CommandRun {
        try CommandRun.imagePreflight(arguments, in: folder.path)
    }

    private func prepare(_ arguments: String..., into output: String = "out") throws -> CommandRun {
        try run(["prepare", "in", "-o", output, "--tile"] + arguments)
    }

    private func tree(_ output: String) throws -> [String: [UInt8]] {
        let names = try folder.files().filter { $0.hasPrefix(output + "/") }
        return try Dictionary(
            uniqueKeysWithValues: names.map { (String($0.dropFirst(output.count)), try folder.read($0)) })
    }

    private func tiles(_ row: [String: Any]) -> [[String: Any]] { row["tiles"] as? [[String: Any]] ?? [] }

    private func output(_ tile: [String: Any]) -> [String: Any] { tile["output"] as? [String: Any] ?? [:] }

    @Test("a page has one row, with an output and a map per tile; other images are as before")
    func row() throws {
        try folder.write("in/page.bmp", TallPage.bmp())
        try folder.write("in/small.bmp", TallPage.bmp(height: 300))
        let tiled = try prepare()
        #expect(tiled.status == 0, "\(tiled.errorText)")
        #expect(tiled.errorText.contains("1 converted, 1 tiled, 0 refused"))
        let rows = try tiled.records()
        let page = try #require(rows.first)
        #expect(page["action"] as? String == "tiled")
        #expect(page["output"] == nil && page["map"] == nil)
        let tiles = tiles(page)
        let names = ["page.tile-1-of-3.png", "page.tile-2-of-3.png", "page.tile-3-of-3.png"]
        #expect(tiles.map { output($0)["path"] as? String } == names)
        #expect(tiles.map { $0["part"] as? Int } == [1, 2, 3])
        #expect(tiles.allSatisfy { $0["of"] as? Int == 3 })
        var end = 0
        for tile in tiles {
            let map = try #require(tile["map"] as? [String: Any])
            let (top, height) = (map["crop_y"] as? Int ?? -1, map["crop_height"] as? Int ?? -1)
            #expect(top <= end, "no gap between tiles")
            #expect(height == output(tile)["height"] as? Int && height == map["output_height"] as? Int)
            end = top + height
            let name = try #require(output(tile)["path"] as? String)
            #expect(try folder.read("out/" + name).count == output(tile)["bytes"] as? Int)
        }
        #expect(end == 4000)
        let checked = try run(["check", "out", "--include", "*.png"]).records()
        #expect(checked.allSatisfy { $0["verdict"] as? String == "accepted" })

        let usual = try run(["prepare", "in/small.bmp", "-o", "usual"])
        let (small, same) = (try #require(rows.last), try #require(try usual.records().first))
        #expect(small["action"] as? String == "converted")
        #expect(
            (small["output"] as? [String: Any])?["sha256"] as? String
                == (same["output"] as? [String: Any])?["sha256"] as? String)
    }

    @Test("totals are the sums of the tiles, in every format")
    func totals() throws {
        try folder.write("in/page.bmp", TallPage.bmp())
        let run = try prepare("--format", "json")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
        let summary = try #require(object["summary"] as? [String: Any])
        let outputs = tiles(try #require((object["records"] as? [[String: Any]])?.first)).map(output)
        func sum(_ key: String) -> Int { outputs.reduce(0) { $0 + ($1[key] as? Int ?? -1) } }
        #expect(summary["tiled"] as? Int == 1)
        #expect(summary["tokens_after"] as? Int == sum("tokens"))
        #expect(summary["bytes_after"] as? Int == sum("bytes"))
        let cost = outputs.reduce(0) { $0 + ($1["cost_usd"] as? Double ?? -1) }
        #expect(abs((summary["cost_after_usd"] as? Double ?? 0) - cost) < 1e-9)

        let table = try prepare("--overwrite", "--format", "table")
        #expect(table.text.contains("3 tiles") && table.text.contains(" \(sum("tokens")) "))
        let lines = try prepare("--overwrite", "--format", "csv").text.split(separator: "\r\n")
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        #expect(lines.count == 4)
        func column(_ name: String) throws -> [String] {
            let index = try #require(lines.first?.firstIndex(of: name))
            return lines.dropFirst().map { $0[index] }
        }
        #expect(try column("output_path") == outputs.compactMap { $0["path"] as? String })
        #expect(try column("tile_part") == ["1", "2", "3"])
        #expect(try column("tile_of") == ["3", "3", "3"])
        #expect(try column("output_tokens").compactMap { Int($0) }.reduce(0, +) == sum("tokens"))
    }

    @Test("a dry run plans the same number of tiles and writes nothing")
    func dryRun() throws {
        try folder.write("in/page.bmp", TallPage.bmp())
        let planned = try #require(try prepare("--dry-run").records().first)
        #expect(planned["action"] as? String == "tiled")
        #expect(tiles(planned).count == 3 && tiles(planned).allSatisfy { $0["output"] == nil })
        #expect(try folder.files() == ["in/page.bmp"])
    }

    @Test("a worker makes tiles")
    func worker() throws {
        try folder.write("page.bmp", TallPage.bmp())
        let task = #"{"task":"prepare","path":"page.bmp","output_folder":"out"}"#
        let run = try CommandRun.imagePreflight(
            ["worker", "--tile"], input: Array((task + "\n").utf8), in: folder.path)
        #expect(tiles(try #require(try run.records().last)).count == 3)
        #expect(try folder.files().filter { $0.hasPrefix("out/") }.count == 3)
    }

    @Test("--tile-ratio decides which shapes are cut")
    func ratio() throws {
        try folder.write("in/wide.bmp", TallPage.bmp(width: 4000, height: 2100))
        func action(_ arguments: String...) throws -> String? {
            let run = try run(["prepare", "in", "-o", "out", "--dry-run"] + arguments)
            return try run.records().first?["action"] as? String
        }
        #expect(try action("--tile") == "resized")
        #expect(try action("--tile", "--tile-ratio", "1") == "tiled")
        #expect(try action() == "resized")
        for mistake in [["--tile-ratio", "1"], ["--tile", "--tile-ratio", "0"]] {
            #expect(try run(["prepare", "in", "-o", "out"] + mistake).status == 2)
        }
    }

    @Test("the worker command makes tiles; the hook makes one copy and does not accept --tile")
    func otherCommands() throws {
        try folder.write("page.bmp", TallPage.bmp())
        let task = #"{"id":1,"task":"prepare","path":"page.bmp","output_folder":"out"}"# + "\n"
        let worker = try CommandRun.imagePreflight(
            ["worker", "--tile"], input: Array(task.utf8), in: folder.path)
        #expect(worker.text.contains(#""action":"tiled""#))

        let hook = try CommandRun.imagePreflight(["hook", "--tile"], in: folder.path)
        #expect(hook.errorText.contains("Unknown option '--tile'"))
    }

    @Test("worker processes make the same tiles and manifest")
    func isolation() throws {
        try folder.write("in/a.bmp", TallPage.bmp())
        try folder.write("in/b.bmp", TallPage.bmp(width: 4000, height: 64))
        try folder.write("in/c.bmp", TallPage.bmp(height: 200))
        #expect(try prepare("--isolate", into: "1").status == 0)
        #expect(try prepare("--no-isolate", into: "2").status == 0)
        let trees = try [tree("1"), tree("2")]
        #expect(trees[0].count == 1 + 3 + 3 + 1, "\(trees[0].keys.sorted())")
        #expect(trees[0] == trees[1])
    }

    @Test("killed and resumed runs equal an uninterrupted one: half a page does not count")
    func killed() throws {
        for page in 0..<12 { try folder.write("in/\(page).bmp", TallPage.bmp(seed: page)) }
        let (input, output) = (folder.path + "/in", folder.path + "/broken")
        #expect(try run(["prepare", input, "-o", "whole", "--tile"]).status == 0)
        let whole = try tree("whole")
        #expect(whole.count == 12 * 3 + 1)
        let arguments = [
            "prepare", input, "-o", output, "--tile", "--resume", "--quiet", "--jobs", "1",
        ]
        for tileCount in [4, 11, 23] {
            let run = try RunningCommand(arguments)
            // In the middle of the tiles of a page.
            run.wait {
                ((try? folder.files()) ?? []).count { $0.hasPrefix("broken/") && $0.hasSuffix(".png") }
                    >= tileCount
            }
            _ = run.end(SIGKILL)
        }
        #expect(try CommandRun.imagePreflight(arguments).status == 0)
        let broken = try tree("broken")
        #expect(broken.keys.sorted() == whole.keys.sorted())
        for (name, bytes) in whole { #expect(broken[name] == bytes, "\(name)") }
    }

    @Test("--resume keeps a page only if all of its tiles are unchanged")
    func resume() throws {
        for name in ["a", "b", "c"] { try folder.write("in/\(name).bmp", TallPage.bmp()) }
        #expect(try prepare().status == 0)
        let whole = try tree("out")
        func actions() throws -> [String] {
            try prepare("--resume").records().compactMap { $0["action"] as? String }
        }
        #expect(try actions() == ["skipped", "skipped", "skipped"])
        try FileManager.default.removeItem(atPath: folder.path + "/out/b.tile-2-of-3.png")
        try folder.write("out/c.tile-3-of-3.png", [1, 2, 3])
        #expect(try actions() == ["skipped", "tiled", "tiled"])
        #expect(try tree("out") == whole)
    }

    @Test("a foreign file at a tile's path is kept, and no tile of that page is written")
    func foreign() throws {
        try folder.write("in/page.bmp", TallPage.bmp())
        try folder.write("out/page.tile-3-of-3.png", Array("mine".utf8))
        let run = try prepare()
        #expect(run.status == 2)
        #expect(run.errorText.contains("page.tile-3-of-3.png"))
        #expect(try tree("out").keys.sorted() == ["/manifest.jsonl", "/page.tile-3-of-3.png"])
        #expect(try folder.read("out/page.tile-3-of-3.png") == Array("mine".utf8))
        #expect(try prepare("--overwrite").status == 0)
        #expect(try tree("out").count == 4)
    }

    @Test("pages with the same stem and a source named like a tile never share an output")
    func names() throws {
        try folder.write("in/page.bmp", TallPage.bmp(seed: 1))
        try folder.write("in/page.dib.bmp", TallPage.bmp(seed: 2))
        try folder.write("in/page.png", TallPage.bmp(seed: 3))
        try folder.write("in/page.dib.tile-2-of-3.bmp", TallPage.bmp(height: 200))
        let rows = try prepare("--jobs", "1").records()
        let paths = rows.flatMap { row -> [String] in
            let outputs = tiles(row).map(output) + [row["output"] as? [String: Any] ?? [:]]
            return outputs.compactMap { $0["path"] as? String }
        }
        #expect(Set(paths).count == paths.count)
        #expect(paths.contains("page.bmp.tile-1-of-3.png") && paths.contains("page.png.tile-1-of-3.png"))
        // Of the two that collide, the later one is reported and has no tiles at all.
        #expect(rows.count { $0["action"] as? String == "failed" } == 1)
        #expect(try tree("out").count == paths.count + 1)
    }

    @Test("locate finds a tile by path or by source and number, and maps the original to its tiles")
    func locate() throws {
        try folder.write("in/page.bmp", TallPage.bmp())
        let row = try #require(try prepare().records().first)
        let maps = tiles(row).compactMap { $0["map"] as? [String: Any] }
        let tops = maps.compactMap { $0["crop_y"] as? Int }
        func records(_ arguments: String...) throws -> [[String: Any]] {
            let run = try run(["locate", "out/manifest.jsonl", "--format", "ndjson"] + arguments)
            #expect(run.status == 0, "\(run.errorText)")
            return try run.records()
        }
        let byPath = try records("out/page.tile-2-of-3.png", "10", "20")
        #expect(byPath.map { $0["display_y"] as? Double } == [Double(tops[1] + 20)])
        #expect(byPath.first?["tile_part"] as? Int == 2 && byPath.first?["tile_of"] as? Int == 3)
        let byNumber = try records("in/page.bmp", "10", "20", "--tile", "2")
        #expect(byNumber.first?["display_y"] as? Double == Double(tops[1] + 20))

        let back = try records("in/page.bmp", "10", "\(tops[1] + 20)", "--reverse")
        #expect(back.map { $0["tile_part"] as? Int } == [1, 2], "both tiles show it")
        #expect(back.last?["seen_y"] as? Double == 20)
        let top = try records("in/page.bmp", "10", "5", "20", "9", "--reverse")
        #expect(top.map { $0["tile_part"] as? Int } == [1])
        // No tile shows all of this box.
        let box = try records("in/page.bmp", "10", "5", "20", "3990", "--reverse")
        #expect(box.map { $0["tile_part"] as? Int } == [1, 2, 3])

        for (arguments, message) in [
            (["in/page.bmp", "1", "1"], "became 3 images; name one of them: page.tile-1-of-3.png"),
            (["in/page.bmp", "1", "1", "--tile", "4"], "has no tile 4 of 3"),
        ] {
            let run = try run(["locate", "out/manifest.jsonl"] + arguments)
            #expect(run.status == 2 && run.errorText.contains(message), "\(run.errorText)")
        }
    }

    @Test("pack labels tiles with their part and image, from the manifest next to or above them")
    func pack() throws {
        try folder.write("in/sub/a.bmp", TallPage.bmp(height: 200))
        try folder.write("in/sub/b.bmp", TallPage.bmp())
        try folder.write("in/sub/c.bmp", TallPage.bmp(width: 4000, height: 64))
        try folder.write("in/sub/d.bmp", TallPage.bmp(height: 210))
        #expect(try prepare().status == 0)
        func labels(_ arguments: String...) throws -> [String] {
            let run = try run(["pack", "-o", "requests", "--overwrite", "--prompt", "?"] + arguments)
            // The manifest in the folder does not count as a refused image.
            #expect(run.status == 0, "\(run.errorText)")
            let body = try JSONSerialization.jsonObject(
                with: Data(folder.read("requests/request-000001.json")))
            let messages = (body as? [String: Any])?["messages"] as? [[String: Any]]
            let blocks = messages?.first?["content"] as? [[String: Any]]
            return (blocks ?? []).compactMap { $0["text"] as? String }.dropLast()
        }
        let all = try labels("out")
        #expect(all.count == 1 + 3 + 3 + 1)
        #expect(all.first == "Image 1:" && all.last == "Image 4:")
        #expect(all[1].hasPrefix("Image 2, part 1 of 3, rows 0–"))
        #expect(all[3].hasPrefix("Image 2, part 3 of 3, rows ") && all[3].hasSuffix("–4000:"))
        #expect(all[4].hasPrefix("Image 3, part 1 of 3, columns 0–"))
        #expect(try labels("out/sub") == all)
        let lint = try run(["lint", "requests/request-000001.json", "--select", "R"])
        #expect(lint.status == 0)
        #expect(try lint.records().allSatisfy { ($0["findings"] as? [Any])?.isEmpty != false })
        let one = try labels("out/sub/b.tile-2-of-3.png")
        #expect(one.count == 1 && one[0].hasPrefix("Image 1, part 2 of 3, rows "))

        try FileManager.default.moveItem(
            atPath: folder.path + "/out/manifest.jsonl", toPath: folder.path + "/else.jsonl")
        #expect(try labels("out").last == "Image 8:", "no manifest names it")
        #expect(try labels("out", "--manifest", "else.jsonl") == all)
        let missing = try run(["pack", "out", "--dry-run", "--prompt", "?", "--manifest", "nowhere.jsonl"])
        #expect(missing.status == 2 && missing.errorText.contains("nowhere.jsonl"))
    }

    @Test(
        "a foreign manifest.jsonl does not stop pack, and impossible numbers are refused"
    )
    func strangeManifests() throws {
        try folder.write("in/page.bmp", TallPage.bmp())
        #expect(try prepare().status == 0)
        let manifest = String(decoding: try folder.read("out/manifest.jsonl"), as: UTF8.self)
        func status(_ manifest: String) throws -> Int32 {
            try folder.write("out/manifest.jsonl", Array(manifest.utf8))
            return try run(["pack", "out", "--dry-run", "--prompt", "?"]).status
        }
        #expect(try status("{\"a\":1}\n") == 1, "it is left out like any text file")
        for number in ["-5", "9223372036854775807"] {
            for key in ["crop_y", "crop_height", "source_height", "part"] {
                let strange = manifest.replacing(
                    try Regex("\"\(key)\":[0-9]+"), with: "\"\(key)\":\(number)")
                #expect(try status(strange) == 0)
                let located = try run(
                    ["locate", "out/manifest.jsonl", "page.tile-2-of-3.png", "1", "1"])
                let place = "out/manifest.jsonl:1: not a row of a manifest: a number out of range in tiles.0."
                #expect(located.status == 2 && located.errorText.contains(place), "\(located.errorText)")
            }
        }
    }

    @Test("the report counts every tile")
    func report() throws {
        try folder.write("in/page.bmp", TallPage.bmp())
        let row = try #require(try prepare().records().first)
        let tokens = tiles(row).map { output($0)["tokens"] as? Int ?? 0 }.reduce(0, +)
        let run = try run(["report", "out/manifest.jsonl", "-o", "report.html", "-q"])
        #expect(run.status == 0, "\(run.errorText)")
        let html = String(decoding: try folder.read("report.html"), as: UTF8.self)
        let json = try #require(
            html.components(separatedBy: "<script type=\"application/json\" id=\"data\">").last?
                .components(separatedBy: "</script>").first)
        let data = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        let shown = try #require((data?["rows"] as? [[String: Any]])?.first)
        #expect(shown["x"] as? Int == 3)
        #expect(shown["T"] as? Int == tokens)
        #expect(shown["W"] as? Int == 64 && shown["H"] as? Int == 4000)
    }
}
