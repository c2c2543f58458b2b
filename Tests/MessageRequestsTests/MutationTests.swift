import Foundation
import MessageRequests
import TestSupport
import Testing
import VisionRules

/// Hostile input: the linter survives any change to a body.
@Suite("Mutated requests")
struct MutationTests {
    /// Small bodies in every shape.
    static let seeds: [[UInt8]] = {
        let image = imageBlock(png(980, 980))
        let item = #"{"custom_id":"a","params":\#(plainRequest)}"#
        return [
            plainRequest, "[\(plainRequest)]", "{\"requests\":[\(item)]}", "\(item)\n\(item)\n",
            request(
                #"{"type":"tool_result","tool_use_id":"t","content":[\#(image)]}"#, textBlock("é\\n\\u00e9"),
                extra: #","tools":[{"type":"computer_1","name":"c"}],"system":[\#(image)]"#),
            #"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"\#(base64(gif(3, 4)))"}}}]}]}"#,
            "// c\n{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":[\(image)]}}\n{\"a\":1}\n",
            request(
                #"{"type":"image","source":{"type":"url","url":"u"}}"#,
                imageBlock(data: #"data:;base64,iVBO\/Rw0="#)),
        ].map { Array($0.utf8) }
    }()

    /// Pieces that mean something in JSON or base64.
    private static let pieces: [[UInt8]] = [
        "\"", "\\", "{", "}", "[", "]", ",", ":", "\n", "=", "\\u", "\\ud800", "null", "\"type\":",
        "\"data\":\"",
        "\"source\":{", "\"content\":[", "\"messages\":", "data:", "-", "0", "1e9", "//", "\u{FEFF}", "é",
    ].map { Array($0.utf8) }

    static func mutate(_ seed: [UInt8], _ generator: inout FixedGenerator) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            let end = min(bytes.count, place + Int.random(in: 0...12, using: &generator))
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes.removeSubrange(place..<end)
            case 1: bytes.removeSubrange(place...)
            case 2: bytes.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: place)
            case 3:
                bytes.insert(
                    contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &generator))
            case 4 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            default: bytes.replaceSubrange(place..<end, with: pieces.randomElement(using: &generator) ?? [])
            }
        }
        return bytes
    }

    @Test("20,000 mutations: no crash, and invalid JSON is reported exactly when Foundation refuses it")
    func mutations() throws {
        let linter = try RequestLinter()
        var generator = FixedGenerator(seed: 20_261_009)
        var refused = 0
        for round in 0..<20_000 {
            let bytes = Self.mutate(Self.seeds[round % Self.seeds.count], &generator)
            let report = linter.lint(bytes: bytes)
            let isRefused = report.findings.contains { $0.code == .notJSON }
            if isRefused { refused += 1 }
            #expect(report.file.bytes == bytes.count)
            for image in report.images { #expect(image.byteRange.upperBound <= bytes.count) }
        }
        // Most mutations break the JSON, but many do not.
        #expect((4000...18_000).contains(refused), "\(refused)")
    }

    @Test("valid and invalid JSON agree with Foundation on mutations of one document")
    func agreesWithFoundation() throws {
        let linter = try RequestLinter()
        var generator = FixedGenerator(seed: 7)
        let seed = Self.seeds[4]
        var differing: [String] = []
        for _ in 0..<1500 {
            let bytes = Self.mutate(seed, &generator)
            // Foundation differs from RFC 8259 in UTF-16, byte order marks and unpaired surrogates.
            guard !bytes.contains(0), !String(decoding: bytes, as: UTF8.self).contains(#"\ud8"#),
                !bytes.contains(UInt8(ascii: "\n")), !bytes.starts(with: [0xEF])
            else {
                continue
            }
            let isJSON =
                (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
            let isRefused = linter.lint(bytes: bytes).findings.contains { $0.code == .notJSON }
            if isJSON == isRefused { differing.append(String(decoding: bytes, as: UTF8.self)) }
        }
        #expect(differing.isEmpty, "\(differing.prefix(3))")
    }
}
