import Foundation
import TestSupport
import Testing

@Suite("One image from a pipe")
struct PipeTests {
    private func testdata(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: Resources.testdata.appending(path: name)))
    }

    private func run(_ arguments: String..., input: [UInt8], in folder: TemporaryFolder) throws -> CommandRun
    {
        try CommandRun.imagePreflight(arguments, input: input, in: folder.path)
    }

    @Test("check and estimate report the same as for the file, except for its path")
    func check() throws {
        let folder = try TemporaryFolder()
        for (name, status) in [("photos/lake-4000x3000.jpg", 0), ("formats/convertible/page.pdf", 1)] {
            let bytes = try testdata(name)
            let file = Resources.testdata.appending(path: name).path
            for deep in [[], ["--deep"]] {
                let piped = try CommandRun.imagePreflight(["check", "-"] + deep, input: bytes)
                let named = try CommandRun.imagePreflight(["check", file] + deep)
                #expect(piped.status == Int32(status) && named.status == piped.status)
                #expect(piped.text == named.text.replacing(file, with: "-"))
                #expect(piped.errorText == named.errorText)
            }
            let piped = try CommandRun.imagePreflight(["estimate", "-"], input: bytes)
            let named = try CommandRun.imagePreflight(["estimate", file])
            #expect(piped.status == 0 && piped.text == named.text.replacing(file, with: "-"))
        }
        let empty = try run("check", "-", input: [], in: folder)
        #expect(empty.status == 1)
        let findings = try empty.records().first?["findings"] as? [[String: Any]] ?? []
        #expect(findings.map { $0["code"] as? String } == ["I102"])
        let cut = Array(try testdata("photos/lake-4000x3000.jpg").prefix(100_000))
        #expect(try run("check", "-", input: cut, in: folder).status == 0)
        #expect(try run("check", "-", "--deep", input: cut, in: folder).status == 1)
    }

    @Test("it cannot be combined with other paths or filters")
    func usage() throws {
        let folder = try TemporaryFolder()
        try folder.write("-", testdata("photos/fruit-1092x1092.jpg"))
        for arguments in [
            ["check", "-", "a.jpg"], ["check", "-", "--include", "*.jpg"], ["check", "-", "--shard", "1/2"],
            ["prepare", "-", "-o", "out/", "--resume"], ["prepare", "-", "-o", "out/", "--manifest", "m"],
            ["prepare", "-", "-o", "out/", "--budget-tokens", "9"],
            ["prepare", "-", "-o", "a.png", "--tile"],
            ["prepare", "./-", "-o", "-"], ["pack", "-", "--dry-run", "--prompt", "?"],
        ] {
            let run = try CommandRun.imagePreflight(arguments, in: folder.path)
            #expect(run.status == 2, "\(arguments)")
        }
        #expect(try CommandRun.imagePreflight(["check", "./-"], in: folder.path).status == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["-"])
    }

    @Test("prepare writes to the file named by -o, into a folder, or to standard output")
    func prepare() throws {
        let folder = try TemporaryFolder()
        let photo = try testdata("photos/lake-4000x3000.jpg")
        func output(_ run: CommandRun) throws -> [String: Any] {
            #expect(run.status == 0, "\(run.errorText)")
            return try #require(try run.records().first?["output"] as? [String: Any])
        }
        let file = try output(run("prepare", "-", "-o", "a.jpg", input: photo, in: folder))
        #expect(file["path"] as? String == "a.jpg" && file["width"] as? Int == 1268)
        let made = try folder.read("a.jpg")
        // The extension selects the format, and the option takes precedence.
        let png = try output(run("prepare", "-", "-o", "a.png", input: photo, in: folder))
        #expect(png["format"] as? String == "png")
        let odd = try output(
            run("prepare", "-", "-o", "odd.png", "--output-format", "webp", input: photo, in: folder))
        #expect(odd["format"] as? String == "webp" && odd["path"] as? String == "odd.png")
        #expect(try run("prepare", "-", "-o", "a.gif", input: photo, in: folder).status == 2)
        let inside = try output(run("prepare", "-", "-o", "out/", input: photo, in: folder))
        #expect(inside["path"] as? String == "stdin.jpg")
        #expect(try folder.read("out/stdin.jpg") == made)
        let again = try run("prepare", "-", "-o", "out", input: photo, in: folder)
        #expect(again.status == 2 && again.text.contains("it exists already"))
        #expect(
            try output(run("prepare", "-", "-o", "out", "--overwrite", input: photo, in: folder))
                as NSDictionary
                == inside as NSDictionary)
        let piped = try run("prepare", "-", "-o", "-", input: photo, in: folder)
        #expect(piped.status == 0 && piped.output == made)
        let planned = try run("prepare", "-", "-o", "b.jpg", "--dry-run", input: photo, in: folder)
        #expect(planned.status == 0)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                == ["a.jpg", "a.png", "odd.png", "out"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/out") == ["stdin.jpg"])
    }

    @Test("tiles go into a folder; input that is not an image is refused and nothing is written")
    func tilesAndRefusals() throws {
        let folder = try TemporaryFolder()
        let page = try testdata("screenshots/page-1440x4000.png")
        let tiled = try run("prepare", "-", "-o", "tiles/", "--tile", input: page, in: folder)
        #expect(tiled.status == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/tiles").sorted()
        #expect(names.count > 1 && names[0].hasPrefix("stdin.tile-1-of-\(names.count)."))
        for (target, status) in [("a.png", 1), ("-", 1), ("none/", 1)] {
            let run = try run("prepare", "-", "-o", target, input: Array("no image".utf8), in: folder)
            #expect(run.status == Int32(status))
            #expect(target != "-" || run.output.isEmpty && run.errorText.contains("the file is text"))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["tiles"])
    }
}
