import Foundation
import TestSupport
import Testing

@Suite("explain")
struct ExplainTests {
    private static let text =
        "messages.0.content.0.image.source.base64: The image was specified using the image/jpeg media type, "
        + "but the image appears to be a image/png image"

    @Test("names the rule, the block, the cause and the command that fixes it")
    func record() throws {
        let run = try CommandRun.imagePreflight(["explain", Self.text])
        #expect(run.status == 0)
        let records = try run.records()
        try #require(records.count == 1)
        let record = records[0]
        #expect(record["code"] as? String == "R201")
        #expect(record["name"] as? String == "media-type-mismatch")
        #expect(record["pointer"] as? String == "messages.0.content.0")
        #expect(record["service_text"] as? String == Self.text)
        #expect(record["command"] as? String == "image-preflight repair FILE -o OUT")
        #expect((record["cause"] as? String)?.isEmpty == false)
        #expect((record["places"] as? [Any])?.isEmpty == true)
    }

    @Test("shows no path if the text has none")
    func noPath() throws {
        for text in [
            "image exceeds 5 MB maximum: 6278112 bytes > 5242880 bytes", "image cannot be empty",
            "image dimensions 1593x2324 exceed the maximum image size of a model named on this request and would "
                + "be downsized to 902x1316; scale the image to at most 902x1316 or set the image's oversized_image "
                + "setting to \"downsize\"",
        ] {
            let record = try #require(try CommandRun.imagePreflight(["explain", text]).records().first)
            #expect(record["pointer"] == nil)
            #expect(record["service_text"] as? String == text)
        }
    }

    @Test("finds every refusal in a log from standard input: escaped, wrapped or prefixed")
    func log() throws {
        let log = """
            12:00:01 upstream {"error":"{\\"message\\":\\"messages.3.content.2.image.source.base64: image exceeds 5 MB \
            maximum: 6278112 bytes > 5242880 bytes\\"}"}
            12:00:02 nothing of interest
            12:00:03 litellm.BadRequestError: too many images and
                documents: 104 + 1 > 100
            """
        let records = try CommandRun.imagePreflight(["explain"], input: Array(log.utf8)).records()
        #expect(records.compactMap { $0["code"] as? String } == ["I203", "R301"])
        #expect(records.first?["pointer"] as? String == "messages.3.content.2")
        #expect(records.first?["measured"] as? Int == 6_278_112)
        #expect(records.first?["limit"] as? Int == 5_242_880)
        #expect(records.last?["measured"] as? Int == 105)
    }

    @Test("points to the block in the request, by its path or by what the linter finds")
    func request() throws {
        let folder = try TemporaryFolder()
        let fixtures = Resources.testdata.appending(path: "requests")
        let name = "my request.json"
        try folder.write(
            name, try Data(contentsOf: fixtures.appending(path: "R201-media-type-mismatch.json")))
        func places(_ text: String) throws -> [[String: Any]] {
            let run = try CommandRun.imagePreflight(["explain", text, "--request", name], in: folder.path)
            #expect(run.status == 0)
            return try run.records().first?["places"] as? [[String: Any]] ?? []
        }
        let named = try places(Self.text)
        #expect(named.map { $0["pointer"] as? String } == ["messages.0.content.0"])
        #expect(named.first?["width"] as? Int == 224)
        // The turn has moved since: there is no block at this path, but the fault is found.
        #expect(try places(Self.text.replacing("messages.0", with: "messages.7")).count == 1)
        #expect(try places("messages.7.content.0.image.source.base64: image cannot be empty").isEmpty)
        let page = try CommandRun.imagePreflight(
            ["explain", Self.text, "--request", name, "--format", "table"], in: folder.path)
        #expect(page.text.contains("R201 media-type-mismatch (error)"))
        #expect(page.text.contains("my request.json:1, messages.0.content.0, image 1 of the request"))
        #expect(page.text.contains("image-preflight repair 'my request.json' -o OUT"))
    }

    @Test("names the offending image in an agent's log and the command that fixes it")
    func sessionLog() throws {
        let folder = try TemporaryFolder()
        let cases = Resources.testdata.appending(path: "requests/cases")
        let log = try String(contentsOf: cases.appending(path: "log-queued-image.jsonl"), encoding: .utf8)
        let error = """
            {"parentUuid":null,"isApiErrorMessage":true,"message":{"role":"assistant","model":"<synthetic>","content":\
            [{"type":"text","text":"API Error: 400 messages.0.content.1.image.source.base64.data: At least one of the \
            image dimensions exceed max allowed size: 8000 pixels"}]}}

            """
        for text in [log, log + error] {
            try folder.write("my log.jsonl", text.utf8)
            let run = try CommandRun.imagePreflight(["explain", "--log", "my log.jsonl"], in: folder.path)
            #expect(run.status == 0, "\(run.errorText)")
            let record = try #require(try run.records().first)
            #expect(try run.records().count == 1)
            #expect(record["code"] as? String == "I201")
            #expect(record["command"] as? String == "image-preflight repair 'my log.jsonl' --in-place")
            let places = record["places"] as? [[String: Any]] ?? []
            #expect(places.map { $0["line"] as? Int } == [1])
        }
        // If the model verifies the text before its thinking, the command strips the thinking too.
        let thought =
            #"{"type":"assistant","message":{"role":"assistant","model":"claude-opus-5-5","#
            + #""content":[{"type":"thinking","thinking":"Hm.","signature":"c2ln"},{"type":"text","text":"ok"}]}}"#
        try folder.write("my log.jsonl", (log + thought + "\n").utf8)
        let bound = try CommandRun.imagePreflight(["explain", "--log", "my log.jsonl"], in: folder.path)
        #expect(
            try bound.records().first?["command"] as? String
                == "image-preflight repair 'my log.jsonl' --in-place --thinking strip")
        // A bad PDF bricks a session just like a bad image.
        let page = Data("<html>".utf8).base64EncodedString()
        let document =
            #"{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"\#(page)"}}"#
        try folder.write(
            "pdf.jsonl",
            (#"{"type":"user","message":{"role":"user","content":[\#(document)]}}"# + "\n"
                + #"{"type":"user","message":{"role":"user","content":"and?"}}"# + "\n").utf8)
        let pdf = try CommandRun.imagePreflight(["explain", "--log", "pdf.jsonl"], in: folder.path)
        #expect(try pdf.records().first?["code"] as? String == "R306")
        #expect(
            try pdf.records().first?["command"] as? String
                == "image-preflight repair pdf.jsonl --in-place --drop")
        let mended = try CommandRun.imagePreflight(
            ["repair", "pdf.jsonl", "--in-place", "--drop"], in: folder.path)
        #expect(mended.status == 0, "\(mended.errorText)")
        // What was refused on an abandoned branch is not sent again.
        try folder.write("fine.jsonl", try Data(contentsOf: cases.appending(path: "log-rewound.jsonl")))
        let fine = try CommandRun.imagePreflight(["explain", "--log", "fine.jsonl"], in: folder.path)
        #expect(fine.status == 1)
        #expect(
            try CommandRun.imagePreflight(["explain", "text", "--log", "fine.jsonl"], in: folder.path).status
                == 2)
    }

    @Test("exits with 1 and a message when it recognizes nothing, with 2 when the request cannot be read")
    func statuses() throws {
        let nothing = try CommandRun.imagePreflight(["explain", "connection reset by peer"])
        #expect(nothing.status == 1)
        #expect(nothing.text.isEmpty)
        #expect(nothing.errorText.contains("no known refusal in the text"))
        let missing = try CommandRun.imagePreflight(["explain", Self.text, "--request", "nowhere.json"])
        #expect(missing.status == 2)
        #expect(missing.errorText.contains("nowhere.json: the file could not be opened"))
    }
}
