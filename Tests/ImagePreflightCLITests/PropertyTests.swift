import Foundation
import ImageHeaders
import ImagePreflight
import MessageRequests
import TestSupport
import Testing
import VisionRules

@testable import ImagePreflightCLI

/// For any change to a request: a block that `repair` writes decodes to the end and lints clean.
///
/// `IMAGE_PREFLIGHT_MUTATIONS` sets how many mutations are tried; 100,000 take a few minutes.
@Suite("repair, for any request")
struct PropertyTests {
    private static let folder = Resources.testdata.appending(path: "requests")
    private static let count =
        ProcessInfo.processInfo.environment["IMAGE_PREFLIGHT_MUTATIONS"].flatMap { Int($0) } ?? 1_000

    /// Every request, batch and log of testdata that is not too large to be changed thousands of times.
    private static let fixtures: [(name: String, bytes: [UInt8])] = {
        let names = try? FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
        return (names ?? []).filter {
            $0.hasSuffix(".json") || $0.hasSuffix(".jsonl") && $0 != "expected.jsonl"
        }
        .compactMap { name in
            (try? Data(contentsOf: folder.appending(path: name))).map { (name, Array($0)) }
        }
    }()

    /// The base64 texts of a request's image blocks, as written.
    static func images(of body: Data) throws -> [String] {
        let request = try JSONSerialization.jsonObject(with: body) as? [String: Any]
        let messages = request?["messages"] as? [[String: Any]] ?? []
        return messages.flatMap { $0["content"] as? [[String: Any]] ?? [] }
            .compactMap { ($0["source"] as? [String: Any])?["data"] as? String }
    }

    /// Repairs a text and checks every block that was written against the promise.
    ///
    /// - Returns: how many blocks were written.
    private func holdsPromise(_ bytes: [UInt8], _ name: String) throws -> Int {
        let options = LintOptions()
        let repairer = try RequestRepairer(options: options)
        let linter = try RequestLinter(options: options)
        let fileRepairer = try Repairer(
            options: options, drops: false, thinking: .keep, limits: .standard, decoder: .inProcess)
        var sink = MemorySink()
        let changes = try bytes.withUnsafeBytes { bytes in
            try repairer.repair(
                bytes: bytes, plan: repairer.plan(bytes: bytes), to: &sink, reencode: fileRepairer.reencode)
        }
        let written = Set(
            changes.filter { [.relabel, .rewrite, .reencode].contains($0.done) }
                .map { "\($0.line) \($0.customID ?? "") \($0.pointer)" })
        guard !written.isEmpty else { return 0 }
        func fail(_ reason: String, _ pointer: String) {
            let text = String(decoding: bytes, as: UTF8.self)
            Issue.record("\(name), \(pointer): \(reason); \(text.prefix(20_000))")
        }
        for image in linter.lint(bytes: sink.bytes).images
        where written.contains("\(image.line) \(image.customID ?? "") \(image.pointer)") {
            let errors = image.findings.filter { $0.severity == .error }
            if let error = errors.first { fail(error.message, image.pointer) }
            let block = try JSONSerialization.jsonObject(with: Data(sink.bytes[image.byteRange]))
            guard let text = Self.data(of: block), let data = Data(base64Encoded: text) else {
                fail("not base64", image.pointer)
                continue
            }
            let preflighter = Preflighter(
                destination: Destination(
                    model: try ModelCatalog.builtIn.model(image.model),
                    platform: try ModelCatalog.builtIn.platform(image.platform)))
            let found = try preflighter.inspectDeeply(bytes: Array(data)).assessment.findings
            for finding in found where finding.code == .truncatedData || finding.code == .decoderFailed {
                fail(finding.message, image.pointer)
            }
        }
        return written.count
    }

    private static func data(of block: Any) -> String? {
        guard let object = block as? [String: Any] else { return nil }
        if let text = (object["data"] ?? object["bytes"]) as? String { return text }
        return ["source", "image"].lazy.compactMap { object[$0].flatMap { data(of: $0) } }.first
    }

    @Test("every fixture")
    func everyFixture() throws {
        var written = 0
        for (name, bytes) in Self.fixtures { written += try holdsPromise(bytes, name) }
        #expect(written >= 10)
    }

    @Test("mutations of the fixtures")
    func mutations() throws {
        var generator = FixedGenerator(seed: 20_261_129)
        let seeds = Self.fixtures.filter { $0.bytes.count < 40_000 }
        var written = 0
        for _ in 0..<Self.count {
            let seed = try #require(seeds.randomElement(using: &generator))
            written += try holdsPromise(Self.mutate(seed.bytes, &generator), seed.name)
        }
        #expect(written >= Self.count / 10, "\(written) blocks were written")
    }

    /// What goes wrong with a request in transit: bytes lost, changed, doubled; base64 wrapped, cut, encoded
    /// for a form or a URL; media types mixed up.
    private static func mutate(_ seed: [UInt8], _ generator: inout FixedGenerator) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            guard !bytes.isEmpty else { break }
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            let end = min(bytes.count, place + Int.random(in: 1...8, using: &generator))
            func replaceAll(_ old: String, _ new: String) {
                bytes = Array(String(decoding: bytes, as: UTF8.self).replacing(old, with: new).utf8)
            }
            switch Int.random(in: 0..<14, using: &generator) {
            case 0: bytes.removeSubrange(place..<end)
            case 1: bytes[place] = UInt8.random(in: 32...126, using: &generator)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 3: bytes.insert(UInt8(ascii: " "), at: place)
            case 4: bytes.insert(contentsOf: "\\n".utf8, at: place)
            case 5: bytes.insert(contentsOf: "\\/".utf8, at: place)
            case 6: replaceAll("+", " ")
            case 7: replaceAll("/", "_")
            case 8: replaceAll("=", "")
            case 9: replaceAll("image/png", "image/jpeg")
            case 10: replaceAll("image/jpeg", "image/png")
            case 11: replaceAll("\"data\":\"", "\"data\":\"data:image/png;base64,")
            case 12: bytes.insert(UInt8(ascii: "+"), at: place)
            default: replaceAll("\"media_type\":", "\"mediatype\":")
            }
        }
        return bytes
    }
}
