import Foundation
import ImageHeaders
import MessageRequests
import TestSupport
import Testing
import VisionRules

/// A rewritten document differs only in what was refused, and the result passes.
@Suite("Repair")
struct RepairTests {
    private let good = imageBlock(gif(980, 980), "image/gif")

    /// Repairs a text; an image that has to be re-encoded becomes a PNG of 952×980 px.
    private func repair(
        _ text: String, platform: String = "claude-api", model: String? = nil, drops: Bool = false,
        made: [UInt8] = png(952, 980), decodes: ([UInt8]) -> Bool = { _ in true }
    ) throws -> (text: String, changes: [RepairChange], tasks: [ReencodeTask]) {
        let options = LintOptions(modelID: model, platformID: platform, ignore: ["I", "R"])
        let repairer = try RequestRepairer(options: options, drops: drops)
        var sink = MemorySink()
        var tasks: [ReencodeTask] = []
        let bytes = Array(text.utf8)
        let changes = try bytes.withUnsafeBytes { bytes in
            try repairer.repair(bytes: bytes, plan: repairer.plan(bytes: bytes), to: &sink) { task in
                if task.keepsBytes { return decodes(task.bytes) ? .image(task.bytes) : .failed("broken") }
                tasks.append(task)
                return .image(made)
            }
        }
        return (String(decoding: sink.bytes, as: UTF8.self), changes, tasks)
    }

    @Test("a text without faults is unchanged, byte for byte")
    func untouched() throws {
        for text in [plainRequest, "{\"a\": [ 1 ,2]}\r\n", "no JSON at all", ""] {
            let result = try repair(text)
            #expect(result.text == text && result.changes.isEmpty)
        }
    }

    @Test("in an agent's log with one oversized image only that block changes, and the result passes")
    func poisonedSession() throws {
        func line(_ block: String) -> String {
            #"{"type":"user","message":{"role":"user","content":[\#(block), {"type":"text","text":"é\u00e9?"}]},"uuid":"1"}"#
        }
        let bad = imageBlock(png(8001, 980), extra: #", "cache_control":{"type":"ephemeral"}"#)
        let before = "// a comment\n" + line(good) + "\r\n\n{\"type\":\"summary\"}\n"
        let after = "\n" + line(imageBlock(png(980, 980))) + "\nnot json\n"
        let result = try repair(before + line(bad) + after)
        let mended = bad.replacing(base64(png(8001, 980)), with: base64(png(952, 980)))
        #expect(result.text == before + line(mended) + after)
        #expect(
            result.changes.map(\.done) == [.reencode] && result.changes.first?.codes == [.edgeOverLimit])
        #expect(result.changes.first?.line == 5 && result.changes.first?.size?.width == 952)
        #expect(result.tasks.map(\.bytes) == [png(8001, 980)] && result.tasks.first?.maxEdge == 8000)
        #expect(try lint(result.text).images.allSatisfy { $0.findings.isEmpty })
    }

    @Test(
        "a wrong, unsupported or missing media type is corrected, and nothing else changes",
        arguments: ["image/jpeg", "image/jpg", "", nil])
    func relabel(type: String?) throws {
        let text = request(imageBlock(png(980, 980), type), textBlock("?"))
        let result = try repair(text)
        #expect(result.changes.map(\.done) == [.relabel] && result.tasks.isEmpty)
        #expect(try codes(result.text).isEmpty)
        if let type { #expect(result.text == text.replacing("\"\(type)\"", with: "\"image/png\"")) }
        let backwards = #"{"media_type":null,"data":"\#(base64(png(980, 980)))","type":"base64"}"#
        let null = request(#"{"source":\#(backwards),"type":"image"}"#, textBlock("?"))
        #expect(try codes(repair(null).text).isEmpty)
    }

    @Test(
        "line breaks, URL-safe letters, missing padding and data URIs become plain base64",
        arguments: [
            "breaks", "url-safe", "unpadded", "half-padded", "uri", "escaped uri of another type",
            "uri of PHP",
        ])
    func rewrite(fault: String) throws {
        var bytes = png(980, 980, count: 1000)
        for index in 45..<1000 { bytes[index] = UInt8(truncatingIfNeeded: index &* 251) | 0xF8 }
        let proper = base64(bytes)
        let data: String
        switch fault {
        case "breaks": data = proper.prefix(76) + #"\r\n"# + proper.dropFirst(76) + #"\n"#
        case "url-safe": data = proper.replacing("+", with: "-").replacing("/", with: "_")
        case "half-padded": data = proper.replacing("==", with: "=")
        case "unpadded": data = proper.replacing("=", with: "")
        case "uri": data = "data:image/png;base64," + proper
        case "uri of PHP": data = ("data:image/png;base64," + proper).replacing("/", with: #"\/"#)
        default: data = "data:image/jpeg;base64," + proper.replacing("/", with: #"\/"#)
        }
        let text = request(imageBlock(data: data), textBlock("?"))
        let result = try repair(text)
        #expect(data != proper && result.changes.map(\.done) == [.rewrite])
        #expect(result.text == text.replacing(data, with: proper))
        #expect(try codes(result.text).isEmpty)
    }

    @Test(
        "every space that form encoding made of a + becomes + again",
        arguments: 1...9)
    func spacesForPluses(count: Int) throws {
        // Three letters `a` and a `+` for each `i¦¾`, after letters without any.
        var bytes = png(980, 980, count: 300)
        for index in 0..<count {
            bytes.replaceSubrange(
                60 + 24 * index + 3 * (index % 3)..<63 + 24 * index + 3 * (index % 3),
                with: [0x69, 0xA6, 0xBE])
        }
        for length in [300, 299, 298] {
            let proper = base64(Array(bytes.prefix(length)))
            #expect(proper.count(where: { $0 == "+" }) == count)
            let text = request(imageBlock(data: proper.replacing("+", with: " ")), textBlock("?"))
            #expect(try codes(text) == ["R204"])
            let result = try repair(text)
            #expect(result.changes.map(\.done) == [.rewrite])
            #expect(result.text == text.replacing(proper.replacing("+", with: " "), with: proper))
        }
    }

    @Test("spaces that replace line breaks or are next to a + are removed", arguments: [4, 60, 64, 76])
    func spacesForBreaks(length: Int) throws {
        var bytes = png(980, 980, count: 300)
        func lines(_ text: String) -> String {
            stride(from: 0, to: text.count, by: length)
                .map { text.dropFirst($0).prefix(length) }.joined(separator: " ")
        }
        let plain = base64(bytes)
        bytes.replaceSubrange(60..<63, with: [0x69, 0xA6, 0xBE])
        let plus = base64(bytes)
        for (data, proper) in [
            (lines(plain), plain), (lines(plus), plus), ("  " + plain + "   ", plain),
            (plus.prefix(100) + " " + plus.dropFirst(100), plus),
        ] {
            let text = request(imageBlock(data: data), textBlock("?"))
            let result = try repair(text)
            #expect(result.changes.map(\.done) == [.rewrite])
            #expect(result.text == text.replacing(data, with: proper))
        }
    }

    @Test("an image that does not decode to the end is left untouched and reported, for any fault")
    func undecodable() throws {
        for block in [
            imageBlock(png(980, 980), "image/jpeg"), imageBlock(data: base64(png(980, 980)) + "\\n"),
        ] {
            let text = request(block, textBlock("?"))
            let result = try repair(text, decodes: { _ in false })
            #expect(result.text == text && result.changes.map(\.done) == [.none])
            #expect(result.changes.first?.failure == "broken")
            #expect(try repair(text, drops: true, decodes: { _ in false }).changes.map(\.done) == [.drop])
        }
    }

    /// A conversation in which the first image is bad, with thinking in each answer.
    private func thinkingRequest(_ extra: String = "", last: String? = nil) -> String {
        let thought = #"{"type":"thinking","thinking":"Hm.","signature":"c2ln"}"#
        let hidden = #"{"type":"redacted_thinking","data":"aGlkZGVu"}"#
        let answer = textBlock("ok")
        let use = #"{"type":"tool_use","id":"t","name":"n","input":{}}"#
        func turn(_ role: String, _ blocks: String...) -> String {
            #"{"role":"\#(role)","content":[\#(blocks.joined(separator: ", "))]}"#
        }
        let turns = [
            turn("user", textBlock("?")), turn("assistant", thought, answer),
            turn("user", imageBlock(png(8001, 980)), textBlock("?")),
            turn("assistant", thought, hidden, answer, thought), turn("user", textBlock("?")),
            turn("assistant", hidden), turn("user", textBlock("?")), turn("assistant", thought, use),
            last ?? turn("user", #"{"type":"tool_result","tool_use_id":"t","content":"42"}"#),
        ]
        return
            #"{"model":"claude-opus-5-5","max_tokens":9\#(extra),"messages":[\#(turns.joined(separator: ","))]}"#
    }

    private func repair(_ text: String, _ thinking: ThinkingPolicy) throws -> (
        text: String, changes: [RepairChange]
    ) {
        let repairer = try RequestRepairer(options: LintOptions(platformID: "claude-api"), thinking: thinking)
        let bytes = Array(text.utf8)
        var sink = MemorySink()
        let changes = try bytes.withUnsafeBytes { bytes in
            try repairer.repair(bytes: bytes, plan: repairer.plan(bytes: bytes), to: &sink) { _ in
                .image(png(952, 980))
            }
        }
        return (String(decoding: sink.bytes, as: UTF8.self), changes)
    }

    @Test("thinking after a change is kept and reported, and lint warns about it")
    func keepsThinking() throws {
        let text = thinkingRequest()
        let mended = text.replacing(base64(png(8001, 980)), with: base64(png(952, 980)))
        let kept = try repair(text, .keep)
        #expect(kept.text == mended && kept.changes.map(\.done) == [.reencode, .keep])
        #expect(kept.changes.last?.pointer == "messages.3.content.0")
        #expect(kept.changes.last?.codes == [.thinkingBoundToPrefix])
        let finding = try #require(
            try lint(text).requests.first?.findings.first { $0.code == .thinkingBoundToPrefix })
        #expect(finding.severity == .warning && finding.measured == 5)
        #expect(finding.message.contains("claude-opus-5-5"))
        // Earlier models do not check.
        #expect(
            try repair(text.replacing("opus-5-5", with: "opus-5"), .keep).changes.map(\.done) == [.reencode])
        #expect(try !codes(text.replacing("opus-5-5", with: "opus-5")).contains("R407"))
    }

    @Test("strip removes all thinking after the change, except in an answer that awaits a tool result")
    func stripsThinking() throws {
        let result = try repair(thinkingRequest(), .strip)
        #expect(result.changes.map(\.done) == [.reencode, .strip, .keep])
        #expect(result.changes.last?.pointer == "messages.7.content.0")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(result.text.utf8)) as? [String: Any])
        let messages = try #require(object["messages"] as? [[String: Any]])
        let types = messages.map { ($0["content"] as? [[String: Any]])?.compactMap { $0["type"] as? String } }
        #expect(
            types[1] == ["thinking", "text"] && types[3] == ["text"] && types[7] == ["thinking", "tool_use"])
        // A message with only thinking gets a text, because a message may not be empty.
        #expect(types[5] == ["text"])
        let closed = try repair(
            thinkingRequest(
                last:
                    #"{"role":"user","content":"?"},{"role":"assistant","content":"ok"},{"role":"user","content":"?"}"#
            ),
            .strip)
        #expect(closed.changes.map(\.done) == [.reencode, .strip])
        #expect(closed.text.components(separatedBy: "thinking").count == 3)
        #expect(try codes(closed.text).filter { $0 != "R401" }.isEmpty)
    }

    @Test(
        "drop-block asks the service to drop thinking, in addition to the request's own settings",
        arguments: [
            (
                "",
                #","thinking":{"type":"adaptive","block_binding":{"prefix_mismatch_behavior":"drop_block"}}"#
            ),
            (
                #","thinking":{"type":"enabled","budget_tokens":5}"#,
                #","thinking":{"block_binding":{"prefix_mismatch_behavior":"drop_block"},"type":"enabled","budget_tokens":5}"#
            ),
            (
                #","thinking":{ }"#,
                #","thinking":{"block_binding":{"prefix_mismatch_behavior":"drop_block"} }"#
            ),
            (
                #","thinking":{"block_binding":{"a":1}}"#,
                #","thinking":{"block_binding":{"prefix_mismatch_behavior":"drop_block","a":1}}"#
            ),
            (
                #","thinking":{"block_binding":{"prefix_mismatch_behavior":"error"}}"#,
                #","thinking":{"block_binding":{"prefix_mismatch_behavior":"drop_block"}}"#
            ),
            (
                #","thinking":null"#,
                #","thinking":{"type":"adaptive","block_binding":{"prefix_mismatch_behavior":"drop_block"}}"#
            ),
        ])
    func dropsThinking(setting: String, expected: String) throws {
        let result = try repair(thinkingRequest(setting), .dropBlock)
        #expect(result.changes.map(\.done) == [.reencode, .dropBlock])
        let mended = thinkingRequest(expected).replacing(base64(png(8001, 980)), with: base64(png(952, 980)))
        func canonical(_ text: String) throws -> Data {
            try JSONSerialization.data(
                withJSONObject: JSONSerialization.jsonObject(with: Data(text.utf8)), options: .sortedKeys)
        }
        #expect(try canonical(result.text) == canonical(mended))
    }

    /// A body for Bedrock's Converse with an image to change and thinking after it.
    private func converseRequest(_ extra: String = "", image: [UInt8] = png(8001, 980)) -> String {
        let thought = #"{"reasoningContent":{"reasoningText":{"text":"Hm.","signature":"c2ln"}}}"#
        return
            #"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"\#(base64(image))"}}},"#
            + #"{"text":"?"}]},{"role":"assistant","content":[\#(thought)]},{"role":"user","content":[{"text":"?"}]}]\#(extra)}"#
    }

    @Test(
        "drop-block uses additionalModelRequestFields in Bedrock's Converse",
        arguments: [
            (
                "",
                #","additionalModelRequestFields":{"thinking":{"type":"adaptive","block_binding":{"prefix_mismatch_behavior":"drop_block"}}}"#
            ),
            (
                #","additionalModelRequestFields":{"top_k":3}"#,
                #","additionalModelRequestFields":{"top_k":3,"thinking":{"type":"adaptive","block_binding":{"prefix_mismatch_behavior":"drop_block"}}}"#
            ),
            (
                #","additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":5}}"#,
                #","additionalModelRequestFields":{"thinking":{"block_binding":{"prefix_mismatch_behavior":"drop_block"},"type":"enabled","budget_tokens":5}}"#
            ),
        ])
    func dropsThinkingOfConverse(setting: String, expected: String) throws {
        let result = try repair(converseRequest(setting), .dropBlock)
        #expect(result.changes.map(\.done) == [.reencode, .dropBlock])
        func canonical(_ text: String) throws -> Data {
            try JSONSerialization.data(
                withJSONObject: JSONSerialization.jsonObject(with: Data(text.utf8)), options: .sortedKeys)
        }
        #expect(try canonical(result.text) == canonical(converseRequest(expected, image: png(952, 980))))
    }

    @Test("a Converse message with only thinking gets a text in Converse's shape")
    func stripsThinkingOfConverse() throws {
        let result = try repair(converseRequest(), .strip)
        #expect(result.changes.map(\.done) == [.reencode, .strip])
        #expect(
            result.text
                == converseRequest(image: png(952, 980)).replacing(
                    #"{"reasoningContent":{"reasoningText":{"text":"Hm.","signature":"c2ln"}}}"#,
                    with: #"{"text":"[Thinking was removed here.]"}"#))
    }

    @Test(
        "the service's answer to a changed prefix depends on the model",
        arguments: [
            ("claude-mythos-5-2", "claude-mythos-5-2 refuses the request"),
            ("claude-fable-5-1", "claude-fable-5-1 refuses the request for newer accounts"),
            ("claude-haiku-5-5", "claude-haiku-5-5 may refuse the request"),
        ])
    func bindingOfModels(model: String, answer: String) throws {
        let text = thinkingRequest().replacing("claude-opus-5-5", with: model)
        let finding = try lint(text).findings.first { $0.code == .thinkingBoundToPrefix }
        #expect(finding?.message.contains("\(answer);") == true, "\(finding?.message ?? "")")
        #expect(try repair(text, .keep).changes.last?.reasons.first?.hasSuffix(answer) == true)
    }

    @Test(
        "a change in the last turn or a failed repair leaves thinking alone",
        arguments: ThinkingPolicy.allCases)
    func thinkingBeforeChange(policy: ThinkingPolicy) throws {
        let late = thinkingRequest(
            last: #"{"role":"user","content":[\#(imageBlock(png(980, 980), "image/jpeg"))]}"#
        ).replacing(base64(png(8001, 980)), with: base64(png(980, 952)))
        #expect(try repair(late.replacing("image/jpeg", with: "image/png"), policy).changes.isEmpty)
        let repairer = try RequestRepairer(options: LintOptions(platformID: "claude-api"), thinking: policy)
        for (text, outcome) in [
            (late, ReencodeOutcome.image(png(980, 980))), (thinkingRequest(), .failed("no")),
        ] {
            let bytes = Array(text.utf8)
            var sink = MemorySink()
            let changes = try bytes.withUnsafeBytes { bytes in
                try repairer.repair(bytes: bytes, plan: repairer.plan(bytes: bytes), to: &sink) { _ in outcome
                }
            }
            // Text before a block is written before the outcome for the block is known.
            let isAsked = policy == .dropBlock && text != late
            #expect(
                changes.map(\.done) == (text == late ? [.relabel] : isAsked ? [.none, .dropBlock] : [.none]))
            if !isAsked { #expect(text == late || String(decoding: sink.bytes, as: UTF8.self) == text) }
        }
    }

    @Test("blocks of other services and of the Model Context Protocol become image blocks")
    func reshaped() throws {
        let data = base64(png(980, 980))
        let proper = #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"\#(data)"}"#
        for (block, rest) in [
            (#"{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,\#(data)"}}"#, "}"),
            (#"{"image_url":"data:image/png;base64,\#(data)","type":"input_image"}"#, "}"),
            (
                #"{"type":"image","data":"\#(data)","mimeType":"image/png","cache_control":{"type":"ephemeral"}}"#,
                #","cache_control":{"type":"ephemeral"}}"#
            ),
        ] {
            let text = request(block, textBlock("?"))
            #expect(try codes(text) == ["R103"], "\(block)")
            let result = try repair(text)
            #expect(result.changes.map(\.done) == [.rewrite])
            #expect(result.text == text.replacing(block, with: proper + rest))
            #expect(try codes(result.text).isEmpty)
        }
        let url = request(#"{"type":"image_url","image_url":{"url":"https://a"}}"#, textBlock("?"))
        #expect(try codes(url) == ["R103"] && repair(url).changes.map(\.done) == [.none])
        #expect(try codes(repair(url, drops: true).text).isEmpty)
        let wide = request(
            #"{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(base64(png(8001, 980)))"}}"#,
            textBlock("?"))
        #expect(try codes(wide) == ["I201", "R103"])
        let mended = try repair(wide)
        #expect(mended.changes.map(\.done) == [.reencode])
        #expect(try codes(mended.text).isEmpty)
    }

    @Test("several faults in one image, and several images with good ones in between, are repaired")
    func several() throws {
        let bad = imageBlock(png(9000, 980), "image/jpeg").replacing("iVBORw0", with: "data:;base64,iVBORw0")
        let text = request(
            textBlock("a:"), bad, textBlock("b:"), good, textBlock("c:"), imageBlock(png(980, 980), nil),
            textBlock("?"))
        let result = try repair(text)
        #expect(result.changes.map(\.done) == [.reencode, .relabel])
        #expect(result.changes.first?.codes.map(\.rawValue) == ["I201", "R201", "R205"])
        #expect(try codes(result.text).isEmpty)
    }

    @Test("Converse's format is corrected; a screenshot and an oversized image have to fit the tier")
    func otherKinds() throws {
        let converse =
            #"{"messages":[{"role":"user","content":[{"image":{"format":"jpeg","source":{"bytes":"\#(base64(png(980, 980)))"}}},{"text":"?"}]}]}"#
        #expect(
            try repair(converse, platform: "bedrock").text == converse.replacing("\"jpeg\"", with: "\"png\""))
        let lacking = converse.replacing(#""format":"jpeg","#, with: "")
        #expect(try codes(repair(lacking, platform: "bedrock").text, platform: "bedrock").isEmpty)
        let extra = #","transformations":{"oversized_image":"error"}"#
        let text = request(imageBlock(png(1593, 2324), extra: extra), textBlock("?"))
        let result = try repair(text, model: "claude-sonnet-4-5")
        #expect(result.tasks.first?.fittingTier == .standard)
        #expect(try codes(result.text, model: "claude-sonnet-4-5").isEmpty)
        let tooLarge = try repair(text, model: "claude-sonnet-4-5", made: png(1932, 980))
        #expect(tooLarge.text == text)
        #expect(tooLarge.changes.first?.failure == "the new image of 1932x980 px would be downsized")
    }

    @Test("a new image that would also be refused is not used")
    func refusedAgain() throws {
        let text = request(imageBlock(png(8001, 980)), textBlock("?"))
        let result = try repair(text, made: png(8001, 900))
        #expect(result.text == text && result.changes.map(\.done) == [.none])
        #expect(
            result.changes.first?.failure?.contains("refused as well: the longest side is 8001 px") == true)
    }

    @Test("an unrepairable block stays, or with drops becomes a text block that describes it")
    func drop() throws {
        let empty = imageBlock(data: "").replacing(
            #""type":"image","#, with: #""type":"image","cache_control":{"type":"ephemeral"},"#)
        let text = request(empty, textBlock("?"))
        let kept = try repair(text)
        #expect(kept.text == text && kept.changes.map(\.done) == [.none])
        let dropped = try repair(text, drops: true)
        #expect(dropped.changes.map(\.done) == [.drop])
        #expect(try codes(dropped.text).isEmpty && lint(dropped.text).images.isEmpty)
        #expect(
            dropped.text.contains(
                #""text":"[An image was removed here (0 bytes): the image has no data.]","cache_control":{"type":"ephemeral"}}"#
            ))
        let url = request(#"{"type":"image","source":{"type":"url","url":"https://a"}}"#, textBlock("?"))
        #expect(try codes(repair(url, platform: "bedrock", drops: true).text, platform: "bedrock").isEmpty)
    }

    @Test("an unreadable document stays and is reported, or is replaced by a text block")
    func documents() throws {
        let locked = documentBlock(pdfFile(pages: 2, trailer: "/Encrypt<<>>"))
            .replacing(
                #""type":"document","#, with: #""type":"document","cache_control":{"type":"ephemeral"},"#)
        let page = documentBlock(Array("<html>".utf8))
        let fine = documentBlock(pdfFile(pages: 2))
        let text = request(locked, fine, page, textBlock("?"))
        let kept = try repair(text)
        #expect(kept.text == text && kept.changes.map(\.done) == [.none, .none])
        #expect(kept.changes.map(\.pointer) == ["messages.0.content.0", "messages.0.content.2"])
        #expect(kept.changes.map(\.codes) == [[.unusablePDF], [.unusablePDF]])
        let dropped = try repair(text, drops: true)
        #expect(dropped.changes.map(\.done) == [.drop, .drop])
        let bytes = pdfFile(pages: 2, trailer: "/Encrypt<<>>").count
        #expect(
            dropped.text
                == request(
                    #"{"type":"text","text":"[A document was removed here (\#(bytes) bytes): the document is encrypted.]","cache_control":{"type":"ephemeral"}}"#,
                    fine, textBlock("[A document was removed here (6 bytes): the document is not a PDF.]"),
                    textBlock("?")))
        #expect(try codes(dropped.text).isEmpty)
        let data = base64(Array("%PDF-1.4".utf8))
        let converse =
            #"{"messages":[{"role":"user","content":[{"document":{"format":"pdf","name":"a","source":{"bytes":"\#(data)"}}},{"text":"?"}]}]}"#
        let mended = try repair(converse, platform: "bedrock", drops: true)
        #expect(mended.text.contains(#"[{"text":"[A document was removed here (8 bytes): "#))
        #expect(try codes(mended.text, platform: "bedrock").isEmpty)
        // A fetched page can contain only a document.
        let fetched = request(
            #"{"type":"web_fetch_tool_result","tool_use_id":"s","content":{"type":"web_fetch_result","url":"u","content":\#(page)}}"#,
            textBlock("?"))
        #expect(try repair(fetched, drops: true).changes.map(\.done) == [.none])
    }

    @Test("a bad document is handled before thinking that is bound to it")
    func documentsAndThinking() throws {
        let text = thinkingRequest().replacing(imageBlock(png(8001, 980)), with: documentBlock([1, 2, 3]))
        #expect(try repair(text, .strip).changes.map(\.done) == [.none])
        let options = LintOptions(platformID: "claude-api")
        let repairer = try RequestRepairer(options: options, drops: true, thinking: .strip)
        let plan = Array(text.utf8).withUnsafeBytes { repairer.plan(bytes: $0) }
        #expect(plan.steps.map(\.action) == [.drop, .strip, .keep] && plan.otherErrors.isEmpty)
    }

    @Test("an image block inside an image block is one image, in any key order")
    func imageWithinImage() throws {
        let data = base64(png(980, 980))
        let source = #""source":{"type":"base64","media_type":"image/jpeg","data":"\#(data)"}"#
        let inner = #"{"type":"image",\#(source)}"#
        for bad in [
            #"{"type":"image","content":[\#(inner)],\#(source)}"#,
            #"{"content":[{"type":"tool_result","content":[\#(inner)]}],\#(source),"type":"image"}"#,
            #"{\#(source.dropLast()),"content":[\#(inner)]},"type":"image"}"#,
        ] {
            let text = request(bad, textBlock("?"))
            #expect(try lint(text).images.map(\.pointer) == ["messages.0.content.0"])
            let result = try repair(text)
            #expect(result.changes.map(\.done) == [.relabel])
            #expect(try codes(result.text).isEmpty)
        }
    }

    @Test("a plan reports what would be done and what would remain, without changing anything")
    func plan() throws {
        let repairer = try RequestRepairer(options: LintOptions(platformID: "bedrock"))
        let text = request(imageBlock(png(2016, 9000)), textBlock(""))
        let plan = Array(text.utf8).withUnsafeBytes { repairer.plan(bytes: $0) }
        #expect(
            plan.steps.map(\.action) == [.reencode] && plan.steps.first?.pointer == "messages.0.content.0")
        #expect(plan.otherErrors.map(\.code) == [.emptyTextBlock] && !plan.isComplete)
    }

    @Test("a file is copied in chunks; bytes added since the plan are kept")
    func files() throws {
        let folder = try TemporaryFolder()
        let large = imageBlock(png(980, 980, count: 900_000))
        let text = request(
            textBlock("a:"), imageBlock(png(8001, 980)), textBlock("b:"), large, textBlock("?"))
        let path = try folder.write("log.jsonl", Array((text + "\n").utf8))
        let repairer = try RequestRepairer(options: LintOptions(platformID: "claude-api"))
        let plan = try repairer.plan(path: path)
        try folder.write("log.jsonl", Array((text + "\n{\"late\":1}\n").utf8))
        let output = try folder.write("out.jsonl")
        let handle = try #require(FileHandle(forWritingAtPath: output))
        var sink = DescriptorSink(fileDescriptor: handle.fileDescriptor)
        _ = try repairer.repair(path: path, plan: plan, to: &sink) { _ in .image(png(952, 980)) }
        try sink.flush()
        let expected =
            text.replacing(base64(png(8001, 980)), with: base64(png(952, 980))) + "\n{\"late\":1}\n"
        #expect(try folder.read("out.jsonl") == Array(expected.utf8))
        try folder.write("log.jsonl", Array(text.utf8.prefix(100)))
        var cut = MemorySink()
        #expect(throws: RepairError.changed) {
            try repairer.repair(path: path, plan: plan, to: &cut) { _ in .image(png(952, 980)) }
        }
    }

    @Test("a repaired mutated document has no fault of the repaired kinds left")
    func mutations() throws {
        let linter = try RequestLinter(options: LintOptions(platformID: "claude-api"))
        let repairer = try RequestRepairer(options: LintOptions(platformID: "claude-api"), drops: true)
        var generator = FixedGenerator(seed: 99)
        var mended = 0
        for round in 0..<3000 {
            let bytes = MutationTests.mutate(
                MutationTests.seeds[round % MutationTests.seeds.count], &generator)
            let before = linter.lint(bytes: bytes)
            guard !before.findings.contains(where: { $0.code == .notJSON }) else { continue }
            var sink = MemorySink()
            let changes = try bytes.withUnsafeBytes { bytes in
                try repairer.repair(bytes: bytes, plan: repairer.plan(bytes: bytes), to: &sink) { _ in
                    .image(png(952, 980))
                }
            }
            let after = linter.lint(bytes: sink.bytes)
            if changes.isEmpty { #expect(sink.bytes == bytes) } else { mended += 1 }
            let left = after.images.flatMap(\.findings).filter { $0.severity == .error }
            #expect(left.isEmpty, "\(String(decoding: bytes, as: UTF8.self)) \(left.map(\.code))")
            #expect(!after.findings.contains { $0.code == .notJSON })
        }
        #expect(mended > 50)
    }
}
