import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Files that the system refuses or that others change")
struct RefusedFilesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var arguments: [String] {
        ["prepare", folder.path + "/in", "-o", folder.path + "/out", "--quiet", "--format", "ndjson"]
    }

    private func actions(_ run: CommandRun) throws -> [String] {
        try run.records().compactMap { $0["action"] as? String }
    }

    // MARK: - Permissions

    /// Runs the command as a user other than root: permissions do not stop root.
    private func asUser(_ arguments: [String]) throws -> CommandRun {
        let program = CommandRun.productsFolder.appending(path: "image-preflight")
        guard geteuid() == 0 else { return try CommandRun.run(program, arguments) }
        for path in [folder.path, folder.path + "/in", folder.path + "/out"] { chown(path, 65_534, 65_534) }
        return try CommandRun.run(
            URL(filePath: "/usr/bin/setpriv"),
            ["--reuid=65534", "--regid=65534", "--clear-groups", program.path] + arguments)
    }

    /// Whether a user other than root is available and can reach the command.
    static let hasUser: Bool = {
        if geteuid() != 0 { return true }
        let program = CommandRun.productsFolder.appending(path: "image-preflight").path
        let run = try? CommandRun.run(
            URL(filePath: "/usr/bin/setpriv"),
            ["--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/test", "-x", program])
        return run?.status == 0
    }()

    private func setPermissions(_ mode: Int, _ name: String) throws {
        try FileManager.default.setAttributes(
            [.posixPermissions: mode], ofItemAtPath: folder.path + "/" + name)
    }

    @Test(
        "unreadable files and folders are separate problems, and the others are prepared",
        .enabled(if: hasUser, "no user without root's rights can run the command here"))
    func unreadable() throws {
        try SourceFolder.make(folder, count: 3) { ["a.jpg", "locked/b.jpg", "z.jpg"][$0] }
        try folder.write("out/.keep")
        try setPermissions(0, "in/a.jpg")
        try setPermissions(0, "in/locked")
        let run = try asUser(arguments)
        #expect(run.status == 2)
        #expect(try actions(run) == ["failed", "converted"])
        #expect(run.errorText.contains("/in/a.jpg: permission is denied"))
        #expect(run.errorText.contains("/in/locked/: the folder could not be opened: permission is denied"))
        // A user other than root cannot list it otherwise.
        try setPermissions(0o755, "in/locked")
        let outputs = try folder.files().filter { $0.hasPrefix("out/") }
        #expect(outputs == ["out/.keep", "out/manifest.jsonl", "out/z.jpg"])
    }

    @Test(
        "an unwritable folder is an error that names it, before any work",
        .enabled(if: hasUser, "no user without root's rights can run the command here"))
    func readOnly() throws {
        try SourceFolder.make(folder, count: 1) { _ in "a.jpg" }
        try folder.write("out/.keep")
        try setPermissions(0o555, "out")
        let run = try asUser(arguments)
        #expect(run.status == 2)
        #expect(run.errorText.contains(folder.path + "/out"))
        #expect(run.errorText.contains("permission is denied"))
        #expect(run.output.isEmpty)
        #expect(try folder.files() == ["in/a.jpg", "out/.keep"])
    }

    @Test(
        "an unwritable part of the mirrored tree affects only its own files",
        .enabled(if: hasUser, "no user without root's rights can run the command here"))
    func readOnlyPart() throws {
        try SourceFolder.make(folder, count: 2) { ["part/a.jpg", "z.jpg"][$0] }
        try folder.write("out/part/.keep")
        try setPermissions(0o555, "out/part")
        let run = try asUser(arguments)
        #expect(run.status == 2)
        #expect(try actions(run) == ["failed", "converted"])
        #expect(run.errorText.contains("/out/part/a.jpg: permission is denied"))
    }

    // MARK: - Names

    @Test(
        "in a tree with overlong paths, reachable files are prepared and the rest is reported")
    func deepTree() throws {
        try SourceFolder.make(folder, count: 1) { _ in "z.jpg" }
        // Made from within, because no path can reach it.
        let names = try CommandRun.run(
            URL(filePath: "/bin/sh"),
            [
                "-c",
                #"cd in && for i in $(seq 30); do mkdir "$1" && cd -P "$1" || exit 1; done; : > end.jpg"#,
                "sh", String(repeating: "d", count: 200),
            ], in: folder.path)
        defer { _ = try? CommandRun.run(URL(filePath: "/bin/rm"), ["-rf", folder.path + "/in"]) }
        try #require(names.status == 0)
        let run = try CommandRun.imagePreflight(arguments)
        #expect(run.status == 2)
        #expect(try actions(run) == ["converted"])
        #expect(run.errorText.contains("bytes, over the limit of"))
    }

    // MARK: - Changes by others

    @Test(
        "a file that vanishes after its header is checked is a separate problem", arguments: [true, false])
    func vanishes(isFirst: Bool) throws {
        try SourceFolder.make(folder, count: 2) {
            ($0 == 0) == isFirst ? "\($0)-fault-vanish.jpg" : "\($0)-good.jpg"
        }
        let run = try CommandRun.imagePreflight(
            arguments + ["--jobs", "1"], environment: FaultyDecoder.environment(state: folder.path))
        #expect(run.status == 2)
        #expect(try actions(run) == (isFirst ? ["failed", "converted"] : ["converted", "failed"]))
        #expect(run.errorText.contains("no such file or folder"))
    }

    /// What replaces a file after its header is checked, and what the row says then.
    static let changes: [(file: String, action: String, status: Int32)] = [
        ("photos/sea-1920x1080.jpg", "resized", 0),
        ("limits/small/png-8x8.png", "copied", 0),
        ("bad/truncated/half-baseline.jpg", "failed", 1),
        ("bad/not-images/text-named.jpg", "failed", 1),
        ("bad/hostile/png-bomb-30000x30000.png", "failed", 1),
    ]

    @Test(
        "if a file is replaced after its header is checked, its row and output come from one file")
    func replaced() throws {
        try folder.write("state/.keep")
        let first = Array(try Data(contentsOf: SourceFolder.turned))
        for (index, change) in Self.changes.enumerated() {
            let name = "\(index)-fault-change.jpg"
            try folder.write("in/" + name, first)
            try folder.write(
                "state/" + name, try Data(contentsOf: Resources.testdata.appending(path: change.file)))
        }
        let run = try CommandRun.imagePreflight(
            arguments + ["--jobs", "2"],
            environment: FaultyDecoder.environment(state: folder.path + "/state"))
        #expect(run.status == 1)
        let rows = try run.records()
        #expect(rows.compactMap { $0["action"] as? String } == Self.changes.map(\.action))
        for (index, row) in rows.enumerated() {
            let now = try folder.read("in/\(index)-fault-change.jpg")
            #expect(now != first)
            guard let output = row["output"] as? [String: Any], let name = output["path"] as? String else {
                continue
            }
            let source = row["source"] as? [String: Any]
            #expect(source?["bytes"] as? Int == now.count)
            let written = try folder.read("out/" + name)
            #expect(output["bytes"] as? Int == written.count)
            if row["action"] as? String == "copied" { #expect(written == now) }
            let check = try CommandRun.imagePreflight(["check", folder.path + "/out/" + name, "--deep"])
            #expect(check.status == 0)
        }
    }
}
