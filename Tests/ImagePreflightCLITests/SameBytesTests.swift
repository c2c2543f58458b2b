import Foundation
import TestSupport
import Testing

@Suite("Same bytes")
struct SameBytesTests {
    @Test("for any number of threads, in this process or in workers, in every run")
    func everyRun() throws {
        let folder = try TemporaryFolder()
        for name in [
            "photos/fruit-2000x2000.jpg", "photos/islands-2400x1600.webp", "screenshots/chart-1600x900.webp",
            "orientation/jpeg-landscape-6-big-endian.jpg",
        ] {
            let source = Resources.testdata.appending(path: name)
            try folder.write("in/" + source.lastPathComponent, Data(contentsOf: source))
        }
        var runs: [[String: [String]]] = []
        for (index, options) in [
            ["--jobs", "1", "--no-isolate"], ["--jobs", "4", "--no-isolate"], ["--jobs", "2", "--isolate"],
            ["--jobs", "1", "--isolate"],
        ].enumerated() {
            let run = try CommandRun.imagePreflight(
                ["prepare", "in", "-o", "out\(index)", "--max-edge", "700", "--quiet"] + options,
                in: folder.path)
            #expect(run.status == 0, "\(run.errorText)")
            var rows: [String: [String]] = [:]
            for record in try run.records() {
                let source = record["source"] as? [String: Any]
                let output = record["output"] as? [String: Any]
                let name = try #require((source?["path"] as? String)?.split(separator: "/").last)
                rows[String(name)] = [
                    try #require(output?["sha256"] as? String), try #require(record["options"] as? String),
                ]
            }
            #expect(rows.count == 4)
            runs.append(rows)
        }
        for run in runs { #expect(run == runs[0]) }
    }

    @Test("another engine has another fingerprint, so a resumed run redoes its images")
    func fingerprint() throws {
        let folder = try TemporaryFolder()
        let photo = Resources.testdata.appending(path: "photos/fruit-1092x1092.jpg")
        try folder.write("in/a.jpg", Data(contentsOf: photo))
        func options(_ engine: String) throws -> String {
            let run = try CommandRun.imagePreflight(
                ["prepare", "in", "-o", "out", "--overwrite", "--quiet", "--format", "ndjson"],
                in: folder.path,
                environment: ["IMAGE_PREFLIGHT_ENGINE": engine])
            return try #require(try run.records().first?["options"] as? String)
        }
        let direct = try options("")
        #expect(try options("") == direct)
        #expect(try options("libvips") != direct)
    }
}
