import Foundation
import TestSupport
import Testing

@Suite("The command's usage")
struct UsageTests {
    @Test(
        "help and version go to standard output and exit with 0",
        arguments: [["--help"], ["--version"], ["check", "--help"], []])
    func help(arguments: [String]) throws {
        let run = try CommandRun.imagePreflight(arguments)
        #expect(run.status == 0)
        #expect(!run.text.isEmpty)
        #expect(run.errorText.isEmpty)
    }

    @Test(
        "invalid arguments exit with 2 and a message on standard error",
        arguments: [
            ["no-such-command"], ["check"], ["check", "--no-such-option", "x"],
            ["check", "x", "--shard", "3/2"],
            ["check", "x", "--model", "claude-nonsense"], ["check", "x", "--platform", "nowhere"],
            ["check", "x", "--images-per-request", "0"], ["check", "x", "--format", "xml"],
            ["check", "x", "--files-from", "y"], ["check", "--catalog", "/nonexistent.json", "x"],
            ["estimate"], ["estimate", "10x10", "--all-models", "--model", "claude-opus-5"],
        ])
    func mistakes(arguments: [String]) throws {
        let run = try CommandRun.imagePreflight(arguments)
        #expect(run.status == 2)
        #expect(run.text.isEmpty)
        #expect(!run.errorText.isEmpty)
    }

    @Test("without arguments, three common tasks are shown, and their commands work")
    func commonTasks() throws {
        let run = try CommandRun.imagePreflight([])
        #expect(run.status == 0)
        #expect(run.errorText.isEmpty)
        let lines = run.text.split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }
        let commands = lines.filter { $0.hasPrefix("image-preflight ") }
        #expect(commands.map { $0.split(separator: " ")[1] } == ["check", "estimate", "prepare"])
        #expect(lines.count < 12)
        #expect(run.text.contains("image-preflight --help"))
        let folder = try TemporaryFolder()
        try folder.write(
            "photos/a.png", Data(contentsOf: Resources.testdata.appending(path: "photos/valley-360x270.png")))
        for command in commands {
            let words = command.split(separator: " ").dropFirst().map(String.init)
            let example = try CommandRun.imagePreflight(words, in: folder.path)
            #expect(example.status == 0, "\(command): \(example.errorText)")
        }
        #expect(try folder.files().contains("ready/a.png"))
    }

    @Test(
        "a mistyped word gets a suggestion",
        arguments: [
            (["chekc", "x"], "Unknown command 'chekc'. Did you mean 'check'?"),
            (["chek", "--deep"], "Unknown command 'chek'. Did you mean 'check'?"),
            (["Estimate", "1x1"], "Unknown command 'Estimate'. Did you mean 'estimate'?"),
            (["lnit", "--help"], "Unknown command 'lnit'. Did you mean 'lint'?"),
            (["help", "chekc"], "Unknown command 'chekc'. Did you mean 'check'?"),
            (["manifest", "mreg", "x"], "Unknown command 'mreg'. Did you mean 'merge'?"),
            (["frobnicate"], "Unknown command 'frobnicate'."),
            (["testdata"], "Unknown command 'testdata'. Did you mean 'image-preflight check testdata'?"),
            (["--versoin"], "Unknown option '--versoin'. Did you mean '--version'?"),
            (["check", "--formt", "csv", "x"], "Unknown option '--formt'. Did you mean '--format'?"),
            (["prepare", "x", "--resum", "-o", "y"], "Unknown option '--resum'. Did you mean '--resume'?"),
        ])
    func mistyped(arguments: [String], message: String) throws {
        let run = try CommandRun.imagePreflight(arguments, in: Resources.packageRoot.path)
        #expect(run.status == 2)
        #expect(run.text.isEmpty)
        #expect(run.errorText.split(separator: "\n").first == "Error: \(message)", "\(run.errorText)")
        #expect(run.errorText.contains("--help' for more information."))
    }

    @Test("any unknown command is shown in printable form")
    func hostileWord() throws {
        let run = try CommandRun.imagePreflight(["che\u{1B}[2Jck\u{202E}"])
        #expect(run.status == 2)
        #expect(!run.errorText.contains("\u{1B}"))
        #expect(!run.errorText.contains("\u{202E}"))
    }
}
