import Foundation
import ImagePreflight
import MessageRequests
import TestSupport
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("lint")
struct LintTests {
    private static let folder = Resources.testdata.appending(path: "requests").path
    /// An image and a request with an error, a note, a batch of two, and broken JSON.
    private static let files = [
        "R201-media-type-mismatch.json", "R401-image-after-text.json", "R501-bad-custom-id.jsonl",
        "R101-not-json.json",
    ]

    private func lint(_ arguments: [String], input: [UInt8] = []) throws -> CommandRun {
        try CommandRun.imagePreflight(["lint"] + arguments, input: input, in: Self.folder)
    }

    @Test("gives a record for each image and each request, with the contract's field names")
    func records() throws {
        let run = try lint(["R201-media-type-mismatch.json"])
        #expect(run.status == 1)
        let records = try run.records()
        try #require(records.count == 2)
        let image = records[0]
        #expect(image["file"] as? String == "R201-media-type-mismatch.json")
        #expect(image["line"] as? Int == 1)
        #expect(image["pointer"] as? String == "messages.0.content.0")
        #expect(image["image_index"] as? Int == 0)
        #expect(image["width"] as? Int == 224)
        #expect(image["tokens"] as? Int == 64)
        #expect(image["verdict"] as? String == "rejected")
        let finding = try #require((image["findings"] as? [[String: Any]])?.first)
        #expect(finding["code"] as? String == "R201")
        #expect(
            finding["service_error"] as? String
                == "messages.0.content.0.image.source.base64: The image was specified using the image/jpeg "
                + "media type, but the image appears to be a image/png image")
        let request = records[1]
        #expect(request["images"] as? Int == 1)
        #expect(request["image_tokens"] as? Int == 67)
        #expect(request["body_bytes"] as? Int ?? 0 > 100)
        #expect(request["cost_usd"] as? Double == 0.000134)
        #expect((request["findings"] as? [[String: Any]])?.isEmpty == true)
        #expect(
            run.errorText.split(separator: "\n").last?.hasPrefix("1 request, 1 image: 1 error,") == true)
    }

    @Test("reports the same in json, csv and the table as in ndjson")
    func formats() throws {
        let records = try lint(Self.files).records()
        #expect(records.count == 2 + 2 + 4 + 1)
        let json = try lint(Self.files + ["--format", "json"])
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output)) as? [String: Any])
        #expect((document["records"] as? [[String: Any]])?.count == records.count)
        let summary = try #require(document["summary"] as? [String: Any])
        #expect(summary["files"] as? Int == 4)
        #expect(summary["errors"] as? Int == 3)
        #expect(summary["notes"] as? Int == 1)
        let csv = try lint(Self.files + ["--format", "csv"]).text.components(separatedBy: "\r\n")
        #expect(csv.count == records.count + 2)
        let columns = csv[0].components(separatedBy: ",")
        #expect(Set(columns).count == columns.count)
        for record in records {
            for key in record.keys { #expect(columns.contains(key), "\(key)") }
        }
        let table = try lint(Self.files + ["--format", "table"]).text
        for code in ["R101", "R201", "R401", "R501"] { #expect(table.contains(code)) }
        #expect(table.contains("messages.0.content.0"))
    }

    @Test("writes SARIF with the page of each rule and the location of each finding")
    func sarif() throws {
        let run = try lint(Self.files + ["nowhere.json", "--format", "sarif"])
        #expect(run.status == 2)
        let log = try #require(try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
        #expect(log["version"] as? String == "2.1.0")
        let report = try #require((log["runs"] as? [[String: Any]])?.first)
        let driver = try #require((report["tool"] as? [String: Any])?["driver"] as? [String: Any])
        let rules = try #require(driver["rules"] as? [[String: Any]])
        #expect(rules.compactMap { $0["id"] as? String } == Rule.all.map(\.code.rawValue))
        let results = try #require(report["results"] as? [[String: Any]])
        #expect(results.map { $0["ruleId"] as? String } == ["R201", "R401", "R501", "R101"])
        #expect(results.map { $0["level"] as? String } == ["error", "note", "error", "error"])
        for result in results {
            let index = try #require(result["ruleIndex"] as? Int)
            #expect(rules[index]["id"] as? String == result["ruleId"] as? String)
        }
        let location = try #require((results[2]["locations"] as? [[String: Any]])?.first)
        let physical = try #require(location["physicalLocation"] as? [String: Any])
        #expect(
            (physical["artifactLocation"] as? [String: Any])?["uri"] as? String == "R501-bad-custom-id.jsonl")
        #expect((physical["region"] as? [String: Any])?["startLine"] as? Int == 2)
        let invocation = try #require((report["invocations"] as? [[String: Any]])?.first)
        #expect(invocation["executionSuccessful"] as? Bool == false)
        #expect((invocation["toolExecutionNotifications"] as? [[String: Any]])?.count == 1)
    }

    @Test("writes JUnit with a case for each image and each request")
    func junit() throws {
        let run = try lint(Self.files + ["nowhere.json", "--format", "junit"])
        let document = try XMLDocument(data: Data(run.output))
        func count(_ path: String) throws -> Int { try document.nodes(forXPath: path).count }
        #expect(try count("/testsuites/testsuite") == 5)
        #expect(try count("//testcase") == 10)
        #expect(try count("//testcase[failure]") == 3)
        #expect(try count("//testcase[error]") == 1)
        #expect(try count("//failure[@type='R201 media-type-mismatch']") == 1)
        #expect(try count("/testsuites/testsuite[1][@tests='2'][@failures='1']") == 1)
        // A note is not a failure but is reported; the same goes for a warning without --strict.
        #expect(try count("//testcase[system-out]") == 1)
        let warned = ["I302-small-edge.json", "--format", "junit"]
        #expect(try !lint(warned).text.contains("<failure"))
        #expect(try lint(warned + ["--strict"]).text.contains("<failure"))
    }

    @Test("writes GitHub annotations and escapes characters that would end them")
    func github() throws {
        let folder = try TemporaryFolder()
        let request = try Data(
            contentsOf: Resources.testdata.appending(path: "requests/R206-empty-image.json"))
        try folder.write("50%, a:b.json", request)
        let run = try CommandRun.imagePreflight(
            ["lint", "50%, a:b.json", "nowhere.json", "--format", "github"], in: folder.path)
        #expect(
            run.text == """
                ::error file=50%25%2C a%3Ab.json,line=1,title=R206 empty-image::messages.0.content.0: the image has no data
                ::error file=nowhere.json::the file could not be opened: no such file or folder

                """)
        let note = try lint(["R401-image-after-text.json", "--format", "github"]).text
        #expect(
            note.hasPrefix("::notice file=R401-image-after-text.json,line=1,title=R401 image-after-text::"))
    }

    @Test("exits with 0 for notes and warnings, 1 for errors or --strict warnings, 2 for a missing file")
    func statuses() throws {
        let sound = "R201-media-type-mismatch.ok.json"
        #expect(try lint([sound]).status == 0)
        #expect(try lint(["R401-image-after-text.json", "--strict"]).status == 0)
        #expect(try lint(["I302-small-edge.json"]).status == 0)
        #expect(try lint(["I302-small-edge.json", "--strict"]).status == 1)
        #expect(try lint(["I302-small-edge.json", "--strict", "--ignore", "small-edge"]).status == 0)
        #expect(try lint(["R101-not-json.json", sound]).status == 1)
        let missing = try lint(["nowhere.json", sound])
        #expect(missing.status == 2)
        #expect(try missing.records().count == 2)
        #expect(
            missing.errorText.contains("nowhere.json: the file could not be opened: no such file"))
    }

    @Test("checks only the selected rules")
    func selection() throws {
        func codes(_ options: [String]) throws -> [String] {
            try lint(Self.files + options).records().flatMap { record in
                (record["findings"] as? [[String: Any]] ?? []).compactMap { $0["code"] as? String }
            }
        }
        #expect(try codes(["--select", "R2,bad-custom-id"]) == ["R201", "R501"])
        #expect(try codes(["--select", "R2", "--select", "R4"]) == ["R201", "R401"])
        #expect(try codes(["--select", "R", "--ignore", "R201,R1"]) == ["R401", "R501"])
    }

    @Test("uses the request's model and platform unless others are given")
    func destinations() throws {
        func request(_ arguments: [String]) throws -> [String: Any] {
            try #require(try lint(arguments).records().last)
        }
        let own = try request(["R404-oversized-image-set-to-error.json"])
        #expect(own["model"] as? String == "claude-opus-4-5")
        #expect(own["platform"] as? String == "portable")
        let told = ["--model", "claude-sonnet-5-5", "--platform", "google-cloud"]
        let other = try request(["R404-oversized-image-set-to-error.json"] + told)
        #expect(other["model"] as? String == "claude-sonnet-5-5")
        #expect(other["platform"] as? String == "google-cloud")
        #expect(try lint(["R404-oversized-image-set-to-error.json"] + told).status == 0)
        let shaped = try request(["R207-source-not-on-platform.ok.json"])
        #expect(shaped["model"] as? String == "claude-sonnet-5-5")
        #expect(shaped["platform"] as? String == "bedrock")
    }

    @Test("reads standard input")
    func standardInput() throws {
        let body = try Data(contentsOf: Resources.testdata.appending(path: "requests/R206-empty-image.json"))
        let run = try lint(["-"], input: Array(body))
        #expect(run.status == 1)
        #expect(try run.records().first?["file"] as? String == "-")
    }

    @Test(
        "an invalid option or file exits with 2 and a message on standard error",
        arguments: [
            [], ["-", "-"], ["x", "--select", "R9"], ["x", "--ignore", ""],
            ["x", "--model", "claude-nonsense"],
            ["x", "--platform", "nowhere"], ["x", "--format", "xml"],
            ["x", "--catalog", "/nonexistent.json"],
        ])
    func mistakes(arguments: [String]) throws {
        let run = try lint(arguments)
        #expect(run.status == 2)
        #expect(run.text.isEmpty)
        #expect(!run.errorText.isEmpty)
    }

    // MARK: - Recorded requests

    /// One line of `shared/requests/INDEX.jsonl`.
    private struct Recorded: Decodable {
        let file: String
        let platform: String
        let http_status: Int
        let n_images: Int
    }

    @Test(
        "finds no error in accepted requests, and the service's own error in refused ones",
        .enabled(if: Resources.hasShared))
    func recorded() throws {
        let folder = Resources.shared.appending(path: "requests")
        let index = try String(contentsOf: folder.appending(path: "INDEX.jsonl"), encoding: .utf8)
        let recorded = try index.split(separator: "\n").map {
            try JSONDecoder().decode(Recorded.self, from: Data($0.utf8))
        }
        #expect(recorded.count > 30)
        let platforms = ["Claude API": "claude-api", "Bedrock": "bedrock", "Vertex": "google-cloud"]
        for (name, requests) in Dictionary(grouping: recorded, by: \.platform) {
            let platform = try #require(platforms[name])
            let run = try CommandRun.imagePreflight(
                ["lint", "--platform", platform] + requests.map(\.file), in: folder.path)
            let byFile = Dictionary(grouping: try run.records()) { $0["file"] as? String ?? "" }
            for request in requests {
                let records = byFile[request.file] ?? []
                let errors = records.flatMap { $0["findings"] as? [[String: Any]] ?? [] }
                    .filter { $0["severity"] as? String == "error" }.compactMap { $0["code"] as? String }
                let images = records.count { $0["pointer"] != nil }
                #expect(images == request.n_images, "\(request.file)")
                if request.http_status != 200 {
                    #expect(errors == ["R207"], "\(request.file)")
                } else if request.file.contains("-labelled-") {
                    // Accepted in 2024 and 2025; refused by the service since 2026-04.
                    #expect(errors == ["R201"], "\(request.file)")
                } else {
                    #expect(errors.isEmpty, "\(request.file): \(errors)")
                }
            }
        }
    }
}
