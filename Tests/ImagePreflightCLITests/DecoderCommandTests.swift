import Foundation
import TestSupport
import Testing

@Suite("Images that break their decoder, in every command")
struct DecoderCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: Resources.testdata.appending(path: name)))
    }

    private func codes(_ record: [String: Any]) -> [String] {
        (record["findings"] as? [[String: Any]] ?? []).compactMap { $0["code"] as? String }
    }

    private func run(_ arguments: [String], input: [UInt8] = []) throws -> CommandRun {
        try CommandRun.imagePreflight(
            arguments, input: input, in: folder.path, environment: FaultyDecoder.environment())
    }

    /// How a decoder breaks, and the options that keep that short.
    static let faults: [(name: String, options: [String])] = [
        ("crash", ["--timeout", "60"]), ("hang", ["--timeout", "2"]), ("memory", ["--memory-limit", "64M"]),
    ]

    @Test("check --deep names the image and checks the others", arguments: faults)
    func check(fault: (name: String, options: [String])) throws {
        try SourceFolder.make(folder, count: 3) { ["a.jpg", "b-fault-\(fault.name).jpg", "c.jpg"][$0] }
        let run = try run(["check", "in", "--deep", "--format", "ndjson"] + fault.options)
        #expect(run.status == 1)
        let records = try run.records()
        #expect(records.map { codes($0).contains("I107") } == [false, true, false])
        #expect(records.map { $0["verdict"] as? String == "rejected" } == [false, true, false])
    }

    @Test(
        "prepare names the image, prepares the rest", arguments: faults, [["in"], ["in/a.jpg", "in/b.jpg"]])
    func prepare(fault: (name: String, options: [String]), paths: [String]) throws {
        try SourceFolder.make(folder, count: 2) { ["a.jpg", "b.jpg"][$0] }
        let broken = "in/z-fault-\(fault.name).jpg"
        try folder.write(broken, try Self.bytes("orientation/jpeg-portrait-6-big-endian.jpg"))
        let run = try run(
            ["prepare"] + paths + (paths == ["in"] ? [] : [broken]) + ["-o", "out", "--format", "ndjson"]
                + fault.options)
        #expect(run.status == 1)
        #expect(try run.records().map { codes($0).contains("I107") } == [false, false, true])
        #expect(try folder.files().count { $0.hasPrefix("out/") && $0.hasSuffix(".jpg") } == 2)
    }

    @Test("report shows the other pictures and names the image", arguments: faults)
    func report(fault: (name: String, options: [String])) throws {
        try SourceFolder.make(folder, count: 2) { ["a.jpg", "b-fault-\(fault.name).jpg"][$0] }
        // The image that breaks this decoder was prepared by another one.
        #expect(
            try CommandRun.imagePreflight(["prepare", "in", "-o", "out", "-q"], in: folder.path).status == 0)
        let run = try run(["report", "out/manifest.jsonl", "-o", "page.html"] + fault.options)
        #expect(run.status == 0)
        #expect(run.errorText.contains("in/b-fault-\(fault.name).jpg: I107 decoder-failed"))
        #expect(!run.errorText.contains("a.jpg: I107"))
        #expect(String(decoding: try folder.read("page.html"), as: UTF8.self).contains("/9j/"))
    }

    @Test("report does not decode images that could not be prepared")
    func reportOfFailures() throws {
        try SourceFolder.make(folder, count: 2) { ["a.jpg", "b-fault-crash.jpg"][$0] }
        #expect(try run(["prepare", "in", "-o", "out", "-q"]).status == 1)
        let run = try run(["report", "out/manifest.jsonl", "-o", "page.html", "-q"])
        #expect(run.status == 0)
        #expect(run.errorText.isEmpty)
    }

    @Test("repair names the image, leaves it alone and repairs the others", arguments: faults)
    func repair(fault: (name: String, options: [String])) throws {
        func body(_ image: [UInt8]) -> String {
            let data = Data(image).base64EncodedString()
            let block =
                #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"\#(data)"}}"#
            return
                #"{"model":"claude-opus-4-5","max_tokens":1,"messages":[{"role":"user","content":[\#(block)]}]}"#
        }
        // Too large to be accepted; bytes after its end do not change what it shows.
        let image = try Self.bytes("limits/edge-8000/png-8001x10.png")
        let lines = [image, image + Array("fault-\(fault.name)".utf8)].map(body).joined(separator: "\n")
        try folder.write("log.jsonl", Array((lines + "\n").utf8))
        let run = try run(["repair", "log.jsonl", "-o", "out.jsonl", "--format", "ndjson"] + fault.options)
        #expect(run.status == 1)
        let records = try run.records()
        #expect(records.count == 2)
        #expect(records.first?["action"] as? String == "reencode")
        #expect(run.text.contains("I107"))
    }

    @Test("hook lets the agent read the original and says why", arguments: faults)
    func hook(fault: (name: String, options: [String])) throws {
        let name = "large-fault-\(fault.name).jpg"
        try folder.write(name, try Self.bytes("photos/lake-4000x3000.jpg"))
        let event = try JSONSerialization.data(withJSONObject: [
            "cwd": folder.path, "hook_event_name": "PreToolUse", "tool_name": "Read",
            "tool_input": ["file_path": folder.path + "/" + name],
        ])
        let run = try run(["hook", "--cache", folder.path + "/cache"] + fault.options, input: Array(event))
        #expect(run.status == 0)
        #expect(run.text.isEmpty)
        #expect(run.errorText.contains("\(name): I107 decoder-failed"))
    }

    @Test("files made to break decoders affect only themselves, in every command")
    func hostileFiles() throws {
        try folder.write("in/good.jpg", try Self.bytes("orientation/jpeg-portrait-6-big-endian.jpg"))
        for brand in ["avif", "heic"] {
            for kinds in [["grid"], ["iden"], ["iovl"], ["grid", "iden", "iovl"]] {
                let name = "in/circle-\(kinds.joined(separator: "-")).\(brand)"
                try folder.write(name, HostileFiles.circle(of: kinds, brand: brand))
            }
            try folder.write("in/doubling.\(brand)", HostileFiles.doublingGrids(depth: 40, brand: brand))
        }
        try folder.write("in/scans.jpg", try HostileFiles.jpeg(scans: 100_000))
        try folder.write("in/wide.ico", HostileFiles.wideIcon())
        let limits = ["--timeout", "10"]
        let check = try CommandRun.imagePreflight(
            ["check", "in", "--deep", "--format", "ndjson"] + limits, in: folder.path)
        #expect(check.status == 1, "\(check.errorText)")
        for record in try check.records() {
            let path = record["path"] as? String ?? ""
            let isRefused = !Set(codes(record)).isDisjoint(with: [
                "I101", "I103", "I106", "I107", "I108", "I404",
            ])
            #expect(isRefused == (path != "in/good.jpg"), "\(path): \(codes(record))")
            // 12.9 GB of px that no limit has seen.
            if path == "in/wide.ico" { #expect(codes(record) == ["I101", "I106"]) }
        }
        let prepare = try CommandRun.imagePreflight(
            ["prepare", "in", "-o", "out", "--format", "ndjson"] + limits, in: folder.path)
        #expect(prepare.status == 1, "\(prepare.errorText)")
        for row in try prepare.records() {
            let path = (row["source"] as? [String: Any])?["path"] as? String
            #expect((row["action"] as? String == "failed") == (path != "in/good.jpg"), "\(row)")
        }
        let report = try CommandRun.imagePreflight(
            ["report", "out/manifest.jsonl", "-o", "page.html"] + limits, in: folder.path)
        #expect(report.status == 0)
        for name in try folder.files() where name.hasPrefix("in/") {
            let event = try JSONSerialization.data(withJSONObject: [
                "cwd": folder.path, "hook_event_name": "PreToolUse", "tool_name": "Read",
                "tool_input": ["file_path": folder.path + "/" + name],
            ])
            let hook = try CommandRun.imagePreflight(
                ["hook", "--cache", folder.path + "/cache"] + limits, input: Array(event))
            #expect(hook.status == 0, "\(name)")
        }
        let names = try folder.files().filter { $0.hasPrefix("in/") }.sorted()
        let blocks: [[String: Any]] = try names.map { name in
            let data = try folder.read(name)
            return [
                "type": "image",
                "source": [
                    "type": "base64", "media_type": "image/jpeg", "data": Data(data).base64EncodedString(),
                ],
            ]
        }
        let body: [String: Any] = [
            "model": "claude-sonnet-5-5", "max_tokens": 100,
            "messages": [["role": "user", "content": blocks + [["type": "text", "text": "What is this?"]]]],
        ]
        try folder.write("request.json", JSONSerialization.data(withJSONObject: body))
        let repair = try CommandRun.imagePreflight(
            ["repair", "request.json", "-o", "repaired.json", "--drop"] + limits, in: folder.path)
        #expect(repair.status == 0, "\(repair.errorText)")
        let repaired = try JSONSerialization.jsonObject(with: Data(folder.read("repaired.json")))
        let content =
            (((repaired as? [String: Any])?["messages"] as? [[String: Any]])?[0]["content"]
                as? [[String: Any]])
            ?? []
        #expect(content.count == names.count + 1)
        let images = content.indices.filter { content[$0]["type"] as? String == "image" }
        #expect(images.map { names[$0] } == ["in/good.jpg"])
    }
}

#if os(Linux)
    import Glibc

    /// Counts how often any process opens the files of a folder.
    private final class OpenCounter {
        private let descriptor = inotify_init1(Int32(IN_NONBLOCK))

        init(_ folder: String) {
            // Reads as well: the kernel merges two equal events in a row into one.
            inotify_add_watch(descriptor, folder, UInt32(IN_OPEN | IN_ACCESS))
        }

        deinit { close(descriptor) }

        /// The number of opens of each file since the start.
        func counts() -> [String: Int] {
            var counts: [String: Int] = [:]
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while case let length = read(descriptor, &buffer, buffer.count), length > 0 {
                var offset = 0
                while offset < length {
                    let (mask, nameLength) = buffer.withUnsafeBytes {
                        (
                            $0.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self),
                            Int($0.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
                        )
                    }
                    let name = buffer[offset + 16..<offset + 16 + nameLength].prefix { $0 != 0 }
                    if mask & UInt32(IN_OPEN) != 0, mask & UInt32(IN_ISDIR) == 0 {
                        counts[String(decoding: name, as: UTF8.self), default: 0] += 1
                    }
                    offset += 16 + nameLength
                }
            }
            return counts
        }
    }

    @Suite("How often a file is opened")
    struct OpenCountTests {
        private let folder: TemporaryFolder

        init() throws {
            folder = try TemporaryFolder()
            for (name, file) in [
                ("copied.jpg", "photos/fruit-1092x1092.jpg"), ("decoded.jpg", "photos/sea-1920x1080.jpg"),
                ("tiled.png", "screenshots/page-1440x4000.png"),
                ("failed.jpg", "bad/truncated/half-baseline.jpg"),
                ("refused.txt", "bad/not-images/text-named.jpg"),
            ] {
                try folder.write(
                    "in/" + name, Array(try Data(contentsOf: Resources.testdata.appending(path: file))))
            }
        }

        private func counts(_ arguments: [String]) throws -> [String: Int] {
            let counter = OpenCounter(folder.path + "/in")
            _ = try CommandRun.imagePreflight(arguments, in: folder.path)
            return counter.counts()
        }

        @Test("a copied file is opened once, a decoded one once in the run and once in the worker")
        func prepare() throws {
            let expected = [
                "copied.jpg": 1, "decoded.jpg": 2, "tiled.png": 2, "failed.jpg": 2, "refused.txt": 1,
            ]
            #expect(try counts(["prepare", "in", "-o", "out", "--tile", "-q"]) == expected)
            #expect(
                try counts(["prepare", "in", "-o", "here", "--tile", "-q", "--no-isolate"])
                    == expected.mapValues { _ in 1 })
            #expect(
                try counts(["prepare", "in", "-o", "plan", "-q", "--dry-run"])
                    == expected.mapValues { _ in 1 })
        }

        @Test("a checked file is opened once, and once more in the worker with --deep")
        func check() throws {
            #expect(try counts(["check", "in", "-q"]).values.allSatisfy { $0 == 1 })
            let deep = try counts(["check", "in", "-q", "--deep"])
            #expect(
                deep == [
                    "copied.jpg": 2, "decoded.jpg": 2, "tiled.png": 2, "failed.jpg": 2, "refused.txt": 1,
                ])
        }
    }
#endif
