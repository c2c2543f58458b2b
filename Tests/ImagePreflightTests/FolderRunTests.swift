import Foundation
import ImagePreflight
import SystemPackage
import TestSupport
import Testing

/// Folder runs as a client sees them: nothing here is `@testable`.
@Suite("Runs over folders")
struct FolderRunTests {
    private let folder: TemporaryFolder
    private let preflighter: Preflighter

    init() throws {
        folder = try TemporaryFolder()
        preflighter = Preflighter(
            destination: Destination(
                model: try ModelCatalog.builtIn.model("claude-sonnet-4-5"),
                platform: try ModelCatalog.builtIn.platform("portable")))
    }

    private struct Refusal: Error {}

    /// Writes images that need no changes, named so that they are walked in order.
    private func fill(_ count: Int, in name: String = "in") throws -> String {
        let image = try Data(contentsOf: Resources.testdata.appending(path: "photos/valley-360x270.png"))
        for index in 0..<count {
            try folder.write("\(name)/" + String(format: "%05d.png", index), image)
        }
        return folder.path + "/" + name
    }

    private var output: String { folder.path + "/out" }
    private var manifest: String { output + "/manifest.jsonl" }
    private var journal: String { manifest + ".partial" }
    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    @Test("rows come in the order of the walk, with totals at the end")
    func order() async throws {
        let run = preflighter.check(folder: try fill(200), jobs: 4)
        var names: [String] = []
        for try await row in run { names.append(String((row.path?.text ?? "").suffix(9))) }
        #expect(names == (0..<200).map { String(format: "%05d.png", $0) })
        let totals = try await run.totals
        #expect(totals.images == 200)
        #expect(totals.tokens == 200 * 130)
        #expect(run.progress.done == 200)
    }

    @Test("a run can be awaited for its totals without reading rows")
    func totalsOnly() async throws {
        let path = try fill(10)
        #expect(try await preflighter.check(folder: path).totals.images == 10)
        let totals = try await preflighter.prepare(folder: path, into: output).totals
        #expect(totals.actions == [.copied: 10])
        #expect(exists(manifest))
    }

    @Test("the blocking loop sees the same rows, and an error thrown by its body ends the run")
    func blocking() throws {
        let path = try fill(300)
        var count = 0
        let totals = try preflighter.check(folder: path).forEach { _ in count += 1 }
        #expect(count == 300)
        #expect(totals.images == 300)
        count = 0
        #expect(throws: Refusal.self) {
            try preflighter.prepare(folder: path, into: output).forEach { _ in
                count += 1
                if count == 3 { throw Refusal() }
            }
        }
        #expect(count == 3)
        #expect(exists(journal))
        #expect(!exists(manifest))
    }

    @Test("a reader that stops taking rows pauses the run")
    func backPressure() async throws {
        // More rows than the buffer, the window and one batch per thread hold.
        let count = 6000
        let run = preflighter.check(folder: try fill(count), jobs: 2)
        var rows = run.makeAsyncIterator()
        #expect(try await rows.next() != nil)
        var last = -1
        // The run is paused if it has not moved for long enough to check everything many times.
        while run.progress.done != last {
            last = run.progress.done
            try await Task.sleep(for: .milliseconds(300))
        }
        #expect(last < count)
        var taken = 1
        while try await rows.next() != nil { taken += 1 }
        #expect(taken == count)
    }

    @Test("leaving the loop stops the run, and a resumed run makes an uninterrupted run's manifest")
    func leavingTheLoop() async throws {
        let path = try fill(1500)
        let run = preflighter.prepare(folder: path, into: output, jobs: 2)
        var seen = 0
        for try await _ in run {
            seen += 1
            if seen == 5 { break }
        }
        let totals = try await run.totals
        #expect(totals.images < 1500)
        #expect(exists(journal))
        #expect(!exists(manifest))

        var actions: [PrepareAction: Int] = [:]
        for try await row in preflighter.prepare(folder: path, into: output, existing: .resume) {
            actions[row.action, default: 0] += 1
        }
        #expect(actions.values.reduce(0, +) == 1500)
        #expect(actions[.skipped, default: 0] >= 5)
        #expect(!exists(journal))
        let whole = try await preflighter.prepare(folder: path, into: folder.path + "/whole").totals
        #expect(whole.images == 1500)
        #expect(
            try Data(contentsOf: URL(filePath: manifest))
                == Data(contentsOf: URL(filePath: folder.path + "/whole/manifest.jsonl")))
    }

    @Test("canceling the task ends the loop and leaves a journal")
    func cancellation() async throws {
        let path = try fill(2000)
        let preflighter = preflighter
        let output = output
        let (seen, sign) = AsyncStream<Void>.makeStream()
        let task = Task {
            for try await _ in preflighter.prepare(folder: path, into: output) { sign.yield() }
        }
        for await _ in seen { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("an error before the first row is thrown to the reader")
    func errors() async throws {
        let path = try fill(2)
        try folder.write("out/manifest.jsonl", Data("not a manifest".utf8))
        let foreign = await #expect(throws: PreflightError.self) {
            for try await _ in preflighter.prepare(folder: path, into: output) {}
        }
        #expect(foreign?.code == .notAManifest)
        let same = await #expect(throws: PreflightError.self) {
            for try await _ in preflighter.prepare(folder: path, into: path) {}
        }
        #expect(same?.code == .inputIsOutput)
        let poor = await #expect(throws: PreflightError.self) {
            try await preflighter.prepare(folder: path, into: folder.path + "/b", budget: .tokens(1)).totals
        }
        #expect(poor?.code == .budgetTooSmall)
        #expect(poor?.leastBudget != nil)
    }

    @Test("a second run that does not mention the first is refused, naming the options")
    func alreadyThere() async throws {
        let path = try fill(2)
        _ = try await preflighter.prepare(folder: path, into: output).totals
        let error = await #expect(throws: PreflightError.self) {
            try await preflighter.prepare(folder: path, into: output).totals
        }
        let sentence = "already exists: resume continues that run, replace overwrites its outputs"
        #expect(error.map { "\($0)" } == "\(manifest) \(sentence)")
    }

    @Test("a missing folder is a problem in the run's totals")
    func missing() async throws {
        let totals = try await preflighter.check(folder: folder.path + "/none").totals
        #expect(totals.problems == 1)
        #expect(totals.images == 0)
    }

    @Test("files that are not images are refused, or skipped on request")
    func imagesOnly() async throws {
        let path = try fill(2)
        try folder.write("in/README.md", Data("# Read me".utf8))
        try folder.write("in/broken.png", Data("<html></html>".utf8))
        #expect(try await preflighter.check(folder: path).totals.rejected == 2)
        let totals = try await preflighter.check(folder: path, options: .init(imagesOnly: true)).totals
        #expect(totals.images == 3)
        #expect(totals.rejected == 1)
    }

    @Test("an output folder inside the folder is skipped, and names never clash")
    func safeDefaults() async throws {
        let path = try fill(1)
        let png = try Data(contentsOf: Resources.testdata.appending(path: "photos/fruit-1092x1092.jpg"))
        try folder.write("in/00000.jpg", png)
        for existing in [ExistingOutputs.keep, .resume] {
            let run = preflighter.prepare(folder: path, into: path + "/ready", existing: existing)
            #expect(try await run.totals.images == 2)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/ready").count == 3)
    }

    @Test("paths can be strings, URLs and file paths")
    func sources() async throws {
        let path = try fill(1)
        #expect(try await preflighter.check(folder: path).totals.images == 1)
        #expect(try await preflighter.check(folder: URL(filePath: path)).totals.images == 1)
        #expect(try await preflighter.check(folder: FilePath(path)).totals.images == 1)
    }

    @Test("duplicates are found in two passes, so the number of files is known")
    func duplicates() async throws {
        let run = preflighter.check(folder: try fill(3), duplicates: .bytes)
        var codes: [[RuleCode]] = []
        for try await row in run { codes.append(row.findings.map(\.code).filter { $0 == .duplicateImage }) }
        #expect(codes == [[], [.duplicateImage], [.duplicateImage]])
        #expect(run.progress.total == 3)
    }
}
