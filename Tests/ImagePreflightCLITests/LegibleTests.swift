import Foundation
import TestSupport
import Testing

@Suite("prepare --fit legible, check --deep")
struct LegibleTests {
    private func page(_ name: String) -> String {
        Resources.testdata.appending(path: "screenshots/" + name).path
    }

    private func run(_ arguments: String...) throws -> CommandRun {
        try CommandRun.imagePreflight(arguments + ["--format", "ndjson"])
    }

    @Test("Text determines the size in workers, in this process, in a plan and from a pipe")
    func places() throws {
        let folder = try TemporaryFolder()
        let names = ["page-dark-1280x800.png", "scan-1240x1754.jpg", "logo-800x800.png"]
        var sizes: [[String]] = []
        for options in [["--isolate"], ["--no-isolate"], ["--dry-run"]] {
            let run = try CommandRun.imagePreflight(
                ["prepare", "--fit", "legible", "-o", folder.path + "/\(sizes.count)", "--format", "ndjson"]
                    + options + names.map { page($0) })
            #expect(run.status == 0, "\(run.errorText)")
            #expect(run.errorText.contains("decodes every image") == (options == ["--dry-run"]))
            sizes.append(
                try run.records().map { row in
                    let made = try #require(row["output"] as? [String: Any] ?? row["map"] as? [String: Any])
                    return
                        "\(made["width"] ?? made["output_width"] ?? "") \(made["height"] ?? made["output_height"] ?? "")"
                })
        }
        #expect(sizes[0] == sizes[1] && sizes[0] == sizes[2])
        #expect(sizes[0].last == "800 800", "a logo has no text")
        let piped = try CommandRun.imagePreflight(
            ["prepare", "-", "--fit", "legible", "-o", folder.path + "/piped.png", "--format", "ndjson"],
            input: Array(try Data(contentsOf: URL(filePath: page(names[0])))))
        let output = try #require(try piped.records().first?["output"] as? [String: Any])
        #expect("\(output["width"] ?? "") \(output["height"] ?? "")" == sizes[0][0])
    }

    @Test("A resumed run keeps only images made with the same options")
    func resume() throws {
        let folder = try TemporaryFolder()
        let path = page("page-dark-1280x800.png")
        func actions(_ options: String...) throws -> [String] {
            try CommandRun.imagePreflight(
                ["prepare", path, "-o", folder.path, "--resume", "--fit", "legible", "--format", "ndjson"]
                    + options
            ).records().compactMap { $0["action"] as? String }
        }
        #expect(try actions() == ["resized"])
        #expect(try actions() == ["skipped"])
        #expect(try actions("--min-x-height", "8") == ["resized"])
    }

    @Test("check measures text and warns if it is too small, but only with --deep")
    func check() throws {
        let path = page("page-1440x4000.png")
        let deep = try #require(
            try run("check", "--deep", path, "--model", "claude-opus-4-6").records().first)
        let height = try #require(deep["text_x_height"] as? Double)
        let seen = try #require(deep["sees_text_x_height"] as? Double)
        #expect(abs(height - 13) <= 1 && seen < 6)
        #expect((deep["text_letters"] as? Int ?? 0) > 4000)
        func codes(_ record: [String: Any]) -> [String] {
            (record["findings"] as? [[String: Any]] ?? []).compactMap { $0["code"] as? String }
        }
        #expect(codes(deep).contains("I306"))
        let lenient = try run("check", "--deep", path, "--model", "claude-opus-4-6", "--min-x-height", "5")
        #expect(try !codes(#require(lenient.records().first)).contains("I306"))
        let header = try #require(try run("check", path, "--model", "claude-opus-4-6").records().first)
        #expect(header["text_letters"] == nil && !codes(header).contains("I306"))
        let logo = try #require(try run("check", "--deep", page("logo-800x800.png")).records().first)
        #expect(logo["text_letters"] as? Int == 0 && logo["text_x_height"] == nil)
    }

    @Test("A budget shrinks the photo, not the page, and the report counts text")
    func budget() throws {
        let folder = try TemporaryFolder()
        let photo = Resources.testdata.appending(path: "photos/fruit-1092x1092.jpg").path
        let run = try run(
            "prepare", page("page-dark-1280x800.png"), photo, "-o", folder.path, "--fit", "legible",
            "--budget-tokens",
            "1000")
        #expect(run.status == 0, "\(run.errorText)")
        let budgets = try run.records().compactMap { $0["budget"] as? [String: Any] }
        #expect(budgets.count == 2)
        #expect(budgets[0]["tokens"] as? Int == budgets[0]["planned_tokens"] as? Int)
        #expect((budgets[1]["tokens"] as? Int ?? 0) < (budgets[1]["planned_tokens"] as? Int ?? 0))
        let report = try CommandRun.imagePreflight(
            ["report", folder.path + "/manifest.jsonl", "-o", folder.path + "/report.html"])
        #expect(report.status == 0, "\(report.errorText)")
        let html = try String(contentsOf: URL(filePath: folder.path + "/report.html"), encoding: .utf8)
        #expect(html.contains("Text too small"))
    }

    @Test("Invalid heights, and heights without --fit legible or --deep, are refused")
    func usage() throws {
        for arguments in [
            ["prepare", "x.png", "-o", "y", "--min-x-height", "7"],
            ["prepare", "x.png", "-o", "y", "--fit", "legible", "--min-x-height", "0"],
            ["prepare", "x.png", "-o", "y", "--fit", "legible", "--min-x-height", "nan"],
            ["check", "x.png", "--min-x-height", "7"], ["check", "--deep", "x.png", "--min-x-height", "-1"],
        ] {
            let run = try CommandRun.imagePreflight(arguments)
            #expect(run.status == 2, "\(arguments)")
            #expect(run.errorText.contains("--min-x-height"))
        }
    }
}
