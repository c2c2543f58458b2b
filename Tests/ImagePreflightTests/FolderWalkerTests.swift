import Foundation
import ImageHeaders
import TestSupport
import Testing
import VisionRules

@testable import ImagePreflight

@Suite("Walking folders")
struct FolderWalkerTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func walk(
        _ paths: [String]? = nil, options: FolderWalker.Options = .init(), batch: Int = 3
    ) -> (files: [String], problems: [PathBatch.Problem]) {
        var walker = FolderWalker(
            roots: ArgumentRoots((paths ?? [folder.path]).map { PathBytes($0) }), options: options)
        var files: [String] = []
        var problems: [PathBatch.Problem] = []
        while let next = walker.next(limit: batch) {
            #expect(next.entries.count <= batch)
            files += next.entries.map { next.relativePath(of: $0).text }
            problems += next.problems
        }
        return (files, problems)
    }

    @Test("gives files in byte order and enters folders where their names sort")
    func order() throws {
        for name in ["b.png", "a/2.png", "a/1.png", "B.png", "a.png", "a/deep/er/x.png"] {
            try folder.write(name)
        }
        #expect(walk().files == ["B.png", "a/1.png", "a/2.png", "a/deep/er/x.png", "a.png", "b.png"])
    }

    @Test("sorts long names with the same beginning")
    func longNames() throws {
        let names = (0..<50).map { "a-long-common-prefix-\($0).png" }
        for name in names { try folder.write(name) }
        #expect(walk().files == names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
    }

    @Test("leaves out hidden files unless requested")
    func hidden() throws {
        for name in [".hidden.png", ".cache/x.png", "seen.png"] { try folder.write(name) }
        #expect(walk().files == ["seen.png"])
        #expect(
            walk(options: .init(filter: PathFilter(takesHidden: true))).files
                == [".cache/x.png", ".hidden.png", "seen.png"])
    }

    @Test("takes files that match --include and skips those that match --exclude")
    func filters() throws {
        for name in ["a.png", "a.jpg", "skip/a.png", "sub/b.png", "sub/deep/c.png"] { try folder.write(name) }
        #expect(
            walk(options: .init(filter: PathFilter(include: ["*.png"], exclude: ["skip"]))).files
                == ["a.png", "sub/b.png", "sub/deep/c.png"])
        #expect(
            walk(options: .init(filter: PathFilter(include: ["sub/*.png"]))).files
                == ["sub/b.png", "sub/deep/c.png"])
        #expect(
            walk(options: .init(filter: PathFilter(include: ["**/a.png"]))).files == ["a.png", "skip/a.png"])
    }

    @Test("filtered files are not examined, so a broken link among them is not a problem")
    func filteredLinks() throws {
        try folder.write("a.png")
        for name in ["dead.txt", "dead"] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/" + name, withDestinationPath: "nowhere")
        }
        let walks = [PathFilter(include: ["*.png"]), PathFilter(exclude: ["dead*"])]
        for filter in walks + [PathFilter(include: ["*.png"], followsLinks: true)] {
            let result = walk(options: .init(filter: filter))
            #expect(result.files == ["a.png"] && result.problems.isEmpty)
        }
        #expect(walk(options: .init(filter: PathFilter(include: ["*.txt"]))).problems.count == 1)
        #expect(walk().problems.count == 2)
    }

    @Test("globs are case-sensitive by default")
    func caseOfGlobs() throws {
        for name in ["a.JPG", "b.jpg", "Skip/c.jpg"] { try folder.write(name) }
        #expect(
            walk(options: .init(filter: PathFilter(include: ["*.jpg"]))).files == ["Skip/c.jpg", "b.jpg"])
        let filter = PathFilter(include: ["*.jpg"], exclude: ["skip"], ignoresCase: true)
        #expect(walk(options: .init(filter: filter)).files == ["a.JPG", "b.jpg"])
    }

    @Test("always follows links to files, follows links to folders on request, and avoids cycles")
    func links() throws {
        try folder.write("real/a.png")
        let manager = FileManager.default
        try manager.createSymbolicLink(atPath: folder.path + "/link.png", withDestinationPath: "real/a.png")
        try manager.createSymbolicLink(atPath: folder.path + "/linked", withDestinationPath: "real")
        try manager.createSymbolicLink(atPath: folder.path + "/real/loop", withDestinationPath: "..")
        #expect(walk().files == ["link.png", "real/a.png"])
        let followed = walk(options: .init(filter: PathFilter(followsLinks: true)))
        #expect(followed.files == ["link.png", "linked/a.png", "real/a.png"])
        #expect(followed.problems.isEmpty)
    }

    @Test("reports a broken link, a missing path and an unreadable folder, and continues")
    func problems() throws {
        try folder.write("a.png")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/broken.png", withDestinationPath: "nowhere")
        let missing = folder.path + "/missing"
        let result = walk([missing, folder.path])
        #expect(result.problems.map(\.path.text) == [missing, folder.path + "/broken.png"])
        #expect(result.problems.allSatisfy { $0.reason.contains("no such file") })
        #expect(result.files.map { ($0 as NSString).lastPathComponent } == ["a.png"])
    }

    @Test("keeps a name that is not UTF-8 as its bytes")
    func notUTF8() throws {
        let name: [UInt8] = Array(folder.path.utf8) + [0x2F, 0xFF, 0xFE] + Array(".png".utf8)
        let path = name.map { CChar(bitPattern: $0) } + [0]
        let descriptor = open(path, O_CREAT | O_WRONLY, 0o644)
        try #require(descriptor >= 0, "this file system refuses such a name")
        close(descriptor)
        var walker = FolderWalker(roots: ArgumentRoots([PathBytes(folder.path)]), options: .init())
        let next = walker.next(limit: 10)
        let batch = try #require(next)
        #expect(Array(batch.path(of: batch.entries[0]).bytes) == name)
    }

    @Test("gives every file to exactly one shard")
    func shards() throws {
        for index in 0..<40 { try folder.write("\(index).png") }
        let parts = (1...4).compactMap { index in WalkOptions.Shard(index: index, count: 4) }.map { shard in
            walk(options: .init(shard: shard)).files
        }
        #expect(parts.count == 4)
        #expect(parts.flatMap { $0 }.sorted() == walk().files.sorted())
        #expect(parts.allSatisfy { !$0.isEmpty })
    }

    @Test("marks files that differ only in extension or case")
    func stems() throws {
        for name in ["a.png", "A.jpg", "b.png", "c", "c.gif"] { try folder.write(name) }
        var walker = FolderWalker(
            roots: ArgumentRoots([PathBytes(folder.path)]), options: .init(marksClashes: true))
        let next = walker.next(limit: 10)
        let batch = try #require(next)
        let shared = batch.entries.filter { $0.clash == .stem }.map { batch.relativePath(of: $0).text }
        #expect(shared == ["A.jpg", "a.png", "c.gif"])
        #expect(batch.entries.filter { $0.clash == .name }.map { batch.relativePath(of: $0).text } == ["c"])
    }

    @Test("reads paths from a list, separated by line feeds or by NUL", arguments: [UInt8(0), UInt8(0x0A)])
    func list(separator: UInt8) throws {
        let names = ["a.png", "sub/b.png"]
        let paths = try names.map { try folder.write($0) }
        let list = try folder.write(
            "list", paths.joined(separator: "\u{1}").utf8.map { $0 == 1 ? separator : $0 })
        let descriptor = open(list, O_RDONLY)
        defer { close(descriptor) }
        var walker = FolderWalker(
            roots: ListedRoots(
                fileDescriptor: descriptor, name: PathBytes("list"), isNulSeparated: separator == 0),
            options: .init())
        let next = walker.next(limit: 10)
        let batch = try #require(next)
        #expect(batch.entries.map { batch.path(of: $0).text } == paths)
        let rest = walker.next(limit: 10)
        #expect(rest == nil)
    }

    @Test("keeps the names of several roots apart")
    func severalRoots() throws {
        for name in ["one/x.png", "two/x.png", "other/one/x.png"] { try folder.write(name) }
        let path = folder.path
        #expect(walk([path + "/one", path + "/two"]).files == ["one/x.png", "two/x.png"])
        let whole = walk([path + "/one", path + "/other/one"]).files
        #expect(Set(whole).count == 2)
        #expect(whole.allSatisfy { !$0.hasPrefix("/") })
    }

    @Test("folders deeper than the limit are reported and skipped; the others are walked")
    func depth() throws {
        for name in ["a/b/c/deep.png", "a/b/b.png", "z.png"] { try folder.write(name) }
        let result = walk(options: .init(limits: try WalkLimits(maxDepth: 3)))
        #expect(result.files == ["a/b/b.png", "z.png"])
        #expect(result.problems.map(\.path.text) == [folder.path + "/a/b/c"])
        #expect(result.problems.map(\.reason) == ["it is more than 3 folders deep, which is the limit"])
        #expect(walk(options: .init(limits: try WalkLimits(maxDepth: 4))).files.count == 3)
    }

    @Test("paths longer than the limit are reported and skipped, even if named explicitly")
    func pathLength() throws {
        for name in ["a.png", "b/longer.png", "c.png"] { try folder.write(name) }
        let count = folder.path.utf8.count + 6
        let result = walk(options: .init(limits: try WalkLimits(maxPathBytes: count)))
        #expect(result.files == ["a.png", "c.png"])
        #expect(result.problems.map(\.path.text) == [folder.path + "/b/longer.png"])
        #expect(
            result.problems.map(\.reason) == ["its path has \(count + 7) bytes, over the limit of \(count)"])
        let named = walk(
            [folder.path + "/b/longer.png"], options: .init(limits: try WalkLimits(maxPathBytes: count)))
        #expect(named.files.isEmpty && named.problems.count == 1)
    }

    @Test("walk limits below 1 are errors")
    func nonsense() {
        #expect(throws: PreflightError.self) { try WalkLimits(maxDepth: 0) }
        #expect(throws: PreflightError.self) { try WalkLimits(maxPathBytes: -1) }
    }

    @Test("an endless line in a list is refused without holding it in memory, and the rest is read")
    func endlessLine() throws {
        let path = try folder.write("a.png")
        let endless = Array(repeating: UInt8(ascii: "a"), count: 1 << 20)
        let list = try folder.write("list", endless + [0x0A] + Array(path.utf8))
        let descriptor = open(list, O_RDONLY)
        defer { close(descriptor) }
        var walker = FolderWalker(
            roots: ListedRoots(fileDescriptor: descriptor, name: PathBytes("list"), isNulSeparated: false),
            options: .init())
        var files: [String] = []
        var problems: [PathBatch.Problem] = []
        while let batch = walker.next(limit: 10) {
            files += batch.entries.map { batch.path(of: $0).text }
            problems += batch.problems
        }
        #expect(files == [path])
        #expect(problems.map(\.reason) == ["the file could not be opened: its name is too long"])
    }
}
