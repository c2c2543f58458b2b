import Foundation
import ImagePreflight
import MessageRequests
import TestSupport
import Testing

@Suite("lint, with a request for each rule")
struct LintFixtureTests {
    /// What `testdata/requests/expected.jsonl` states about a file.
    struct Expectation: Decodable {
        let file: String
        let codes: [String]
        let options: [String]
    }

    private static let folder = Resources.testdata.appending(path: "requests")

    private func expectations() throws -> [Expectation] {
        let text = try String(contentsOf: Self.folder.appending(path: "expected.jsonl"), encoding: .utf8)
        return try text.split(separator: "\n").map {
            try JSONDecoder().decode(Expectation.self, from: Data($0.utf8))
        }
    }

    /// The codes found in each file, sorted, each once.
    private func codes(_ files: [String], _ options: [String], in folder: String) throws -> [String: [String]]
    {
        let run = try CommandRun.imagePreflight(["lint"] + files + options, in: folder)
        var found: [String: Set<String>] = [:]
        for record in try run.records() {
            let findings = record["findings"] as? [[String: Any]] ?? []
            found[record["file"] as? String ?? "", default: []]
                .formUnion(findings.compactMap { $0["code"] as? String })
        }
        return found.mapValues { $0.sorted() }
    }

    @Test("finds exactly the stated codes in each file of testdata/requests")
    func fixtures() throws {
        let byOptions = Dictionary(grouping: try expectations(), by: \.options)
        for (options, expected) in byOptions {
            let found = try codes(expected.map(\.file), options, in: Self.folder.path)
            for expectation in expected {
                #expect(found[expectation.file] == expectation.codes, "\(expectation.file)")
            }
        }
    }

    @Test("has a file for every rule that a request can break, and a sound one for each")
    func coverage() throws {
        let expected = try expectations()
        let names = Set(expected.map(\.file))
        // Rules that a request cannot break, and those that `large…` below covers.
        let elsewhere: Set<RuleCode> = [
            .emptyFile, .extensionMismatch, .truncatedData, .decoderFailed, .duplicateImage, .bytesOverLimit,
            .requestTooLarge, .batchTooLarge, .contextWindowExceeded,
            .cannotBeDecodedHere, .transparent, .textTooSmall,
        ]
        for rule in Rule.all where !elsewhere.contains(rule.code) {
            let stem = "\(rule.code)-\(rule.name)"
            let isThere = ["json", "jsonl"].contains {
                names.contains("\(stem).\($0)") && names.contains("\(stem).ok.\($0)")
            }
            #expect(isThere, "\(stem)")
        }
        let sound = expected.filter { $0.file.contains(".ok.") }
        for expectation in sound { #expect(expectation.codes == [], "\(expectation.file)") }
    }

    // MARK: - Files of many megabytes

    /// A sound picture of 224×224 px. Bytes after a PNG's end are not read, so it can have any size.
    private func picture(bytes count: Int? = nil) throws -> Data {
        let body = try Data(contentsOf: Self.folder.appending(path: "R201-media-type-mismatch.ok.json"))
        let request = try JSONSerialization.jsonObject(with: body) as? [String: Any]
        let messages = request?["messages"] as? [[String: Any]]
        let source = (messages?.first?["content"] as? [[String: Any]])?.first?["source"] as? [String: Any]
        let data = try #require(Data(base64Encoded: source?["data"] as? String ?? ""))
        return data + Data(count: max((count ?? 0) - data.count, 0))
    }

    /// A request with labelled images.
    private func request(_ images: [Data]) -> String {
        let blocks = images.enumerated().map { index, image in
            """
            {"type":"text","text":"Image \(index + 1):"},{"type":"image","source":{"type":"base64",\
            "media_type":"image/png","data":"\(image.base64EncodedString())"}}
            """
        }
        return """
            {"model":"claude-sonnet-5-5","max_tokens":9,"messages":[{"role":"user","content":[\
            \(blocks.joined(separator: ",")),{"type":"text","text":"What is this?"}]}]}
            """
    }

    @Test("compares an image's base64 text with the limit, to the byte")
    func largeImage() throws {
        let folder = try TemporaryFolder()
        // 3,932,160 bytes are exactly 5 MB of base64.
        try folder.write("at.json", request([try picture(bytes: 3_932_160)]).utf8)
        try folder.write("over.json", request([try picture(bytes: 3_932_161)]).utf8)
        #expect(
            try codes(["at.json", "over.json"], [], in: folder.path) == [
                "at.json": [], "over.json": ["I203"],
            ])
    }

    @Test("compares the body with the limit, to the byte")
    func largeBody() throws {
        let folder = try TemporaryFolder()
        let images = try (0..<5).map { try picture(bytes: 2_990_000 + 3 * $0) }
        let body = request(images)
        // Spaces inside the object count as bytes of the body.
        let rest = 20_000_000 - body.utf8.count
        try #require(rest > 0)
        let blanks = String(repeating: " ", count: rest)
        try folder.write("at.json", ("{" + blanks + body.dropFirst()).utf8)
        try folder.write("over.json", ("{ " + blanks + body.dropFirst()).utf8)
        #expect(
            try codes(["at.json", "over.json"], [], in: folder.path) == [
                "at.json": [], "over.json": ["R302"],
            ])
    }

    @Test("counts the requests of a batch")
    func largeBatch() throws {
        let folder = try TemporaryFolder()
        var batch = ""
        for index in 0..<100_000 {
            batch += "{\"custom_id\":\"r\(index)\",\"params\":{\"model\":\"claude-sonnet-5-5\","
            batch += "\"max_tokens\":1,\"messages\":[]}}\n"
        }
        let one = batch.prefix { $0 != "\n" }
        try folder.write("at.jsonl", batch.utf8)
        try folder.write("over.jsonl", (batch + one.replacing("r0", with: "more")).utf8)
        let at = try CommandRun.imagePreflight(["lint", "at.jsonl", "--format", "github"], in: folder.path)
        #expect(at.status == 0)
        #expect(at.text.isEmpty)
        let over = try CommandRun.imagePreflight(
            ["lint", "over.jsonl", "--format", "github"], in: folder.path)
        #expect(over.status == 1)
        #expect(
            over.text
                == "::error file=over.jsonl,title=R303 batch-too-large::the batch has 100001 requests, "
                + "at most 100000 are accepted\n")
        #expect(over.errorText.hasPrefix("100,001 requests, 0 images: 1 error,"))
    }

    @Test("compares the tokens of all images with the context window")
    func largePrompt() throws {
        let folder = try TemporaryFolder()
        let full = try Data(
            contentsOf: Resources.testdata.appending(path: "limits/edge-2000/png-2000x2000.png"))
        // 2000×2000 px are seen at 1932×1932: 69 × 69 tokens, plus 3.
        for (name, count) in [("below.json", 209), ("over.json", 210)] {
            let images = (0..<count).map { full + Data(String(repeating: "image \($0) ", count: 9).utf8) }
            try folder.write(name, request(images).utf8)
        }
        let found = try codes(
            ["below.json", "over.json"], ["--platform", "claude-api", "--ignore", "I3"], in: folder.path)
        #expect(found == ["below.json": [], "over.json": ["R304"]])
    }
}
