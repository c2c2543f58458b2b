import TestSupport
import Testing

@Suite("The command's usage")
struct UsageTests {
    @Test(
        "help and version are data and end with 0",
        arguments: [["--help"], ["--version"], ["check", "--help"], []])
    func help(arguments: [String]) throws {
        let run = try CommandRun.imagePreflight(arguments)
        #expect(run.status == 0)
        #expect(!run.text.isEmpty)
        #expect(run.errorText.isEmpty)
    }

    @Test(
        "a mistake ends with 2 and says so on standard error",
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
}
