import Foundation
import ImageHeaders
import MessageRequests
import TestSupport
import Testing
import VisionRules

/// Requests that were really sent, and the service's answers.
@Suite("Recorded requests", .enabled(if: Resources.hasShared))
struct RecordedRequestTests {
    /// A row of the index of recorded requests.
    struct Recorded: Decodable, Sendable, CustomTestStringConvertible {
        struct Image: Decodable, Sendable {
            var path: String
            var size: [Int]?
            var bytes: Int
        }
        var file: String
        var platform: String
        var model: String
        var http_status: Int
        var input_tokens: Int?
        var images: [Image]
        var body_bytes: Int
        var odd: [String]
        var recorded: String?

        var testDescription: String { file }
        var platformID: String {
            switch platform {
            case "Bedrock": "bedrock"
            case "Vertex": "google-cloud"
            default: "claude-api"
            }
        }
    }

    static let folder = Resources.shared.appending(path: "requests")

    static let all: [Recorded] = {
        guard let text = try? String(contentsOf: folder.appending(path: "INDEX.jsonl"), encoding: .utf8)
        else {
            return []
        }
        return text.split(separator: "\n").compactMap {
            try? JSONDecoder().decode(Recorded.self, from: Data($0.utf8))
        }
    }()

    private func lint(_ recorded: Recorded) throws -> LintReport {
        // Bodies for Bedrock and Google Cloud do not name their model, so it is given.
        let linter = try RequestLinter(
            options: LintOptions(modelID: recorded.model, platformID: recorded.platformID))
        return try linter.lint(path: Self.folder.appending(path: recorded.file).path)
    }

    @Test("the index exists")
    func index() { #expect(Self.all.count >= 40) }

    @Test("a request answered with 200 lints without an error on its platform", arguments: all)
    func verdicts(recorded: Recorded) throws {
        let errors = try lint(recorded).findings.filter { $0.severity == .error }.map(\.code)
        if recorded.file.contains("labelled") {
            // Accepted in 2024 and 2025; today's service refuses the wrong media type.
            #expect(errors == [.mediaTypeMismatch])
        } else if recorded.http_status == 200 {
            #expect(errors.isEmpty)
        } else {
            #expect(errors == [.sourceNotOnPlatform], "the only recorded refusal is of a URL on Bedrock")
        }
    }

    @Test("every image is found at its path with its size and bytes", arguments: all)
    func images(recorded: Recorded) throws {
        let report = try lint(recorded)
        #expect(report.images.count == recorded.images.count)
        for (found, image) in zip(report.images, recorded.images) {
            // The index writes the paths of Converse and of tool results in its own way.
            let path = image.path.replacing(".image", with: "")
            #expect(found.pointer.replacing(".tool_result", with: "") == path)
            guard let size = image.size else { continue }
            #expect([found.image?.size?.width, found.image?.size?.height] == size)
            #expect(found.image?.byteCount == image.bytes)
        }
        #expect(report.file.bytes == recorded.body_bytes)
    }

    @Test("a platform is recognized by the shape of the body", arguments: all)
    func platforms(recorded: Recorded) throws {
        let linter = try RequestLinter()
        let report = try linter.lint(path: Self.folder.appending(path: recorded.file).path)
        let expected = recorded.platformID == "claude-api" ? "portable" : recorded.platformID
        #expect(report.requests.allSatisfy { $0.platform == expected })
    }

    /// Checked on requests with one image and a short text, without tools, a system prompt, caching or
    /// thinking: the rest of the recorded tokens is the text and the message around it.
    @Test("the service counted the image tokens plus a small constant")
    func tokens() throws {
        let plain = Self.all.filter { recorded in
            // The models of 2024 counted differently.
            recorded.images.count == 1 && recorded.images.allSatisfy { $0.size != nil }
                && recorded.recorded?.contains("2024") != true
                && !recorded.odd.contains {
                    $0.contains("cache_control") || $0.contains("thinking") || $0.contains("tool_result")
                }
        }
        var compared = 0
        for recorded in plain {
            let request = try #require(try lint(recorded).requests.first)
            guard let counted = recorded.input_tokens, request.textBytes < 100 else { continue }
            let rest = counted - (request.imageTokens ?? 0)
            // A message costs up to 14 tokens besides its image; three to six letters of text are a token.
            let least = request.textBytes / 6 + 3
            let most = request.textBytes / 3 + 15
            #expect((least...most).contains(rest), "\(recorded.file): \(rest) tokens are left")
            compared += 1
        }
        #expect(compared >= 12)
    }

    @Test("an agent's log is one conversation; comments and other lines are skipped")
    func session() throws {
        let linter = try RequestLinter(options: LintOptions(platformID: "claude-api"))
        let report = try linter.lint(
            path: Self.folder.appending(path: "sessions/session-images-in-user-messages.jsonl").path)
        // A restarted conversation does not send the previous one again.
        #expect(report.images.map(\.line) == [12])
        #expect(report.images.allSatisfy { $0.image?.tokens == 361 })
        #expect(report.requests.count == 1 && report.requests.first?.images == 1)
        let all = try RequestLinter(
            options: LintOptions(platformID: "claude-api", judgesAllBranches: true)
        ).lint(path: Self.folder.appending(path: "sessions/session-images-in-user-messages.jsonl").path)
        #expect(all.images.map(\.line) == [5, 12])
        #expect(all.images.last?.findings.map(\.code).contains(.repeatedImage) == true)
        #expect(report.file.notes.first == "comment lines skipped: 2")
        let single = try linter.lint(
            path: Self.folder.appending(path: "sessions/session-one-line.jsonl").path)
        #expect(single.images.map(\.pointer) == ["messages.0.content.0"])
        #expect(!single.findings.contains { $0.severity == .error })
    }
}
