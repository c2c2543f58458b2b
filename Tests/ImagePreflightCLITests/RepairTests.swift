import Foundation
import TestSupport
import Testing

@Suite("repair")
struct RepairTests {
    private static let fixtures = Resources.testdata.appending(path: "requests")

    private func fixture(_ name: String) throws -> Data {
        try Data(contentsOf: Self.fixtures.appending(path: name))
    }

    private func repair(_ arguments: [String], in folder: TemporaryFolder) throws -> CommandRun {
        try CommandRun.imagePreflight(["repair"] + arguments, in: folder.path)
    }

    private func codes(_ file: String, in folder: TemporaryFolder) throws -> [String] {
        try CommandRun.imagePreflight(["lint", file], in: folder.path).records().flatMap { record in
            (record["findings"] as? [[String: Any]] ?? []).compactMap { $0["code"] as? String }
        }
    }

    @Test(
        "writes a file that passes and leaves the original alone",
        arguments: [
            ("I101-unsupported-format", "reencode"), ("I201-edge-over-limit", "reencode"),
            ("I202-edge-over-many-image-limit", "reencode"), ("R201-media-type-mismatch", "relabel"),
            ("R202-unsupported-media-type", "relabel"), ("R203-missing-media-type", "relabel"),
            ("R204-invalid-base64", "rewrite"), ("R205-data-uri-in-data", "rewrite"),
            ("R404-oversized-image-set-to-error", "reencode"), ("R405-screenshot-over-tier", "reencode"),
        ])
    func passes(name: String, action: String) throws {
        let folder = try TemporaryFolder()
        let body = try fixture("\(name).json")
        try folder.write("in.json", body)
        let run = try repair(["in.json", "-o", "out.json"], in: folder)
        #expect(run.status == 0, "\(run.errorText)")
        let records = try run.records()
        #expect(records.map { $0["action"] as? String } == [action])
        let finding = try #require((records.first?["findings"] as? [[String: Any]])?.first)
        #expect(finding["code"] as? String == String(name.prefix(4)))
        #expect(try Data(folder.read("in.json")) == body)
        let lint = try CommandRun.imagePreflight(["lint", "out.json"], in: folder.path)
        #expect(lint.status == 0, "\(lint.text)")
    }

    @Test("restores every + that form encoding turned into a space")
    func blanksForPluses() throws {
        let folder = try TemporaryFolder()
        let body = try fixture("cases/request-plus-as-blank-png.json")
        try folder.write("in.json", body)
        let run = try repair(["in.json", "-o", "out.json"], in: folder)
        #expect(run.status == 0, "\(run.errorText)")
        #expect(try run.records().map { $0["action"] as? String } == ["rewrite"])
        let before = try #require(PropertyTests.images(of: body).first)
        let after = try #require(PropertyTests.images(of: Data(folder.read("out.json"))).first)
        #expect(before.contains(" ") && after == before.replacing(" ", with: "+"))
    }

    @Test("a picture that cannot be decoded to the end is left untouched and reported")
    func undecodable() throws {
        let folder = try TemporaryFolder()
        let photo = try Data(contentsOf: Resources.testdata.appending(path: "photos/fruit-1092x1092.jpg"))
        // The header is whole, the pixels are not.
        let data = photo.prefix(photo.count / 2).base64EncodedString()
        let cut = """
            {"model":"claude-sonnet-5-5","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image",\
            "source":{"type":"base64","media_type":"image/png","data":"\(data)"}}]}]}
            """
        try folder.write("in.json", cut.utf8)
        let run = try repair(["in.json", "-o", "out.json"], in: folder)
        #expect(run.status == 1)
        #expect(try run.records().map { $0["action"] as? String } == ["none"])
        #expect(try run.records().first?["error"] as? String != nil)
        #expect(try folder.read("out.json") == Array(cut.utf8))
    }

    @Test(
        "requests from bug reports come out right",
        arguments: [
            ("request-imageurl.json", "rewrite"), ("request-mcp-in-toolresult.json", "rewrite"),
            ("request-assistant-image.json", "none"), ("log-queued-image.jsonl", "reencode"),
            ("log-rewound.jsonl", nil),
        ] as [(String, String?)])
    func reported(name: String, action: String?) throws {
        let folder = try TemporaryFolder()
        let body = try fixture("cases/" + name)
        try folder.write(name, body)
        let run = try repair([name, "-o", "out.json"], in: folder)
        #expect(run.status == (action == "none" ? 1 : 0), "\(run.errorText)")
        #expect(try run.records().compactMap { $0["action"] as? String } == [action].compactMap { $0 })
        if action == nil || action == "none" { #expect(try Data(folder.read("out.json")) == body) }
    }

    @Test("--thinking keeps and reports, strips, or has the service drop blocks; not in a log")
    func thinking() throws {
        let folder = try TemporaryFolder()
        try folder.write("in.json", try fixture("R407-thinking-bound-to-prefix.json"))
        func actions(_ policy: String...) throws -> (CommandRun, [String]) {
            let run = try repair(["in.json", "-o", "out.json", "--overwrite"] + policy, in: folder)
            return (run, try run.records().compactMap { $0["action"] as? String })
        }
        let kept = try actions()
        #expect(kept.0.status == 0 && kept.1 == ["reencode", "keep"])
        #expect(kept.0.errorText.contains("R407 thinking-bound-to-prefix"))
        let stripped = try actions("--thinking", "strip")
        #expect(stripped.0.status == 0 && stripped.1 == ["reencode", "strip"])
        #expect(!String(decoding: try folder.read("out.json"), as: UTF8.self).contains("thinking"))
        let dropped = try actions("--thinking", "drop-block")
        #expect(dropped.0.status == 0 && dropped.1 == ["reencode", "drop-block"])
        #expect(dropped.0.errorText.contains("anthropic-beta: thinking-binding-controls-2026-08-01"))
        #expect(String(decoding: try folder.read("out.json"), as: UTF8.self).contains("drop_block"))
        try folder.write("log.jsonl", try fixture("cases/log-queued-image.jsonl"))
        let log = try repair(["log.jsonl", "-o", "out.jsonl", "--thinking", "drop-block"], in: folder)
        #expect(log.status == 2 && !FileManager.default.fileExists(atPath: folder.path + "/out.jsonl"))
    }

    @Test("changes one block of a log and not a byte around it")
    func session() throws {
        let folder = try TemporaryFolder()
        func message(_ name: String) throws -> String {
            let request = String(decoding: try fixture(name), as: UTF8.self)
            let start = try #require(request.range(of: "[{\"role\""))
            return String(request[request.index(after: start.lowerBound)...].dropLast(3))
        }
        func line(_ name: String) throws -> String {
            "{ \"message\": \(try message(name)), \"uuid\":\"\\u00e9\" }\r\n"
        }
        let good = try line("R201-media-type-mismatch.ok.json")
        let bad = try line("R201-media-type-mismatch.json")
        let before = good + "{\"type\":\"summary\"}\n\n"
        try folder.write("log.jsonl", (before + bad + good).utf8)
        let run = try repair(["log.jsonl", "--in-place"], in: folder)
        #expect(run.status == 0, "\(run.errorText)")
        #expect(try run.records().first?["line"] as? Int == 4)
        let mended = bad.replacing("\"image/jpeg\"", with: "\"image/png\"")
        #expect(String(decoding: try folder.read("log.jsonl"), as: UTF8.self) == before + mended + good)
        #expect(
            String(decoding: try folder.read("log.jsonl.bak"), as: UTF8.self) == before + bad + good)
    }

    @Test("--in-place keeps permissions, links and earlier backups, and skips files without faults")
    func inPlace() throws {
        let folder = try TemporaryFolder()
        let bad = try fixture("R201-media-type-mismatch.json")
        let path = try folder.write("real/log.json", bad)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        let link = folder.url.appending(path: "log.json").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "real/log.json")
        try folder.write("real/log.json.bak", "precious".utf8)
        #expect(try repair(["log.json", "--in-place"], in: folder).status == 0)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "real/log.json")
        let permissions = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(permissions == 0o600)
        #expect(String(decoding: try folder.read("real/log.json.bak"), as: UTF8.self) == "precious")
        #expect(try Data(folder.read("real/log.json.bak2")) == bad)
        #expect(try codes("log.json", in: folder).isEmpty)
        #expect(try repair(["log.json", "--in-place"], in: folder).status == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/real").sorted()
        #expect(names == ["log.json", "log.json.bak", "log.json.bak2"])
    }

    @Test("exits with 1 if a fault remains; --drop replaces an image with text")
    func drop() throws {
        let folder = try TemporaryFolder()
        try folder.write("empty.json", try fixture("R206-empty-image.json"))
        let kept = try repair(["empty.json", "-o", "kept.json"], in: folder)
        #expect(kept.status == 1)
        #expect(try kept.records().first?["action"] as? String == "none")
        #expect(kept.errorText.contains("empty.json: not repaired: R206 empty-image"))
        #expect(try folder.read("kept.json") == folder.read("empty.json"))
        let dropped = try repair(["empty.json", "-o", "dropped.json", "--drop"], in: folder)
        #expect(dropped.status == 0)
        #expect(try codes("dropped.json", in: folder).isEmpty)
        #expect(
            String(decoding: try folder.read("dropped.json"), as: UTF8.self)
                .contains("[An image was removed here (0 bytes): the image has no data.]"))
    }

    @Test("--dry-run writes nothing and reports what would be done")
    func dryRun() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.json", try fixture("I201-edge-over-limit.json"))
        for options in [[], ["--in-place"], ["-o", "b.json"]] {
            let run = try repair(["a.json", "--dry-run"] + options, in: folder)
            #expect(run.status == 0)
            #expect(try run.records().first?["action"] as? String == "reencode")
            #expect(try run.records().first?["output"] == nil)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.json"])
    }

    @Test("several files go into a folder; one that cannot be read does not stop the rest")
    func severalFiles() throws {
        let folder = try TemporaryFolder()
        try folder.write("x/a.json", try fixture("R201-media-type-mismatch.json"))
        try folder.write("y/a.json", try fixture("R203-missing-media-type.json"))
        try folder.write("b.json", try fixture("R203-missing-media-type.json"))
        let run = try repair(["nowhere.json", "x/a.json", "b.json", "-o", "out"], in: folder)
        #expect(run.status == 2)
        #expect(run.errorText.contains("cannot open nowhere.json: no such file or folder"))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/out").sorted()
        #expect(names == ["a.json", "b.json"])
        #expect(try codes("out/a.json", in: folder).isEmpty)
        let clash = try repair(["x/a.json", "y/a.json", "-o", "other"], in: folder)
        #expect(clash.status == 2)
        #expect(clash.errorText.contains("x/a.json and y/a.json would both become other/a.json"))
    }

    @Test("never overwrites the original, or anything else without --overwrite")
    func overwriting() throws {
        let folder = try TemporaryFolder()
        let bad = try fixture("R201-media-type-mismatch.json")
        try folder.write("a.json", bad)
        try folder.write("there.json", "precious".utf8)
        let itself = try repair(["a.json", "-o", "./a.json", "--overwrite"], in: folder)
        #expect(itself.status == 2)
        #expect(try Data(folder.read("a.json")) == bad)
        #expect(try repair(["a.json", "-o", "there.json"], in: folder).status == 2)
        #expect(String(decoding: try folder.read("there.json"), as: UTF8.self) == "precious")
        #expect(try repair(["a.json", "-o", "there.json", "--overwrite"], in: folder).status == 0)
        #expect(try codes("there.json", in: folder).isEmpty)
        #expect(try repair(["a.json"], in: folder).status == 2)
        #expect(try repair(["a.json", "-o", "b.json", "--in-place"], in: folder).status == 2)
    }
}
