import Foundation
import ImageHeaders
import ImagePreflight
import MessageRequests
import PreflightRequests
import TestSupport
import Testing
import VisionRules

/// Everything that repair writes decodes to the end and is accepted; the rest is left untouched and reported.
@Suite("What repair writes")
struct RepairPropertyTests {
    private static let models = ["claude-sonnet-5-5", "claude-sonnet-4-5"]

    /// Bodies and logs of every kind, with images that can be decoded.
    private static let seeds: [[UInt8]] = {
        let folder = Resources.testdata.appending(path: "requests")
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.contains(".json") && $0 != "expected.jsonl" }.sorted().compactMap { name in
            let bytes = try? Data(contentsOf: folder.appending(path: name))
            return bytes.flatMap { $0.count < 10_000 ? Array($0) : nil }
        }
    }()

    /// How many mutations are tried; set by `IMAGE_PREFLIGHT_MUTATIONS`.
    private static let count =
        ProcessInfo.processInfo.environment["IMAGE_PREFLIGHT_MUTATIONS"].flatMap { Int($0) } ?? 1000

    @Test("is sound for every fixture and mutations of its text and images")
    func mutations() throws {
        #expect(Self.seeds.count > 60)
        let preflighters = try Self.models.map { try Preflighter(model: $0, platform: "claude-api") }
        let linter = try RequestLinter(options: LintOptions(platformID: "claude-api"))
        var generator = FixedGenerator(seed: 20_261_129)
        var done: [RepairChange.Action: Int] = [:]
        for round in 0..<Self.count + Self.seeds.count {
            let seed = Self.seeds[round % Self.seeds.count]
            let bytes = round < Self.seeds.count ? seed : Self.mutated(seed, linter, &generator)
            let preflighter = preflighters[round / Self.seeds.count % preflighters.count]
            let isJSON = !linter.lint(bytes: bytes).findings.contains { $0.code == .notJSON }
            let repaired = try preflighter.repair(bytes)
            let comment = Comment(rawValue: "round \(round): \(String(decoding: bytes, as: UTF8.self))")
            if isJSON {
                #expect(!repaired.report.findings.contains { $0.code == .notJSON }, comment)
            }
            let written = repaired.changes.filter { [.relabel, .rewrite, .reencode].contains($0.done) }
            for change in repaired.changes { done[change.done, default: 0] += 1 }
            if written.isEmpty { #expect(repaired.bytes == bytes, comment) }
            for change in written {
                let images = repaired.report.images.filter {
                    $0.pointer == change.pointer && $0.line == change.line
                        && $0.customID == change.customID
                }
                #expect(!images.isEmpty, comment)
                for image in images where images.count == 1 {
                    #expect(
                        image.findings.allSatisfy { $0.severity != .error },
                        "\(image.findings) \(comment.rawValue)")
                    let made = try #require(
                        Self.picture(in: repaired.bytes[image.byteRange]), "\(image) \(comment.rawValue)")
                    let deep = try preflighter.checkDeeply(made)
                    #expect(
                        deep.findings.allSatisfy { $0.severity != .error },
                        "\(change.done) \(deep.findings) \(comment.rawValue)")
                }
            }
        }
        // An action that never happens is not tested.
        for action in [RepairChange.Action.relabel, .rewrite, .reencode, .none] {
            #expect(done[action, default: 0] > Self.count / 200, "\(done)")
        }
    }

    /// The bytes of a block's image, by Foundation.
    private static func picture(in block: ArraySlice<UInt8>) -> [UInt8]? {
        let object = try? JSONSerialization.jsonObject(with: Data(block)) as? [String: Any]
        let inner = object?["image"] as? [String: Any] ?? object
        let source = inner?["source"] as? [String: Any] ?? inner
        let text = source?["data"] as? String ?? source?["bytes"] as? String
        return text.flatMap { Data(base64Encoded: $0) }.map { Array($0) }
    }

    // MARK: - Mutations

    private static func mutated(
        _ seed: [UInt8], _ linter: RequestLinter, _ generator: inout FixedGenerator
    ) -> [UInt8] {
        var bytes = seed
        // Most mutations of a text break the JSON; there should be many images that need a repair.
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: mutateText(&bytes, &generator)
        case 1:
            mutateImage(&bytes, linter, &generator)
            mutateText(&bytes, &generator)
        default: mutateImage(&bytes, linter, &generator)
        }
        if Bool.random(using: &generator) { relabel(&bytes, &generator) }
        return bytes
    }

    private static let mediaTypes = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"]

    /// Declares another media type, so that the bytes have to be checked.
    private static func relabel(_ bytes: inout [UInt8], _ generator: inout FixedGenerator) {
        guard
            let old = mediaTypes.shuffled(using: &generator).first(where: {
                bytes.firstRange(of: Array("\"\($0)\"".utf8)) != nil
            }), let range = bytes.firstRange(of: Array(old.utf8)),
            let new = mediaTypes.randomElement(using: &generator)
        else { return }
        bytes.replaceSubrange(range, with: Array(new.utf8))
    }

    private static let pieces: [[UInt8]] = [
        "\"", "\\", "{", "}", "[", "]", ",", ":", "=", " ", "+", "data:image/png;base64,", "null",
        "\"type\":",
        "\\/", "\\n", "%2B", "iVBORw0KGgo", "/9j/", "\u{FEFF}", "é",
    ].map { Array($0.utf8) }

    private static func mutateText(_ bytes: inout [UInt8], _ generator: inout FixedGenerator) {
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            let end = min(bytes.count, place + Int.random(in: 0...12, using: &generator))
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes.removeSubrange(place..<end)
            case 1: bytes.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: place)
            case 2 where place < bytes.count: bytes[place] = UInt8.random(in: 0x20...0x7E, using: &generator)
            default: bytes.replaceSubrange(place..<end, with: pieces.randomElement(using: &generator) ?? [])
            }
        }
    }

    /// Breaks the bytes of one image: cut, changed, padded, or with spaces for `+`.
    private static func mutateImage(
        _ bytes: inout [UInt8], _ linter: RequestLinter, _ generator: inout FixedGenerator
    ) {
        let images = linter.lint(bytes: bytes).images.filter { $0.image != nil }
        guard let image = images.randomElement(using: &generator),
            var made = picture(in: bytes[image.byteRange]), !made.isEmpty
        else { return mutateText(&bytes, &generator) }
        let old = Array(Data(made).base64EncodedString().utf8)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: made.removeLast(min(made.count, Int.random(in: 1...64, using: &generator)))
        case 1: made.removeLast(Int.random(in: 0..<made.count, using: &generator))
        case 2: made += (0..<Int.random(in: 1...9, using: &generator)).map { UInt8($0) }
        case 3: break
        default:
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<made.count, using: &generator)
                made[place] = UInt8.random(in: 0...255, using: &generator)
            }
        }
        var new = Array(Data(made).base64EncodedString().utf8)
        if Int.random(in: 0..<6, using: &generator) == 0 {
            new = new.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }
        }
        if Int.random(in: 0..<8, using: &generator) == 0 { new = Array("data:image/png;base64,".utf8) + new }
        guard let range = bytes[image.byteRange].firstRange(of: old) else { return }
        bytes.replaceSubrange(range, with: new)
    }
}
