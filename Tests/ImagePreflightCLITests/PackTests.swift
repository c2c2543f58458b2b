import Foundation
import TestSupport
import Testing

@Suite("pack")
struct PackTests {
    private func pack(_ arguments: [String], in folder: TemporaryFolder) throws -> CommandRun {
        try CommandRun.imagePreflight(["pack"] + arguments, in: folder.path)
    }

    private func testdata(_ path: String) throws -> Data {
        try Data(contentsOf: Resources.testdata.appending(path: path))
    }

    /// The content blocks of a request's only message.
    private func blocks(_ request: Any) throws -> [[String: Any]] {
        let messages = try #require((request as? [String: Any])?["messages"] as? [[String: Any]])
        return try #require(messages.first?["content"] as? [[String: Any]])
    }

    /// The bytes of the images in a request.
    private func images(_ request: Any) throws -> [Data] {
        try blocks(request).compactMap { block in
            ((block["source"] as? [String: Any])?["data"] as? String).flatMap { Data(base64Encoded: $0) }
        }
    }

    @Test("a thousand mixed images: every request is within limits, in order, nothing lost or repeated")
    func thousand() throws {
        let folder = try TemporaryFolder()
        // Some exceed the side allowed for more than 20 images in a request.
        let kinds = try [
            "limits/table/png-1075x1520.png", "limits/edge-2000/png-2001x2001.png",
            "limits/small/png-200x200.png", "orientation/jpeg-landscape-1-big-endian.jpg",
            "limits/edge-2000/png-2000x2000.png", "limits/small/webp-199x200.webp",
        ].map { (URL(filePath: $0).pathExtension, try testdata($0)) }
        var originals: [Data] = []
        for index in 0..<1000 {
            // Long runs of each kind, and mixtures. Bytes after an image's end are not read.
            let (ending, data) = kinds[index < 500 ? index % kinds.count : index / 100 % kinds.count]
            originals.append(data + Data("\(index)".utf8))
            try folder.write("images/\(1000 + index).\(ending)", originals[index])
        }
        let run = try pack(["images", "-o", "out", "--prompt", "What is there?"], in: folder)
        #expect(run.status == 0, "\(run.errorText)")
        let records = try run.records()
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/out").sorted()
        #expect(records.map { $0["path"] as? String } == files.map { "out/\($0)" })
        var packed: [Data] = []
        for (record, file) in zip(records, files) {
            let body = try folder.read("out/\(file)")
            #expect(record["body_bytes"] as? Int == body.count)
            let found = try images(JSONSerialization.jsonObject(with: Data(body)))
            #expect(record["images"] as? Int == found.count)
            packed += found
        }
        #expect(packed == originals)
        let lint = try CommandRun.imagePreflight(
            ["lint", "--format", "github", "--select", "R,I2"] + files.map { "out/\($0)" }, in: folder.path)
        #expect(lint.status == 0)
        // The same picture is not a repeat here: each has its own bytes. So there are no findings.
        #expect(lint.text.isEmpty, "\(lint.text.prefix(300))")
        #expect(lint.errorText.contains("1,000 images: 0 errors"))
    }

    @Test("a batch has a line per request, with unique IDs and the given text around the images")
    func batch() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b", "c"] {
            try folder.write(
                "images/\(name).png", try testdata("limits/small/png-200x200.png") + Data(name.utf8))
        }
        try folder.write("ask.txt", "What is “this”?\n".utf8)
        try folder.write("more.json", "{\"temperature\": 0.5, \"max_tokens\": 1}".utf8)
        let run = try pack(
            [
                "images", "-o", "out", "--as", "batch", "--images-per-request", "2", "--prompt-file",
                "ask.txt",
                "--system", "Be brief.", "--max-output-tokens", "77", "--template", "more.json", "--cache",
                "--model", "claude-opus-4-5",
            ], in: folder)
        #expect(run.status == 0, "\(run.errorText)")
        #expect(try run.records().map { $0["line"] as? Int } == [1, 2])
        let lines = String(decoding: try folder.read("out/batch-0001.jsonl"), as: UTF8.self)
            .split(separator: "\n")
        try #require(lines.count == 2)
        let items = try lines.map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(Set(items.compactMap { $0["custom_id"] as? String }).count == 2)
        let params = try #require(items[0]["params"] as? [String: Any])
        #expect(params["model"] as? String == "claude-opus-4-5")
        #expect(params["max_tokens"] as? Int == 77)
        #expect(params["temperature"] as? Double == 0.5)
        #expect(params["system"] as? String == "Be brief.")
        let content = try blocks(params)
        #expect(content.map { $0["type"] as? String } == ["text", "image", "text", "image", "text"])
        #expect(content[0]["text"] as? String == "Image 1:")
        #expect(content[3]["cache_control"] != nil)
        #expect(content[4]["text"] as? String == "What is “this”?\n")
        #expect(try CommandRun.imagePreflight(["lint", "out/batch-0001.jsonl"], in: folder.path).status == 0)
    }

    @Test("leaves out images that the service would refuse, names them, and exits with 1")
    func refused() throws {
        let folder = try TemporaryFolder()
        let good = try testdata("limits/small/png-200x200.png")
        try folder.write("images/a.png", good)
        try folder.write("images/b.png", "<html>".utf8)
        let run = try pack(["images", "-o", "out", "--prompt", "?"], in: folder)
        #expect(run.status == 1)
        #expect(run.errorText.contains("images/b.png: left out: I101"))
        let request = try JSONSerialization.jsonObject(with: Data(folder.read("out/request-000001.json")))
        #expect(try images(request) == [good])
    }

    @Test("with --strict an image accepted with a warning makes the run fail")
    func strict() throws {
        let folder = try TemporaryFolder()
        try folder.write("small.png", testdata("limits/small/png-199x199.png"))
        let options = [
            "small.png", "--prompt", "What is this?", "--dry-run", "--jobs", "2", "--progress", "never",
        ]
        #expect(try pack(options, in: folder).status == 0)
        let run = try pack(options + ["--strict"], in: folder)
        #expect(run.status == 1)
        #expect(try run.records().count == 1)
    }

    @Test("refers to images by URL and by file ID")
    func sources() throws {
        let folder = try TemporaryFolder()
        for name in ["a b", "c,\"d\""] {
            try folder.write("images/\(name).png", try testdata("limits/small/png-200x200.png"))
        }
        try folder.write(
            "ids.csv", "path,id\r\nimages/a b.png,file_1\r\n\"images/c,\"\"d\"\".png\",file_2\r\n".utf8)
        func sources(_ arguments: [String]) throws -> [[String: String]] {
            let run = try pack(
                ["images", "-o", "out", "--overwrite", "--prompt", "?", "--platform", "claude-api"]
                    + arguments,
                in: folder)
            #expect(run.status == 0, "\(run.errorText)")
            #expect(
                try CommandRun.imagePreflight(
                    ["lint", "out/request-000001.json", "--platform", "claude-api"], in: folder.path
                ).status == 0)
            let body = Data(try folder.read("out/request-000001.json"))
            return try blocks(JSONSerialization.jsonObject(with: body)).compactMap {
                $0["source"] as? [String: String]
            }
        }
        #expect(
            try sources(["--source", "url", "--url-prefix", "https://example.com/"]) == [
                ["type": "url", "url": "https://example.com/images/a%20b.png"],
                ["type": "url", "url": "https://example.com/images/c%2C%22d%22.png"],
            ])
        #expect(
            try sources(["--source", "file", "--file-ids", "ids.csv"]) == [
                ["type": "file", "file_id": "file_1"], ["type": "file", "file_id": "file_2"],
            ])
        try folder.write("images/e.png", try testdata("limits/small/png-200x200.png"))
        let missing = try pack(
            [
                "images", "--dry-run", "--prompt", "?", "--platform", "claude-api", "--source", "file",
                "--file-ids", "ids.csv",
            ], in: folder)
        #expect(missing.status == 2)
        #expect(missing.errorText.contains("images/e.png: it is not in the list of file IDs"))
    }

    @Test("--dry-run plans the same and writes nothing; files are replaced only with --overwrite")
    func dryRun() throws {
        let folder = try TemporaryFolder()
        try folder.write("images/a.png", try testdata("limits/small/png-200x200.png"))
        let arguments = ["images", "-o", "out", "--prompt", "?"]
        let planned = try pack(arguments + ["--dry-run"], in: folder)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/out"))
        let done = try pack(arguments, in: folder)
        #expect(done.status == 0)
        #expect(planned.output == done.output)
        let again = try pack(arguments, in: folder)
        #expect(again.status == 2)
        #expect(again.errorText.contains("out/request-000001.json already exists"))
        try folder.write("out/request-000002.json")
        try folder.write("out/batch-0001.jsonl")
        let over = try pack(arguments + ["--overwrite"], in: folder)
        for name in ["request-000002.json", "batch-0001.jsonl"] {
            #expect(over.errorText.contains("out/\(name): left over from an earlier"), "\(over.errorText)")
        }
        #expect(try pack(arguments + ["--overwrite"], in: folder).status == 0)
    }

    @Test("writes the body that Amazon Bedrock accepts")
    func bedrock() throws {
        let folder = try TemporaryFolder()
        try folder.write("images/a.png", try testdata("limits/small/png-200x200.png"))
        let run = try pack(
            ["images", "-o", "out", "--prompt", "?", "--platform", "bedrock"], in: folder)
        #expect(run.status == 0)
        let lint = try CommandRun.imagePreflight(["lint", "out/request-000001.json"], in: folder.path)
        #expect(lint.status == 0)
        #expect(try lint.records().last?["platform"] as? String == "bedrock")
        let batch = try pack(
            ["images", "-o", "out", "--prompt", "?", "--platform", "bedrock", "--as", "batch"], in: folder)
        #expect(batch.status == 2)
        #expect(batch.errorText.contains("does not accept batches"))
    }

    @Test(
        "invalid arguments exit with 2 and a message on standard error",
        arguments: [
            [], ["x", "-o", "y"], ["x", "--prompt", "?"], ["x", "-o", "y", "--prompt", " "],
            ["x", "-o", "y", "--prompt", "?", "--prompt-file", "z"],
            ["x", "-o", "y", "--prompt", "?", "--source", "url"],
            ["x", "-o", "y", "--prompt", "?", "--file-ids", "z"],
            ["x", "-o", "y", "--prompt", "?", "--source", "url", "--url-prefix", "https://example.com/"],
            ["x", "-o", "y", "--prompt", "?", "--template", "nowhere.json"],
            ["x", "-o", "y", "--prompt", "?", "--images-per-request", "0"],
            ["x", "-o", "y", "--prompt", "?", "--max-output-tokens", "0"],
        ])
    func mistakes(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let run = try pack(arguments, in: folder)
        #expect(run.status == 2)
        #expect(run.text.isEmpty)
        #expect(!run.errorText.isEmpty)
    }
}
