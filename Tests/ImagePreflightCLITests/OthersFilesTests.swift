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

@Suite("Files of other programs and closed streams")
struct OthersFilesTests {
    private let folder: TemporaryFolder
    private static let program = CommandRun.productsFolder.appending(path: "image-preflight").path

    init() throws { folder = try TemporaryFolder() }

    private func prepare(_ options: [String] = []) throws -> CommandRun {
        try CommandRun.imagePreflight(
            ["prepare", "in", "-o", "out", "--quiet", "--format", "ndjson"] + options, in: folder.path)
    }

    /// Runs a script in the folder; `ip` is the command.
    private func run(script: String) throws -> CommandRun {
        try CommandRun.run(
            URL(filePath: "/bin/sh"), ["-c", "ip() { '\(Self.program)' \"$@\"; }\n" + script], in: folder.path
        )
    }

    // MARK: - Streams

    @Test(
        "with closed standard streams, the manifest and images contain only what they should",
        arguments: ["<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"],
        ["", "--no-isolate"])
    func closedStreams(closed: String, option: String) throws {
        try SourceFolder.make(folder, count: 3) { "\($0).jpg" }
        try folder.write("in/bad.jpg", Array("not an image".utf8))
        #expect(try prepare().status == 1)
        let run = try run(script: "ip prepare in -o closed \(option) --format ndjson \(closed)")
        #expect(run.status == 1)
        for name in ["manifest.jsonl", "0.jpg", "1.jpg", "2.jpg"] {
            #expect(try folder.read("closed/" + name) == folder.read("out/" + name), "\(name)")
        }
    }

    // MARK: - Journals

    private static let foreign = Array(#"{"name": "not ours"}"#.utf8) + [0x0A]

    @Test("a journal is never opened through a link", arguments: ["--overwrite", "--resume"], [true, false])
    func linkedJournal(option: String, exists: Bool) throws {
        try SourceFolder.make(folder, count: 1) { "\($0).jpg" }
        try folder.write("out/.keep")
        // Even if it points to something that a run wrote.
        let row = Array(#"{"source":{"path":"x.jpg"},"action":"failed"}"#.utf8) + [0x0A]
        if exists { try folder.write("target", row) }
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/out/manifest.jsonl.partial", withDestinationPath: "../target")
        let run = try prepare([option])
        #expect(run.status == 2)
        #expect(run.errorText.contains("out/manifest.jsonl.partial exists and is not a manifest"))
        #expect(try folder.files().contains("target") == exists)
        if exists { #expect(try folder.read("target") == row) }
        #expect(try !folder.files().contains("out/0.jpg"))
    }

    @Test("a file of another program is not a journal", arguments: ["--overwrite", "--resume", ""])
    func foreignJournal(option: String) throws {
        try SourceFolder.make(folder, count: 1) { "\($0).jpg" }
        try folder.write("notes.jsonl.partial", Self.foreign)
        let run = try prepare(["--manifest", "notes.jsonl"] + (option.isEmpty ? [] : [option]))
        #expect(run.status == 2)
        #expect(run.errorText.contains("notes.jsonl.partial exists and is not a manifest"))
        #expect(try folder.read("notes.jsonl.partial") == Self.foreign)
        #expect(try !folder.files().contains { $0.hasPrefix("out/") })
    }

    @Test("a pipe at the journal's path is refused at once", arguments: ["--overwrite", "--resume"])
    func pipeAsJournal(option: String) throws {
        try SourceFolder.make(folder, count: 1) { "\($0).jpg" }
        try folder.write("out/.keep")
        #expect(mkfifo(folder.path + "/out/manifest.jsonl.partial", 0o644) == 0)
        let run = try run(
            script: "timeout -k 1 10 '\(Self.program)' prepare in -o out \(option) < /dev/null")
        #expect(run.status == 2)
        #expect(run.errorText.contains("out/manifest.jsonl.partial exists and is not a manifest"))
    }

    /// What can happen to a journal during a run.
    enum Change: CaseIterable { case truncated, emptied, replaced, removed }

    @Test(
        "a journal that changes during the run is an error", arguments: Change.allCases,
        [true, false])
    func changedJournal(change: Change, resumes: Bool) throws {
        // The last image stalls the run until its timeout.
        try SourceFolder.make(folder, count: 6) { $0 == 5 ? "fault-hang.jpg" : "\($0).jpg" }
        let arguments = [
            "prepare", folder.path + "/in", "-o", folder.path + "/out", "--jobs", "1", "--timeout", "2",
            "--quiet",
        ]
        let environment = FaultyDecoder.environment(state: folder.path)
        let journal = folder.path + "/out/manifest.jsonl.partial"
        func rowCount() -> Int {
            (try? Data(contentsOf: URL(filePath: journal)))?.count { $0 == UInt8(ascii: "\n") } ?? 0
        }
        if resumes {
            let first = try RunningCommand(arguments, environment: environment)
            first.wait { FileManager.default.fileExists(atPath: folder.path + "/out/4.jpg") }
            _ = first.end(SIGINT)
            try #require(rowCount() > 0)
        }
        let before = rowCount()
        let command = try RunningCommand(arguments + ["--resume"], environment: environment)
        // It has resumed and is waiting for the last image.
        command.wait {
            FileManager.default.fileExists(atPath: folder.path + "/out/4.jpg") && rowCount() > before
        }
        switch change {
        case .truncated: truncate(journal, 10)
        case .emptied: truncate(journal, 0)
        case .replaced: try Data(Self.foreign).write(to: URL(filePath: journal), options: .atomic)
        case .removed: unlink(journal)
        }
        #expect(command.end(0) == 2)
        #expect(try command.errorText.contains("manifest.jsonl.partial was changed by another process"))
        #expect(try !folder.files().contains("out/manifest.jsonl"))
    }

    // MARK: - What may be replaced

    @Test("a manifest replaces only a manifest", arguments: ["--overwrite", "--resume"])
    func foreignManifest(option: String) throws {
        try SourceFolder.make(folder, count: 1) { "\($0).jpg" }
        for (name, text) in [
            ("package.json", #"{"name": "x"}"#), ("check.jsonl", #"{"path":"a.jpg"}"#), ("x", "{"),
        ] {
            try folder.write(name, Array(text.utf8))
            let run = try prepare([option, "--manifest", name])
            #expect(run.status == 2)
            #expect(run.errorText.contains("\(name) exists and is not a manifest"), "\(run.errorText)")
            #expect(try folder.read(name) == Array(text.utf8))
        }
        #expect(try !folder.files().contains { $0.hasPrefix("out/") || $0.hasSuffix(".partial") })
    }

    @Test("`manifest merge` replaces only a manifest, `report` only a report")
    func foreignOutputs() throws {
        try SourceFolder.make(folder, count: 1) { "\($0).jpg" }
        #expect(try prepare().status == 0)
        for output in ["merged.jsonl", "page.html"] {
            let command =
                (output == "page.html" ? ["report"] : ["manifest", "merge"])
                + ["out/manifest.jsonl", "-o", output]
            let texts = [
                Self.foreign, Array("<!DOCTYPE html>\n<title>mine</title>".utf8),
                output == "page.html" ? try folder.read("out/manifest.jsonl") : [0],
            ]
            for text in texts {
                try folder.write(output, text)
                let run = try CommandRun.imagePreflight(command, in: folder.path)
                #expect(run.status == 2)
                #expect(run.errorText.contains("\(output) exists and is not a"), "\(run.errorText)")
                #expect(try folder.read(output) == text)
            }
            // An empty file, or one that the command wrote, may be replaced.
            try folder.write(output)
            for _ in 1...2 { #expect(try CommandRun.imagePreflight(command, in: folder.path).status == 0) }
        }
    }

    // MARK: - Numbers

    static let fields: [[String]] = [
        ["source", "bytes"], ["source", "width"], ["source", "height"], ["source", "tokens"],
        ["source", "tokens_guide"], ["source", "cost_usd"], ["output", "bytes"], ["output", "width"],
        ["output", "height"], ["output", "tokens"], ["output", "cost_usd"], ["map", "crop_x"],
        ["map", "source_width"], ["map", "output_height"],
    ]

    @Test("every command that reads manifests refuses impossible numbers with line and field")
    func numbers() throws {
        try SourceFolder.make(folder, count: 2) { "\($0).jpg" }
        #expect(try prepare().status == 0)
        let manifest = try folder.read("out/manifest.jsonl")
        let lines = manifest.split(separator: 0x0A)
        let numbers = ["9223372036854775807", "-9223372036854775808", "1e300", "-1"]
        // Each field with two of the numbers: a process for every combination would take too long.
        for (index, field) in Self.fields.enumerated() {
            for number in [numbers[index % 2], numbers[2 + index % 2]] {
                let key = Array("\"\(field[1])\":".utf8)
                let text = String(decoding: lines[1], as: UTF8.self)
                let object = try #require(text.range(of: "\"\(field[0])\":{"))
                let place = try #require(
                    text.range(
                        of: String(decoding: key, as: UTF8.self), range: object.upperBound..<text.endIndex))
                let end = try #require(text[place.upperBound...].firstIndex { $0 == "," || $0 == "}" })
                let changed = text.replacingCharacters(in: place.upperBound..<end, with: number)
                try folder.write(
                    "out/manifest.jsonl", Array(lines[0]) + [0x0A] + Array(changed.utf8) + [0x0A])
                let place2 =
                    "out/manifest.jsonl:2: not a row of a manifest: a number out of range in \(field[0]).\(field[1])"
                for command in [
                    "report out/manifest.jsonl -o page.html --thumbnails none",
                    "manifest merge out/manifest.jsonl -o m.jsonl", "locate out/manifest.jsonl 1.jpg 1 1",
                ] {
                    let run = try CommandRun.imagePreflight(
                        command.split(separator: " ").map(String.init), in: folder.path)
                    #expect(run.status == 2, "\(command): \(field) \(number)")
                    #expect(run.errorText.contains(place2), "\(command): \(run.errorText)")
                }
                let resumed = try prepare(["--resume"])
                #expect(resumed.status == 0)
                #expect(try resumed.records().map { $0["action"] as? String } == ["skipped", "converted"])
                #expect(try folder.read("out/manifest.jsonl") == manifest)
            }
        }
    }

    @Test("sums of the largest numbers do not crash")
    func sums() throws {
        try SourceFolder.make(folder, count: 1) { "\($0).jpg" }
        #expect(try prepare().status == 0)
        let largest = "9007199254740992"
        let row = String(decoding: try folder.read("out/manifest.jsonl"), as: UTF8.self)
            .replacing(#/"(bytes|tokens)":\d+/#) { "\"\($0.output.1)\":\(largest)" }
            .replacing(#/"cost_usd":[0-9.]+/#) { _ in #""cost_usd":9007199254.740992"# }
        let rows = (0..<2000).map { row.replacing("0.jpg", with: "\($0).jpg") }
        try folder.write("many.jsonl", Array(rows.joined().utf8))
        let report = try CommandRun.imagePreflight(
            ["report", "many.jsonl", "-o", "page.html", "--thumbnails", "none"], in: folder.path)
        #expect(report.status == 0, "\(report.errorText)")
        let merge = try CommandRun.imagePreflight(
            ["manifest", "merge", "many.jsonl", "-o", "m.jsonl"], in: folder.path)
        #expect(merge.status == 0, "\(merge.errorText)")
    }

    // MARK: - Names in messages

    /// A name that would forge a line, control the terminal, and reverse its text.
    private static let name = "a\n::error::b\r\u{1B}[2J\u{9B}31m\u{202E}\u{2066}\u{2028}\u{2029}c"

    @Test(
        "a name cannot forge a line or control the terminal in any message",
        arguments: [
            #"ip check "$n.jpg" --format table"#, #"ip check "$n" --progress never"#, #"ip lint "$n.json""#,
            #"ip lint "$n""#,
            #"ip repair "$n.json" --dry-run"#, #"ip repair "$n.json" -o "$n" -o "$n""#,
            #"ip repair "$n" --in-place"#,
            #"ip prepare "$n.jpg" -o "$n.json""#, #"ip prepare "$n" -o out"#,
            #"ip prepare "$n.jpg" -o out --manifest "$n.json" --overwrite"#,
            #"ip report "$n" -o page.html"#, #"ip report "$n.json" -o page.html"#,
            #"ip manifest merge "$n" -o m"#,
            #"ip prepare good.jpg -o "$n"; ip manifest merge "$n/manifest.jsonl" "$n/manifest.jsonl" -o "$n.json""#,
            #"cp good.jpg "$n.jpg"; ip prepare "$n.jpg" -o 1; ip prepare "$n.jpg" -o 2 --quality 7; ip manifest merge 1/manifest.jsonl 2/manifest.jsonl -o m"#,
            #"ip estimate "$n""#, #"ip estimate 1x1 --model "$n""#, #"ip explain --request "$n" x"#,
            #"ip explain "$n""#,
            #"ip locate "$n" "$n" 1 2"#, #"ip pack "$n.jpg" --prompt x -o out"#,
            #"ip pack "$n" --prompt x -o out"#,
            #"ip "$n""#, #"ip check "--$n""#, #"ip check --jobs "$n""#, #"ip check "--jobs=$n" x"#,
            #"ip rules "$n""#,
            #"ip check --files-from "$n""#, #"ip models --catalog "$n""#, #"ip models --catalog "$n.json""#,
            #"echo '{"tool_name":"Read","tool_input":{"file_path":"x"}}' | ip hook --model "$n""#,
        ])
    func names(script: String) throws {
        try folder.write("\(Self.name).jpg", Array("not an image".utf8))
        try folder.write("\(Self.name).json", Array("{".utf8))
        try folder.write("good.jpg", Array(try Data(contentsOf: SourceFolder.turned)))
        let run = try CommandRun.run(
            URL(filePath: "/bin/sh"),
            ["-c", "n=$1; ip() { '\(Self.program)' \"$@\"; }\n{ \(script); } > /dev/null", "sh", Self.name],
            in: folder.path)
        #expect(!run.errorText.contains("\n::"), "\(run.errorText)")
        let controls = run.errorText.unicodeScalars.filter {
            switch $0.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: $0 != "\n"
            default: false
            }
        }
        #expect(controls.isEmpty, "\(run.errorText)")
    }
}
