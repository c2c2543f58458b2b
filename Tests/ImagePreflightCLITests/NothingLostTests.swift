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

@Suite("Runs that are stopped, killed or refused")
struct NothingLostTests {
    private let folder: TemporaryFolder
    private var input: String { folder.path + "/in" }

    init() throws { folder = try TemporaryFolder() }

    private func arguments(_ output: String, _ more: [String] = []) -> [String] {
        ["prepare", input, "-o", folder.path + "/" + output, "--quiet", "--format", "ndjson"] + more
    }

    /// Every file of an output folder, hidden ones too.
    private func tree(_ output: String) throws -> [String: [UInt8]] {
        let names = try folder.files().filter { $0.hasPrefix(output + "/") }
        return try Dictionary(
            uniqueKeysWithValues: names.map { (String($0.dropFirst(output.count)), try folder.read($0)) })
    }

    /// How many rows an unfinished run has written.
    private func rows(_ output: String) -> Int {
        let journal = try? Data(contentsOf: folder.url.appending(path: output + "/manifest.jsonl.partial"))
        return journal?.count { $0 == UInt8(ascii: "\n") } ?? 0
    }

    @Test("a run killed and resumed five times equals an uninterrupted one, byte for byte")
    func killedAndResumed() throws {
        try SourceFolder.make(folder, count: 30) { "\($0 / 10)/\($0).jpg" }
        #expect(try CommandRun.imagePreflight(arguments("whole")).status == 0)
        for kill in 1...5 {
            let run = try RunningCommand(arguments("broken", ["--resume"]))
            run.wait { rows("broken") >= 5 * kill }
            _ = run.end(SIGKILL)
        }
        #expect(try CommandRun.imagePreflight(arguments("broken", ["--resume"])).status == 0)
        let (whole, broken) = (try tree("whole"), try tree("broken"))
        #expect(whole.count == 31)
        #expect(whole.keys.sorted() == broken.keys.sorted())
        for (name, bytes) in whole { #expect(broken[name] == bytes, "\(name)") }
    }

    @Test("Ctrl-C exits with 130 and keeps the journal, and --resume completes it")
    func interrupted() throws {
        // The eleventh image stalls the run, so that the signal interrupts it.
        try SourceFolder.make(folder, count: 30) { $0 == 10 ? "20-fault-hang.jpg" : "\(10 + $0).jpg" }
        let run = try RunningCommand(
            arguments("out", ["--jobs", "1", "--timeout", "3"]),
            environment: FaultyDecoder.environment(state: folder.path))
        run.wait { FileManager.default.fileExists(atPath: folder.path + "/out/19.jpg") }
        #expect(run.end(SIGINT) == 130)
        let done = rows("out")
        #expect(done >= 1 && done < 30)
        #expect(try !tree("out").keys.contains { $0.contains(".image-preflight-") })
        let resumed = try CommandRun.imagePreflight(arguments("out", ["--resume"]))
        #expect(resumed.status == 0)
        // Every image in the journal except the hanging one, if the run reached it.
        let skipped = try resumed.records().count { $0["action"] as? String == "skipped" }
        #expect(skipped == done || skipped == done - 1)
        #expect(try tree("out").count == 31)
    }

    @Test("--resume redoes only images with other options or changed bytes")
    func redone() throws {
        try SourceFolder.make(folder, count: 3) { "\($0).jpg" }
        _ = try CommandRun.imagePreflight(arguments("out"))
        func actions(_ options: [String]) throws -> [String] {
            try CommandRun.imagePreflight(arguments("out", ["--resume"] + options)).records()
                .compactMap { $0["action"] as? String }
        }
        #expect(try actions([]) == ["skipped", "skipped", "skipped"])
        #expect(try actions(["--memory-limit", "2G", "--durable"]) == ["skipped", "skipped", "skipped"])
        try folder.write("in/1.jpg", try folder.read("in/1.jpg") + [0])
        #expect(try actions([]) == ["skipped", "converted", "skipped"])
        try folder.write("out/2.jpg", [1, 2, 3])
        #expect(try actions([]) == ["skipped", "skipped", "converted"])
        #expect(try actions(["--quality", "50"]) == ["converted", "converted", "converted"])
    }

    @Test("the next run removes a killed run's partial files; other hidden files stay")
    func temporaryFiles() throws {
        try SourceFolder.make(folder, count: 1) { "\($0).jpg" }
        for name in ["manifest.jsonl.partial", "a/.image-preflight-1a2b", ".image-preflight-z", ".other"] {
            try folder.write("out/" + name)
        }
        #expect(try CommandRun.imagePreflight(arguments("out", ["--resume"])).status == 0)
        #expect(try tree("out").keys.sorted() == ["/.other", "/0.jpg", "/manifest.jsonl"])
    }

    @Test("a reader that goes away ends the run quietly")
    func closedPipe() throws {
        try SourceFolder.make(folder, count: 30) { "\($0).jpg" }
        let program = CommandRun.productsFolder.appending(path: "image-preflight").path
        let run = try CommandRun.run(
            URL(filePath: "/bin/sh"),
            ["-c", #"{ "$@"; echo $? >&2; } | head -n 1 | wc -l"#, "sh", program] + arguments("out"))
        #expect(run.text.filter { !$0.isWhitespace } == "1")
        #expect(run.errorText == "0\n")
    }

    @Test("a reader that goes away early loses no file and no manifest row")
    func earlyClosedPipe() throws {
        let image = try Data(contentsOf: Resources.testdata.appending(path: "limits/small/png-200x200.png"))
        // More rows than a pipe holds.
        for index in 0..<150 { try folder.write("in/\(index).png", image) }
        let program = CommandRun.productsFolder.appending(path: "image-preflight").path
        let run = try CommandRun.run(
            URL(filePath: "/bin/sh"),
            ["-c", #"{ "$@"; echo $? >&2; } | head -n 1 | wc -l"#, "sh", program] + arguments("out"))
        #expect(run.errorText == "0\n")
        #expect(try folder.read("out/manifest.jsonl").count { $0 == UInt8(ascii: "\n") } == 150)
        #expect(try tree("out").count == 151)
    }

    @Test("--resume without an earlier run does not replace files that someone else put there")
    func resumedIntoForeign() throws {
        try SourceFolder.make(folder, count: 2) { "\($0).jpg" }
        try folder.write("out/1.jpg", Array("mine".utf8))
        let run = try CommandRun.imagePreflight(arguments("out", ["--resume"]))
        #expect(run.status == 2)
        #expect(run.errorText.contains("1.jpg: it exists already"), "\(run.errorText)")
        #expect(try folder.read("out/1.jpg") == Array("mine".utf8))
        #expect(try tree("out").keys.sorted() == ["/0.jpg", "/1.jpg", "/manifest.jsonl"])
    }

    @Test("a second run into a folder names the options that decide what happens to the first")
    func preparedTwice() throws {
        try SourceFolder.make(folder, count: 1) { "\($0).jpg" }
        #expect(try CommandRun.imagePreflight(arguments("out")).status == 0)
        let run = try CommandRun.imagePreflight(arguments("out"))
        #expect(run.status == 2)
        let sentence = "already exists: --resume continues that run, --overwrite replaces its outputs"
        #expect(run.errorText.contains("out/manifest.jsonl \(sentence)"), "\(run.errorText)")
    }

    @Test("a prepared folder can be checked, estimated, packed and prepared again")
    func preparedAgain() throws {
        try SourceFolder.make(folder, count: 2) { "\($0).jpg" }
        #expect(try CommandRun.imagePreflight(arguments("out", ["--shard", "1/1"])).status == 0)
        #expect(try CommandRun.imagePreflight(arguments("out/sub")).status == 0)
        try folder.write("out/sub/manifest.jsonl.partial", Array(#"{"source":{"path":"x"}}"#.utf8))
        for command in ["check", "estimate", "pack --prompt hi --dry-run", "prepare -o again"] {
            let words = command.split(separator: " ").map(String.init)
            let run = try CommandRun.imagePreflight([words[0], "out"] + words[1...], in: folder.path)
            #expect(run.status == 0, "\(run.errorText)")
        }
        // A file that only has a manifest's name is reported.
        try folder.write("out/manifest.jsonl", Array(#"{"images": 3}"#.utf8))
        #expect(try CommandRun.imagePreflight(["check", "out"], in: folder.path).status == 1)
        // So is a manifest that is named explicitly.
        let named = try CommandRun.imagePreflight(["check", "out/sub/manifest.jsonl"], in: folder.path)
        #expect(named.status == 1)
    }

    @Test("a folder at the manifest's path is refused before any work")
    func manifestIsFolder() throws {
        try SourceFolder.make(folder, count: 1) { "\($0).jpg" }
        try folder.write("there/x")
        let run = try CommandRun.imagePreflight(
            arguments("out", ["--manifest", folder.path + "/there", "--overwrite"]))
        #expect(run.status == 2)
        #expect(run.errorText.contains("there exists and is not a manifest"), "\(run.errorText)")
        #expect(try folder.files().allSatisfy { !$0.hasPrefix("out") && !$0.contains("partial") })
    }

    @Test("using the input folder as output folder is refused and leaves it untouched")
    func outputIsInput() throws {
        try SourceFolder.make(folder, count: 1) { "\($0).jpg" }
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link", withDestinationPath: "in")
        for output in ["in", "in/.", "link"] {
            for option in ["--overwrite", "--resume"] {
                let run = try CommandRun.imagePreflight(arguments(output, [option]))
                #expect(run.status == 2)
                #expect(run.errorText.contains("is the output folder itself"))
            }
        }
        #expect(try folder.files().filter { $0.hasPrefix("in/") } == ["in/0.jpg"])
    }

    @Test("--manifest replaces only a manifest, even with --overwrite or --resume")
    func manifestIsAnImage() throws {
        try SourceFolder.make(folder, count: 1) { "\($0).jpg" }
        let photo = try folder.read("in/0.jpg")
        for option in ["--overwrite", "--resume"] {
            let run = try CommandRun.imagePreflight(
                arguments("out", [option, "--manifest", input + "/0.jpg"]))
            #expect(run.status == 2)
            #expect(run.errorText.contains("is not a manifest"))
        }
        #expect(try folder.read("in/0.jpg") == photo)
        let named = ["--overwrite", "--manifest", folder.path + "/named.jsonl"]
        for _ in 1...2 { #expect(try CommandRun.imagePreflight(arguments("out", named)).status == 0) }
    }

    @Test("a pipe or a device is never replaced by a file")
    func specialFiles() throws {
        try SourceFolder.make(folder, count: 1) { "\($0).jpg" }
        #expect(try CommandRun.imagePreflight(arguments("out")).status == 0)
        try folder.write("request.json", Array("{}".utf8))
        let pipe = folder.path + "/pipe"
        #expect(mkfifo(pipe, 0o644) == 0)
        let manifest = folder.path + "/out/manifest.jsonl"
        for command in [
            arguments("other", ["--overwrite", "--manifest", pipe]), ["report", manifest, "-o", pipe],
            ["manifest", "merge", manifest, "-o", pipe],
            ["repair", folder.path + "/request.json", "-o", pipe, "--overwrite"],
        ] {
            #expect(try CommandRun.imagePreflight(command).status == 2, "\(command)")
            var status = stat()
            #expect(lstat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO, "\(command)")
        }
    }

    @Test("an output folder inside the input folder is not read as input")
    func outputInsideInput() throws {
        try SourceFolder.make(folder, count: 2) { "\($0).jpg" }
        for _ in 1...2 {
            #expect(try CommandRun.imagePreflight(arguments("in/ready", ["--overwrite"])).status == 0)
        }
        #expect(
            try folder.files() == [
                "in/0.jpg", "in/1.jpg", "in/ready/0.jpg", "in/ready/1.jpg", "in/ready/manifest.jsonl",
            ])
    }

    @Test("a second run into a folder in use is refused")
    func twoRuns() throws {
        try SourceFolder.make(folder, count: 1) { _ in "fault-hang.jpg" }
        let first = try RunningCommand(
            arguments("out"), environment: FaultyDecoder.environment(state: folder.path))
        first.wait { FileManager.default.fileExists(atPath: folder.path + "/out/manifest.jsonl.partial") }
        let second = try CommandRun.imagePreflight(arguments("out", ["--resume"]))
        #expect(second.status == 2)
        #expect(second.errorText.contains("another run is using"))
        _ = first.end(SIGKILL)
    }

    /// A run's outputs, keyed by source.
    private func outputs(of run: CommandRun) throws -> [String: String] {
        try run.records().reduce(into: [:]) { outputs, record in
            let source = (record["source"] as? [String: Any])?["path"] as? String ?? ""
            outputs[URL(filePath: source).lastPathComponent] =
                (record["output"] as? [String: Any])?["path"] as? String
        }
    }

    private static let meetingOutputs = [
        "a.jpg": "a.jpg", "a.png": "a.png.a29205b5.jpg", "a.png.jpg": "a.png.jpg", "b": "b.af63df4c.jpg",
        "b.jpg": "b.jpg",
    ]

    @Test("sources whose outputs would collide are kept apart by a run, shards and a resumed run")
    func meetingNames() throws {
        let photo = try Data(contentsOf: SourceFolder.turned)
        for name in Self.meetingOutputs.keys where name != "a.png" { try folder.write("in/" + name, photo) }
        let options = ["--output-format", "jpeg"]
        #expect(try CommandRun.imagePreflight(arguments("later", options)).status == 0)
        try folder.write("in/a.png", photo)
        for (output, more) in [
            ("out", ["--jobs", "1"]), ("more", ["--jobs", "4"]), ("later", ["--resume"]),
        ] {
            let run = try CommandRun.imagePreflight(arguments(output, options + more))
            #expect(run.status == 0, "\(run.errorText)")
            #expect(try outputs(of: run) == Self.meetingOutputs)
        }
        var shards: [String: String] = [:]
        for shard in ["1/3", "2/3", "3/3"] {
            let run = try CommandRun.imagePreflight(
                arguments("parts", options + ["--shard", shard, "--resume"]))
            #expect(run.status == 0, "\(run.errorText)")
            try shards.merge(outputs(of: run)) { $1 }
        }
        #expect(shards == Self.meetingOutputs)
    }

    @Test(
        "names that differ only in case are two files if the disk is case-sensitive",
        .enabled(if: keepsCase, "the disk takes a.jpg and A.jpg for one file"))
    func letterCase() throws {
        let photo = try Data(contentsOf: SourceFolder.turned)
        try folder.write("in/A.jpg", photo)
        try folder.write("in/a.jpg", photo)
        let run = try CommandRun.imagePreflight(arguments("out"))
        #expect(run.status == 0, "\(run.errorText)")
        #expect(try outputs(of: run) == ["A.jpg": "A.jpg", "a.jpg": "a.jpg"])
        #expect(try tree("out").keys.sorted() == ["/A.jpg", "/a.jpg", "/manifest.jsonl"])
    }

    @Test(
        "a file that is listed twice is prepared once, and the second listing is reported",
        arguments: ["--overwrite", "--no-isolate"])
    func namedTwice(option: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "a.png", Data(contentsOf: Resources.testdata.appending(path: "photos/valley-360x270.png")))
        let run = try CommandRun.imagePreflight(
            ["prepare", "a.png", "./a.png", "-o", "out", option], in: folder.path)
        #expect(run.status == 2)
        #expect(
            try run.records().map { $0["action"] as? String }.sorted { $0 ?? "" < $1 ?? "" } == [
                "copied", "failed",
            ])
        #expect(
            run.errorText.contains(
                "another file of this run has the output out/a.png, or this one is listed twice"),
            "\(run.errorText)")
    }

    @Test("a name too long for the output's extension is a problem for that file only")
    func longName() throws {
        try SourceFolder.make(folder, count: 2) { $0 == 0 ? "a.jpg" : String(repeating: "b", count: 254) }
        let run = try CommandRun.imagePreflight(arguments("out"))
        #expect(run.status == 2)
        #expect(try run.records().compactMap { $0["action"] as? String } == ["converted", "failed"])
        #expect(run.errorText.contains("its name is too long"))
    }

    @Test("with a low open-file limit, each failure is reported and nothing is half written")
    func fewDescriptors() throws {
        try SourceFolder.make(folder, count: 4) { "\($0).jpg" }
        let program = CommandRun.productsFolder.appending(path: "image-preflight").path
        let run = try CommandRun.run(
            URL(filePath: "/bin/sh"),
            ["-c", #"ulimit -n 7; exec "$@""#, "sh", program] + arguments("out", ["--jobs", "2"]))
        #expect(run.status == 2)
        #expect(run.errorText.lowercased().contains("too many"))
        #expect(try !folder.files().contains { $0.contains(".image-preflight-") })
    }

    @Test(
        "a full disk exits with 2 and a clear message, and nothing is half written",
        .enabled(if: canMount, "no right to mount a small disk"))
    func fullDisk() throws {
        try SourceFolder.make(folder, count: 40) { "\($0).jpg" }
        try folder.write("disk/.keep")
        let disk = folder.path + "/disk"
        let mounted = try CommandRun.run(
            URL(filePath: "/bin/mount"), ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk])
        try #require(mounted.status == 0)
        defer { _ = try? CommandRun.run(URL(filePath: "/bin/umount"), [disk]) }
        let run = try CommandRun.imagePreflight(arguments("disk/out"))
        #expect(run.status == 2)
        #expect(run.errorText.contains("there is no space left"))
        let outputs = try folder.files().filter { $0.hasPrefix("disk/out/") && $0.hasSuffix(".jpg") }
        #expect(try !folder.files().contains { $0.contains(".image-preflight-") })
        #expect(outputs.count < 40)
        for name in outputs {
            let check = try CommandRun.imagePreflight(["check", folder.path + "/" + name, "--deep"])
            #expect(check.status == 0, "\(name)")
        }
    }

    /// Whether the disk for temporary files is case-sensitive.
    static let keepsCase: Bool = {
        guard let folder = try? TemporaryFolder(), (try? folder.write("A")) != nil,
            (try? folder.write("a")) != nil
        else { return false }
        return (try? folder.files().count) == 2
    }()

    /// Whether the test may mount a small disk: it takes root, and containers often forbid it.
    static let canMount: Bool = {
        guard geteuid() == 0, let folder = try? TemporaryFolder(),
            let run = try? CommandRun.run(
                URL(filePath: "/bin/mount"), ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.path])
        else { return false }
        _ = try? CommandRun.run(URL(filePath: "/bin/umount"), [folder.path])
        return run.status == 0
    }()
}
