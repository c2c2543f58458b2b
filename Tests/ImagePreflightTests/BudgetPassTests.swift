import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import ImagePreflight

@Suite("Two passes over a folder")
struct BudgetPassTests {
    private let folder: TemporaryFolder
    private let preflighter: Preflighter

    init() throws {
        folder = try TemporaryFolder()
        preflighter = Preflighter(
            destination: Destination(
                model: try ModelCatalog.builtIn.model("claude-sonnet-4-5"),
                platform: try ModelCatalog.builtIn.platform("portable")))
    }

    private func write(_ name: String, _ source: String) throws {
        try folder.write(
            "in/" + name, try Data(contentsOf: Resources.testdata.appending(path: source)))
    }

    private func walker() -> FolderWalker {
        FolderWalker(
            roots: ArgumentRoots([PathBytes(folder.path + "/in")]), options: FolderWalker.Options())
    }

    private func share(_ tokens: Int) throws -> SharedBudget {
        try BudgetPass(budget: Budget(limit: .tokens(tokens)), preflighter: preflighter, workerCount: 2)
            .run(walker: walker(), control: RunControl())
    }

    @Test("a file changed or added between the passes is not prepared, and a removed one is reported")
    func changes() throws {
        for name in ["a", "b", "c", "d"] {
            try write(name + ".jpg", "limits/tier-standard/jpeg-1092x1092.jpg")
        }
        let shared = try share(800)
        #expect(shared.shares.given == .tokens(784))
        try write("a.jpg", "limits/tier-standard/jpeg-784x1568.jpg")
        try write("b.jpg", "photos/fruit-1092x1092.jpg")
        try FileManager.default.removeItem(atPath: folder.path + "/in/c.jpg")
        try write("e.jpg", "limits/tier-standard/jpeg-1092x1092.jpg")

        var run = PrepareRun(
            preflighter: preflighter, outputFolder: FilePath(folder.path + "/out"), workerCount: 2)
        run.sharedBudget = shared
        var lines: [UInt8] = []
        let summary = run.run(
            walker: walker(), control: RunControl(), makeRenderer: { NDJSONRenderer<ManifestRow>() },
            emit: { item in
                lines += item.manifestLine
                return true
            })
        let rows = try lines.split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(ManifestRow.self, from: Data($0))
        }
        #expect(rows.map(\.action) == [.failed, .resized, .resized, .failed])
        #expect(rows.map { $0.output?.tokens } == [nil, 196, 196, nil])
        #expect(rows.map { $0.budget?.tokens } == [nil, 196, 196, nil])
        #expect(rows[0].error?.contains("since the budget was shared") == true)
        #expect(rows[3].error?.contains("since the budget was shared") == true)
        #expect(summary.problems == 2)
    }

    @Test("a file that cannot be prepared gets no share; a path listed twice gets the smaller share")
    func refused() throws {
        try write("a.jpg", "limits/tier-standard/jpeg-1092x1092.jpg")
        try folder.write("in/notes.txt", Array("no image".utf8))
        let path = PathBytes(folder.path + "/in/a.jpg")
        let pass = BudgetPass(budget: Budget(limit: .tokens(3041)), preflighter: preflighter, workerCount: 1)
        let shared = try pass.run(
            walker: FolderWalker(
                roots: ArgumentRoots([path, path, PathBytes(folder.path + "/in/notes.txt")]),
                options: FolderWalker.Options()), control: RunControl())
        #expect((0..<shared.shares.count).map { shared.shares[$0].tokens } == [1521, 1444])
        #expect(shared.share(for: path)?.tokens == 1444)
        #expect(shared.share(for: PathBytes(folder.path + "/in/notes.txt")) == nil)
    }
}
