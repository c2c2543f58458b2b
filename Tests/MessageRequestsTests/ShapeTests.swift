import Foundation
import ImageHeaders
import MessageRequests
import TestSupport
import Testing
import VisionRules

/// The shapes that requests come in.
@Suite("Shapes of requests")
struct ShapeTests {
    private let image = imageBlock(png(980, 980))

    @Test("arrays, batch objects, batch lines, and wrapped and other platforms' batches are read")
    func containers() throws {
        let other = plainRequest.replacing("What is this?", with: "And now?")
        #expect(try lint("[\(plainRequest), \(other)]").requests.count == 2)
        let item = #"{"params":\#(plainRequest),"custom_id":"a"}"#
        let batch = try lint(#"{"requests":[\#(item)]}"#)
        #expect(batch.requests.map(\.customID) == ["a"] && batch.findings.isEmpty)
        #expect(batch.requests.first?.cost == Cost(microdollars: 1228), "half price")
        #expect(try lint(item).requests.map(\.customID) == ["a"])
        #expect(try lint("[\(item)]").requests.map(\.customID) == ["a"])
        #expect(try lint(#"{"method":"POST","url":"x","body":\#(plainRequest)}"#).images.count == 1)
        #expect(try lint(#"{"custom_id":"a b","request":\#(plainRequest)}"#).findings.isEmpty)
        let bedrock = plainRequest.replacing(
            #""model":"claude-sonnet-5-5""#, with: #""anthropic_version":"bedrock-2023-05-31""#)
        #expect(try codes(#"{"recordId":"1","modelInput":\#(bedrock)}"#, platform: nil).isEmpty)
        #expect(try lint(bedrock, platform: nil).requests.first?.platform == "bedrock")
        #expect(try codes(#"{"requests":[{"custom_id":"a"}, 7]}"#) == ["R102", "R102"])
    }

    @Test("images are found in system prompts, nested tool results, and documents made of blocks")
    func places() throws {
        let nested =
            #"{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"x"},\#(image)]}"#
        let document =
            #"{"type":"document","source":{"type":"content","content":[\#(imageBlock(gif(980, 980), "image/gif"))]}}"#
        let search = #"{"content":[\#(imageBlock(png(952, 952)))],"type":"search_result"}"#
        let text = request(
            nested, document, search, textBlock("?"), extra: #","system":[\#(imageBlock(png(980, 952)))]"#)
        #expect(
            try lint(text).images.map(\.pointer) == [
                "system.0", "messages.0.content.0.tool_result.content.1",
                "messages.0.content.1.document.source.content.content.0",
                "messages.0.content.2.search_result.content.0",
            ])
    }

    @Test("keys may come in any order and contain escapes, and the last duplicate counts")
    func keys() throws {
        let data = base64(png(980, 980))
        let backwards =
            #"{"messages":[{"content":[{"source":{"data":"\#(data)","media_type":"image\/png","type":"base64"},"type":"image"},{"text":"?","type":"text"}],"role":"user"}],"max_tokens":1,"model":"claude-sonnet-5-5"}"#
        #expect(try lint(backwards).images.count == 1)
        #expect(try codes(backwards).isEmpty)
        let escaped = backwards.replacing(#""type":"image""#, with: #""\u0074ype":"\u0069mage""#)
        #expect(try lint(escaped).images.count == 1)
        let twice = request(
            #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"*"},"source":{"type":"base64","media_type":"image/png","data":"\#(data)"}}"#,
            textBlock("?"))
        #expect(try lint(twice).findings.isEmpty)
        let replaced =
            #"{"messages":[{"role":"user","content":[\#(image)]}],"messages":[{"role":"user","content":"hi","content":[\#(image),{"type":"text","text":"?"}]}],"model":"claude-sonnet-5-5","max_tokens":1}"#
        #expect(try lint(replaced).images.map(\.pointer) == ["messages.0.content.0"])
        #expect(try lint(replaced).findings.isEmpty)
    }

    @Test("the last duplicate key counts in logs and batches, and requests before a fault are reported")
    func doubledKeys() throws {
        let text = textBlock("?")
        let bare = #"[{"role":"user","content":[\#(image),\#(image)],"content":[\#(image),\#(text)]}]"#
        #expect(try lint(bare).images.map(\.pointer) == ["messages.0.content.0"])
        let message = #""message":{"role":"user","content":[\#(image),\#(text)]}"#
        #expect(try lint(#"{\#(message),\#(message)}"#).images.map(\.pointer) == ["messages.0.content.0"])
        #expect(try lint(#"{\#(message),"message":7}"#).images.isEmpty)
        func requests(_ id: String) -> String {
            #""requests":[{"custom_id":"\#(id)","params":\#(plainRequest)}]"#
        }
        #expect(try lint("{\(requests("a")),\(requests("b"))}").requests.map(\.customID) == ["b"])
        #expect(try lint(#"{\#(requests("a")),"requests":null}"#).requests.map(\.customID) == [nil])
        let broken = try lint("{\(requests("a").dropLast()),{]}")
        #expect(broken.requests.map { $0.findings.map(\.code) } == [[], [.notJSON]])
    }

    @Test("lines, white space, a byte order mark and Windows line endings are accepted")
    func lines() throws {
        let pretty =
            "\u{FEFF}\r\n" + plainRequest.replacing(#"{"type":"image""#, with: "\r\n\r\n{\"type\":\"image\"")
            + "\r\n"
        let report = try lint(pretty)
        #expect(report.findings.isEmpty && report.images.map(\.line) == [4])
        #expect(report.file.notes == ["the file begins with a byte order mark"])
        let windows =
            "{\"custom_id\":\"a\",\"params\":\(plainRequest)}\r\n\r\n{\"custom_id\":\"b\",\"params\":\(plainRequest)}"
        #expect(try lint(windows).requests.map(\.line) == [1, 3])
    }

    @Test("a broken line of JSONL does not hide the others")
    func brokenLine() throws {
        let batch =
            "{\"custom_id\":\"a\",\"params\":\(plainRequest)}\n{\"custom_id\":\"b\",\"params\":{]}\n{\"custom_id\":\"c\",\"params\":\(plainRequest)}\n"
        let report = try lint(batch)
        #expect(report.requests.map(\.line) == [1, 2, 3])
        #expect(report.requests.map { $0.findings.map(\.code) } == [[], [.notJSON], []])
        #expect(
            report.requests[1].findings.first?.message.hasPrefix("line 2, column 28: expected a key") == true)
    }

    @Test("Converse messages are read, including tool results")
    func converse() throws {
        let block = #"{"image":{"source":{"bytes":"\#(base64(png(980, 980)))"},"format":"png"}}"#
        let body =
            #"{"messages":[{"role":"user","content":[\#(block),{"toolResult":{"toolUseId":"a","content":[\#(block.replacing("png", with: "jpeg")),{"text":"?"}]}}]}]}"#
        let report = try lint(body, platform: nil)
        #expect(report.requests.first?.platform == "bedrock")
        #expect(
            report.images.map(\.pointer) == [
                "messages.0.content.0", "messages.0.content.1.tool_result.content.0",
            ])
        #expect(report.images.map { $0.findings.map(\.code) } == [[], [.mediaTypeMismatch, .repeatedImage]])
        let lacking = body.replacing(#","format":"png""#, with: "")
        #expect(try lint(lacking, platform: nil).images.first?.findings.map(\.code) == [.missingMediaType])
    }

    @Test("turns of a conversation count together, side chains separately, and a summary starts over")
    func conversations() throws {
        func line(_ width: Int, _ rest: String = "") -> String {
            #"{"type":"user"\#(rest),"message":{"role":"user","content":[\#(imageBlock(png(width, 980))),{"type":"text","text":"?"}]},"uuid":"1"}"#
        }
        let wide = (0..<21).map { line(2016 + 28 * ($0 % 2)) }
        let log = wide.joined(separator: "\n")
        let refused = try lint(log).images.filter {
            $0.findings.contains { $0.code == .edgeOverManyImageLimit }
        }
        #expect(
            refused.count == 21 && refused.last?.pointer == "messages.20.content.0"
                && refused.last?.line == 21)
        let side = wide.dropLast().joined(separator: "\n") + "\n" + line(2016, #","isSidechain":true"#)
        #expect(try lint(side).requests.map(\.images) == [20, 1])
        #expect(try !lint(side).findings.contains { $0.severity == .error })
        let summed =
            wide.prefix(15).joined(separator: "\n")
            + "\n{\"type\":\"system\",\"subtype\":\"compact_boundary\"}\n"
            + wide.suffix(6).joined(separator: "\n")
        #expect(try lint(summed).requests.map(\.images) == [15, 6])
        let bare = #"[{"role":"user","content":[\#(image)]},{"role":"assistant","content":"ok"}]"#
        #expect(try lint(bare).requests.count == 1)
        #expect(try lint("{\"type\":\"a\"}\n{\"type\":\"b\"}\n").findings.map(\.code) == [.notARequest])
    }

    @Test("each subagent is a separate conversation, even if the log does not name it")
    func subagents() throws {
        func line(_ index: Int, _ rest: String) -> String {
            #"{"parentUuid":"p","isSidechain":true,"message":{"role":"user","content":["#
                + "\(imageBlock(png(2016 + 28 * (index % 2), 980))),\(textBlock("?"))]}\(rest)}"
        }
        func isRefused(_ report: LintReport) -> Bool {
            report.findings.contains { $0.code == .edgeOverManyImageLimit }
        }
        let two = (0..<24).map { line($0, #","agentId":"a\#($0 % 2)""#) }
        let apart = try lint(two.joined(separator: "\n"))
        #expect(apart.requests.map(\.images) == [12, 12] && apart.requests.map(\.line) == [1, 2])
        #expect(!isRefused(apart))
        #expect(apart.images.last?.pointer == "messages.11.content.0")
        let one = try lint(two.map { $0.replacing("a1", with: "a0") }.joined(separator: "\n"))
        #expect(one.requests.map(\.images) == [24] && isRefused(one))

        let unnamed = (0..<24).map { index in
            let text = line(index, "")
            return index % 12 == 0 ? text.replacing(#":"p""#, with: ": null") : text
        }
        let anew = try lint(unnamed.joined(separator: "\n"))
        #expect(anew.requests.map(\.images) == [12, 12] && !isRefused(anew))

        // A summary ends only the conversation that it belongs to.
        let main = (0..<24).map { line($0, "").replacing("true", with: "false") }
        let boundary = #"{"subtype":"compact_boundary","isSidechain":true,"agentId":"a0"}"#
        let log = main.prefix(12) + two.prefix(4) + [boundary] + main.suffix(12) + two.suffix(2)
        let summed = try lint(log.joined(separator: "\n"))
        #expect(summed.requests.map(\.images) == [2, 24, 1, 3] && isRefused(summed))
    }

    @Test("memory, a file and a pipe give the same results, even with lines longer than a read")
    func sources() throws {
        let folder = try TemporaryFolder()
        let lines = (0..<6).map {
            "{\"custom_id\":\"r\($0)\",\"params\":\(request(imageBlock(png(980, 980, count: 700_000 * ($0 % 3 + 1))), textBlock("?")))}"
        }
        let bytes = Array(("# a comment\n\n" + lines.joined(separator: "\n\n")).utf8)
        let path = try folder.write("batch.jsonl", bytes)
        let linter = try RequestLinter(options: LintOptions(platformID: "claude-api"))
        let inMemory = linter.lint(bytes: bytes)
        var fromFile = try linter.lint(path: path)
        #expect(inMemory.requests.map(\.line) == [3, 5, 7, 9, 11, 13])
        #expect(inMemory.findings.isEmpty)
        #expect(fromFile.images.allSatisfy { $0.file?.text == path })
        for index in fromFile.images.indices { fromFile.images[index].file = nil }
        #expect(fromFile.images == inMemory.images)
        let handle = try #require(FileHandle(forReadingAtPath: path))
        var events = 0
        try linter.lint(fileDescriptor: handle.fileDescriptor) { _ in events += 1 }
        #expect(events == 13)
        #expect(throws: FileError.self) { try linter.lint(path: path + ".none") }
        #expect(throws: FileError.self) { try linter.lint(path: folder.path) }
    }

    @Test("records are encoded as the JSON of their fields")
    func encoding() throws {
        let report = try lint(plainRequest)
        let encoded = try JSONEncoder().encode(report.images)
        let object = try #require(
            (try JSONSerialization.jsonObject(with: encoded) as? [[String: Any]])?.first)
        #expect(object["pointer"] as? String == "messages.0.content.0")
        #expect(object["width"] as? Int == 980 && object["verdict"] as? String == "accepted")
        var writer = JSONFieldWriter()
        writer.appendObject(try #require(report.images.first))
        let written = try #require(
            try JSONSerialization.jsonObject(with: Data(writer.bytes)) as? [String: Any])
        #expect(Set(written.keys) == Set(object.keys))
    }

    @Test("a path that is not UTF-8 is encoded with its exact bytes")
    func encodedPath() throws {
        var files: [LintReport.File] = []
        let path = PathBytes([0x61, 0xFF])
        try Array(plainRequest.utf8).withUnsafeBytes { bytes in
            try RequestLinter().lint(bytes: bytes, file: path) { event in
                if case .file(let file) = event { files.append(file) }
            }
        }
        let encoded = try JSONEncoder().encode(files)
        let object = try #require(
            (try JSONSerialization.jsonObject(with: encoded) as? [[String: Any]])?.first)
        #expect(object["file"] as? String == "a\u{FFFD}" && object["file_base64"] as? String == "Yf8=")
    }
}
