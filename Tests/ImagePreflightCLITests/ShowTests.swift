import Foundation
import TestSupport
import Testing

@Suite("--show")
struct ShowTests {
    /// One image without findings, one with a warning, one that is refused.
    private static let three = [
        "photos/valley-360x270.png", "photos/fruit-2000x2000.jpg", "bad/empty/zero-bytes.jpg",
    ]

    private func check(_ arguments: [String]) throws -> CommandRun {
        try CommandRun.imagePreflight(["check"] + Self.three + arguments, in: Resources.testdata.path)
    }

    private func paths(_ run: CommandRun) throws -> [String] {
        try run.records().compactMap { $0["path"] as? String }
    }

    @Test("all records are written by default, and the summary does not mention rows")
    func byDefault() throws {
        let run = try check(["--format", "ndjson"])
        #expect(try paths(run) == Self.three)
        #expect(try run.output == check(["--format", "ndjson", "--show", "all"]).output)
        #expect(!run.errorText.contains("not shown"))
    }

    @Test(
        "only requested rows are written; the summary and status cover all rows",
        arguments: [("findings", [1, 2], "1 row"), ("refused", [2], "2 rows")])
    func rows(show: String, indices: [Int], notShown: String) throws {
        let all = try check(["--format", "ndjson"])
        let expected = indices.map { Self.three[$0] }
        for format in ["ndjson", "csv", "table"] {
            let run = try check(["--format", format, "--show", show])
            let rows = run.text.split(whereSeparator: \.isNewline).filter { line in
                Self.three.contains { line.contains($0) } && !line.hasPrefix("I")
            }
            #expect(rows.count == expected.count, "\(format)")
            for (row, path) in zip(rows, expected) { #expect(row.contains(path), "\(format)") }
            #expect(run.status == all.status)
            #expect(run.errorText == all.errorText.replacing("\n", with: ", \(notShown) not shown\n"))
        }
        #expect(try paths(check(["--format", "ndjson", "--show", show])) == expected)
    }

    @Test("the JSON summary has the totals of all rows and the number left out")
    func summary() throws {
        func summary(_ show: String) throws -> [String: Any] {
            let run = try check(["--format", "json", "--show", show])
            let page = try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any]
            return try #require(page?["summary"] as? [String: Any])
        }
        #expect(try summary("refused")["not_shown"] as? Int == 2)
        #expect(try summary("refused")["images"] as? Int == 3)
        #expect(try summary("all")["not_shown"] == nil)
    }

    @Test("rows of duplicates are selected once duplicates are known", arguments: ["ndjson", "csv", "table"])
    func duplicates(format: String) throws {
        let folder = try TemporaryFolder()
        let photo = try Data(contentsOf: Resources.testdata.appending(path: Self.three[0]))
        for name in ["a.png", "b.png"] { try folder.write(name, photo) }
        let run = try CommandRun.imagePreflight(
            ["check", ".", "--duplicates", "--format", format, "--show", "findings"], in: folder.path)
        // Below a table, the finding is listed.
        let rows = run.text.split(whereSeparator: \.isNewline).filter {
            !$0.hasPrefix("I501") && $0.contains("I501")
        }
        #expect(rows.count == 1)
        #expect(rows.first?.contains("b.png") == true)
        #expect(run.errorText.hasSuffix(", 1 row not shown\n"), "\(run.errorText)")
    }

    @Test("an image from a pipe can be left out")
    func piped() throws {
        let photo = try Data(contentsOf: Resources.testdata.appending(path: Self.three[0]))
        let run = try CommandRun.imagePreflight(
            ["check", "-", "--format", "ndjson", "--show", "findings"], input: Array(photo))
        #expect(run.status == 0)
        #expect(run.text.isEmpty)
        #expect(run.errorText.hasSuffix(", 1 row not shown\n"), "\(run.errorText)")
    }

    // MARK: - Tables too long to read

    /// A folder with a number of images that are fine, and others.
    private func folder(fine: Int, downsized: Int, refused: Int) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let images = try Self.three.map { try Data(contentsOf: Resources.testdata.appending(path: $0)) }
        for (index, count) in [fine, downsized, refused].enumerated() {
            for number in 0..<count {
                try folder.write("\(["fine", "large", "empty"][index])-\(number).jpg", images[index])
            }
        }
        return folder
    }

    /// The names in the table, without the lines below it.
    private func table(_ folder: TemporaryFolder, _ arguments: [String] = []) throws -> (CommandRun, Int) {
        let run = try CommandRun.imagePreflight(
            ["check", ".", "--format", "table"] + arguments, in: folder.path)
        let table = run.text.prefix(upTo: run.text.firstRange(of: "\n\n")?.lowerBound ?? run.text.endIndex)
        return (run, table.split(separator: "\n").dropFirst().count)
    }

    @Test("a table of 100 rows is complete; one of 101 leaves out images that are fine and says so")
    func longTable() throws {
        // A PNG named .jpg gets a warning, so all of these have findings.
        let (whole, wholeCount) = try table(folder(fine: 99, downsized: 0, refused: 1))
        #expect(wholeCount == 100)
        #expect(!whole.text.contains("not shown"))
        #expect(!whole.errorText.contains("not shown"))

        let long = try folder(fine: 0, downsized: 100, refused: 1)
        let (run, count) = try table(long)
        #expect(count == 1)
        #expect(
            run.text.contains(
                "\n\n100 of 101 rows are not shown: they would not be refused. --show all shows every row.\n")
        )
        #expect(run.text.contains("I102 error: "))
        // The rule counts cover all rows.
        #expect(run.text.split(separator: "\n").contains { $0.hasPrefix("I301 ") && $0.contains("100") })
        #expect(run.errorText.hasPrefix("101 images: 0 accepted, 100 downsized, 1 refused"))
        #expect(run.errorText.hasSuffix(", 100 rows not shown\n"))
        #expect(run.status == 1)

        let (all, allCount) = try table(long, ["--show", "all"])
        #expect(allCount == 101)
        #expect(!all.text.contains("not shown"))
        #expect(!all.errorText.contains("not shown"))
    }

    @Test("a long table without findings has no rows and says why")
    func longFineTable() throws {
        let folder = try TemporaryFolder()
        let photo = try Data(contentsOf: Resources.testdata.appending(path: Self.three[0]))
        for number in 0...100 { try folder.write("\(number).png", photo) }
        let run = try CommandRun.imagePreflight(["check", ".", "--format", "table"], in: folder.path)
        #expect(
            run.text
                == "101 of 101 rows are not shown: nothing was found in them. --show all shows every row.\n")
        #expect(run.errorText.hasSuffix(", 101 rows not shown\n"))
        #expect(run.status == 0)
    }

    // MARK: - lint

    /// A request with an image that is fine and one whose media type is wrong, which is an error.
    private func lint(_ arguments: [String]) throws -> CommandRun {
        func block(_ type: String) throws -> String {
            let photo = try Data(contentsOf: Resources.testdata.appending(path: Self.three[0]))
            return """
                {"type": "image", "source": {"type": "base64", "media_type": "\(type)", \
                "data": "\(photo.base64EncodedString())"}}
                """
        }
        let body = """
            {"model": "claude-sonnet-5-5", "max_tokens": 10, "messages": [{"role": "user", "content": \
            [\(try block("image/png")), \(try block("image/jpeg")), {"type": "text", "text": "What?"}]}]}
            """
        return try CommandRun.imagePreflight(["lint", "-"] + arguments, input: Array(body.utf8))
    }

    @Test("lint leaves out images and requests, and counts them", arguments: ["ndjson", "csv", "table"])
    func lintRecords(format: String) throws {
        let all = try lint(["--format", format])
        let refused = try lint(["--format", format, "--show", "refused", "--ignore", "R4"])
        #expect(all.text.contains("messages.0.content.0"))
        #expect(!refused.text.contains("messages.0.content.0"))
        #expect(refused.text.contains("messages.0.content.1"))
        #expect(refused.text.contains("R201"))
        #expect(refused.status == 1)
        #expect(refused.errorText.hasPrefix("1 request, 2 images: 1 error, "))
        #expect(refused.errorText.hasSuffix(", 2 rows not shown\n"), "\(refused.errorText)")
    }

    @Test("CI formats contain the selected rows and stay valid")
    func lintForCI() throws {
        let github = try lint(["--format", "github", "--show", "refused"])
        // Each finding is its own row: the note about the same image is not an error.
        #expect(try lint(["--format", "github"]).text.contains("R406"))
        #expect(github.text.split(separator: "\n").map { $0.prefix(7) } == ["::error"], "\(github.text)")
        #expect(github.text.contains("R201"))
        let sarif = try lint(["--format", "sarif", "--show", "refused"])
        let page = try JSONSerialization.jsonObject(with: Data(sarif.output)) as? [String: Any]
        let results = (page?["runs"] as? [[String: Any]])?.first?["results"] as? [[String: Any]]
        #expect(results?.map { $0["ruleId"] as? String } == ["R201"])
        let junit = try lint(["--format", "junit", "--show", "refused"])
        #expect(junit.text.contains("tests=\"1\" failures=\"1\""))
        #expect(junit.text.components(separatedBy: "<testcase").count == 2)
        #expect(junit.text.hasSuffix("</testsuite>\n</testsuites>\n"))
        for run in [github, sarif, junit] {
            #expect(run.status == 1)
            #expect(run.errorText.hasSuffix(", 2 rows not shown\n"), "\(run.errorText)")
        }
    }
}
