import Foundation
import ImageHeaders
import MessageRequests
import TestSupport
import Testing
import VisionRules

/// Agent logs are judged by what the agent would send again.
@Suite("Logs")
struct LogTests {
    private static let cases = Resources.testdata.appending(path: "requests/cases")

    /// A line of a log.
    private func line(
        _ id: String?, after parent: String?, _ blocks: String..., role: String = "user", extra: String = ""
    ) -> String {
        let id = id.map { #""uuid":"\#($0)","# } ?? ""
        let parent = parent.map { "\"\($0)\"" } ?? "null"
        return #"{"parentUuid":\#(parent),\#(id)"type":"\#(role)"\#(extra),"message":{"role":"\#(role)","#
            + #""content":[\#(blocks.joined(separator: ","))]}}"#
    }

    private let wide = imageBlock(png(8001, 28))
    private let fine = imageBlock(png(980, 980))

    private func lint(_ lines: [String], allBranches: Bool = false) throws -> LintReport {
        let options = LintOptions(platformID: "claude-api", judgesAllBranches: allBranches)
        return try RequestLinter(options: options).lint(bytes: Array(lines.joined(separator: "\n").utf8))
    }

    private func lines(_ report: LintReport) -> [Int] { report.images.map(\.line) }

    @Test("only the last event's branch is judged in a rewound log")
    func rewound() throws {
        let bytes = try Array(Data(contentsOf: Self.cases.appending(path: "log-rewound.jsonl")))
        let report = try RequestLinter(options: LintOptions(platformID: "claude-api")).lint(bytes: bytes)
        #expect(report.findings.filter { $0.severity == .error }.isEmpty)
        #expect(report.images.map(\.pointer) == ["messages.2.content.1"])
        #expect(report.requests.first?.notes == ["messages on abandoned branches skipped: 2"])
        let all = try RequestLinter(
            options: LintOptions(platformID: "claude-api", judgesAllBranches: true)
        ).lint(bytes: bytes)
        #expect(all.images.count == 2 && all.images[0].findings.map(\.code).contains(.edgeOverLimit))
        #expect(all.requests.first?.notes == [])
    }

    @Test("a queued prompt is judged and repaired, whatever event it follows")
    func queued() throws {
        let bytes = try Array(Data(contentsOf: Self.cases.appending(path: "log-queued-image.jsonl")))
        let linter = try RequestLinter(options: LintOptions(platformID: "claude-api"))
        let report = linter.lint(bytes: bytes)
        #expect(report.images.first?.findings.first?.code == .edgeOverLimit)
        #expect(report.images.map(\.pointer) == ["messages.0.content.1", "messages.1.content.1"])
        let repairer = try RequestRepairer(options: LintOptions(platformID: "claude-api"))
        var sink = MemorySink()
        let changes = try bytes.withUnsafeBytes { bytes in
            try repairer.repair(bytes: bytes, plan: repairer.plan(bytes: bytes), to: &sink) { _ in
                .image(png(952, 28))
            }
        }
        #expect(changes.map(\.done) == [.reencode])
        #expect(!linter.lint(bytes: sink.bytes).findings.contains { $0.severity == .error })

        func attachment(_ parent: String?, type: String = "queued_command") -> String {
            let parent = parent.map { "\"\($0)\"" } ?? "null"
            return
                #"{"parentUuid":\#(parent),"uuid":"q","type":"attachment","attachment":{"prompt":[\#(wide)],"type":"\#(type)"}}"#
        }
        let log = [line("a", after: nil, fine), line("b", after: "a", fine), line("c", after: "a", fine)]
        // After the branch that is sent, after nothing, after the abandoned branch.
        #expect(try lines(lint(log + [attachment("c")])) == [1, 3, 4])
        #expect(try lines(lint(log + [attachment(nil)])) == [1, 3, 4])
        #expect(try lines(lint([log[0], log[1], attachment("b"), log[2]])) == [1, 4])
        // Other attachments are not sent as is, but events may follow them.
        #expect(try lines(lint(log + [attachment("c", type: "todo")])) == [1, 3])
        #expect(
            try lines(lint([log[0], attachment("a", type: "todo"), line("b", after: "q", fine)])) == [1, 3])
        let text = #"{"type":"attachment","attachment":{"type":"queued_command","prompt":"and then?"}}"#
        #expect(try lint(log + [text]).requests.first?.textBytes == 9)
    }

    @Test("a log may name its last event; events written later follow it")
    func lastPrompt() throws {
        let leaf = #"{"type":"last-prompt","leafUuid":"b","lastPrompt":"?"}"#
        let log = [
            line("a", after: nil, fine), line("b", after: "a", fine), line("c", after: "b", wide),
            line("d", after: "a", wide),
        ]
        #expect(try lines(lint(log)) == [1, 4])
        #expect(try lines(lint(log + [leaf])) == [1, 2])
        #expect(
            try lines(lint(log + [leaf, line("e", after: "b", fine), line("f", after: "e", fine)])) == [
                1, 2, 6, 7,
            ])
        #expect(try lines(lint(log + [leaf, leaf.replacing("\"b\"", with: "\"c\"")])) == [1, 2, 3])
        #expect(try lines(lint(log + [leaf.replacing("\"b\"", with: "\"nowhere\"")])) == [1, 4])
        // A summary also names an event, but of another log.
        #expect(try lines(lint(log + [leaf.replacing("last-prompt", with: "summary")])) == [1, 4])
    }

    @Test("every result of parallel tool calls is sent, although only one is followed")
    func sideBySide() throws {
        func use(_ id: String, _ parent: String, _ call: String, message: String = "m1") -> String {
            line(
                id, after: parent, #"{"type":"tool_use","id":"\#(call)","name":"Read","input":{}}"#,
                role: "assistant"
            )
            .replacing(#""role":"assistant""#, with: #""id":"\#(message)","role":"assistant""#)
        }
        func result(_ id: String, _ parent: String, _ call: String) -> String {
            line(id, after: parent, #"{"type":"tool_result","tool_use_id":"\#(call)","content":[\#(fine)]}"#)
        }
        let log = [
            line("u", after: nil, textBlock("?")), use("a1", "u", "t1"), result("r1", "a1", "t1"),
            use("a2", "a1", "t2"), use("a3", "a2", "t3"), result("r3", "a3", "t3"), result("r2", "a2", "t2"),
            line("end", after: "r3", fine),
        ]
        let report = try lint(log)
        #expect(lines(report) == [3, 6, 7, 8] && report.requests.first?.notes == [])
        #expect(try lines(lint(log.dropLast())) == [3, 6, 7])
        // A different answer to the same question, in another message, is a separate branch.
        #expect(
            try lines(lint(log.prefix(3) + [use("b", "u", "t9", message: "m2"), result("s", "b", "t9")])) == [
                5
            ])
    }

    @Test("missing parents, cycles, and events outside the tree")
    func oddTrees() throws {
        #expect(try lines(lint([line("a", after: nil, fine), line("b", after: "lost", fine)])) == [2])
        #expect(try lines(lint([line("a", after: "b", fine), line("b", after: "a", fine)])) == [1, 2])
        #expect(try lines(lint([line("a", after: "a", fine)])) == [1])
        #expect(try lines(lint([line("a", after: nil, fine), line("a", after: nil, fine)])) == [2])
        // As in other agents' logs.
        #expect(try lines(lint([line(nil, after: nil, fine), line(nil, after: "x", fine)])) == [1, 2])
        let other = #"{"uuid":"s","parentUuid":"a","type":"system"}"#
        #expect(
            try lines(lint([line("a", after: nil, fine), other, line("b", after: "s", fine)])) == [1, 3])
    }

    @Test("nothing from before a summary is sent; subagents have their own branches")
    func summariesAndSubagents() throws {
        let boundary = #"{"parentUuid":null,"logicalParentUuid":"a","uuid":"s","subtype":"compact_boundary"}"#
        let log = [line("a", after: nil, wide), boundary, line("b", after: "s", fine)]
        #expect(try lines(lint(log)) == [3])
        #expect(try lint(log, allBranches: true).requests.map(\.images) == [1, 1])
        for agent in [#","isSidechain":true,"agentId":"x""#, #","isSidechain":true"#] {
            let side = [
                line("s1", after: nil, fine, extra: agent), line("a", after: nil, fine),
                line("s2", after: "s1", wide, extra: agent), line("s3", after: "s1", fine, extra: agent),
                line("b", after: "a", fine),
            ]
            let report = try lint(side)
            #expect(report.requests.map(\.images) == [2, 2] && lines(report) == [2, 5, 1, 4])
        }
    }

    @Test("images in Model Context Protocol form are judged and repaired in a log")
    func mcp() throws {
        func block(_ type: String, _ bytes: [UInt8]) -> String {
            #"{"type":"image","data":"\#(base64(bytes))","mimeType":"\#(type)"}"#
        }
        let log = line("a", after: nil, block("image/jpeg", png(980, 980)), block("image/png", png(8001, 28)))
        let report = try lint([log, line("b", after: "a", fine)])
        #expect(
            report.images.map { $0.findings.filter { $0.severity == .error }.map(\.code) }
                == [[.mediaTypeMismatch], [.edgeOverLimit], []])
        let repairer = try RequestRepairer(options: LintOptions(platformID: "claude-api"))
        let bytes = Array((log + "\n{}").utf8)
        var sink = MemorySink()
        _ = try bytes.withUnsafeBytes { bytes in
            try repairer.repair(bytes: bytes, plan: repairer.plan(bytes: bytes), to: &sink) { task in
                .image(task.keepsBytes ? task.bytes : png(952, 28))
            }
        }
        let expected = log.replacing("image/jpeg", with: "image/png")
            .replacing(base64(png(8001, 28)), with: base64(png(952, 28)))
        #expect(String(decoding: sink.bytes, as: UTF8.self) == expected + "\n{}")
    }

    @Test("little of a long log is kept, and the last event's branch is still found")
    func long() throws {
        var log = line("0", after: nil, fine) + "\n"
        for index in 1..<30_000 {
            log += line("\(index)", after: "\(index - (index % 3 == 2 ? 2 : 1))", textBlock("é")) + "\n"
        }
        log += line("end", after: "29998", wide)
        let report = try lint([log])
        #expect(lines(report) == [1, 30_001])
        // Every third event was abandoned, except the last one.
        #expect(report.requests.first?.notes == ["messages on abandoned branches skipped: 10000"])
    }

    @Test("a line or document longer than anything that can be sent is not held in memory")
    func endlessLines() throws {
        var options = LintOptions(platformID: "claude-api")
        options.maxTextBytes = 4 << 20
        let linter = try RequestLinter(options: options)
        let folder = try TemporaryFolder()
        func text(_ count: Int) -> String {
            let start = #"{"type":"user","message":{"role":"user","content":""#
            return start + String(repeating: "x", count: count - start.utf8.count - 3) + "\"}}"
        }
        let around = [line("a", after: nil, fine), line("b", after: "a", fine)]
        for (count, codes) in [(4 << 20, []), (6 << 20, [RuleCode.notJSON])] {
            let log = [around[0], text(count), around[1]].joined(separator: "\n")
            let path = try folder.write("log.jsonl", log.utf8)
            let report = try linter.lint(path: path)
            #expect(lines(report) == [1, 3] && report.file.bytes == log.utf8.count)
            #expect(report.requests.flatMap(\.findings).map(\.code) == codes)
            let document = try linter.lint(
                path: folder.write(
                    "one.json", request(textBlock(text(count - 200).replacing("\"", with: " "))).utf8))
            #expect(
                document.findings.map(\.code) == (count == 4 << 20 ? [] : [.notJSON]), "\(document.findings)")
        }
        let path = try folder.write("log.jsonl", (around[0] + "\n" + text(6 << 20)).utf8)
        #expect(
            try linter.lint(path: path).findings.map(\.message)
                == ["line 2 is longer than 4194304 bytes, more than any request or batch may be"])
    }

    @Test("a line that is not JSON is skipped without being held in memory; its neighbors count")
    func longLines() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appending(path: "log.jsonl").path
        try folder.write("log.jsonl", (line("a", after: nil, fine) + "\n").utf8)
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        // Sparse regions of a file take no space.
        try handle.truncate(atOffset: 96 << 20)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(("\n" + line("b", after: "a", fine) + "\n").utf8))
        try handle.write(contentsOf: Data(("{\"a\":[" + String(repeating: "1,", count: 100_000) + "}").utf8))
        try handle.close()
        let report = try RequestLinter(options: LintOptions(platformID: "claude-api")).lint(path: path)
        #expect(lines(report) == [1, 3])
        #expect(report.requests.map(\.findings).flatMap { $0 }.map(\.code) == [.notJSON, .notJSON])
        #expect(report.requests.map(\.line) == [2, 4, 1])

        try folder.write("zeros")
        let zeros = try #require(FileHandle(forUpdatingAtPath: folder.url.appending(path: "zeros").path))
        try zeros.truncate(atOffset: 1 << 30)
        let none = try RequestLinter().lint(path: folder.url.appending(path: "zeros").path)
        #expect(none.file.bytes == 1 << 30 && none.findings.map(\.code) == [.notJSON])
    }
}
