import Foundation
import PreflightRequests

/// Builds a request from files.
public struct RequestBuilder: Sendable {
    /// The result for one file.
    public struct Draft: Sendable {
        /// The file as named by the caller.
        public var path: String
        /// The image for the request; nil for a file that is left out.
        public var image: PreparedImage?
        /// What was done, or why it is left out.
        public var note: String
    }

    /// A request that can be sent.
    public struct Built: Sendable {
        /// The body, JSON.
        public var body: [UInt8]
        /// The result for each file, in the given order.
        public var drafts: [Draft]
        /// What the service would refuse in the body; empty if all is well.
        public var refusals: [Finding]

        /// The images in the body.
        public var images: [Draft] { drafts.filter { $0.image != nil } }
    }

    private let preflighter: Preflighter
    private let prompt: String

    /// A builder.
    ///
    /// - Parameters:
    ///   - model: the ID of the model.
    ///   - prompt: the prompt.
    ///   - imageCount: how many images the request may contain; above 20, the maximum side is smaller.
    /// - Throws: when the model is unknown.
    public init(model: String, prompt: String, imageCount: Int) throws {
        preflighter = try Preflighter(
            model: model, platform: "claude-api", imagesPerRequest: max(imageCount, 1))
        self.prompt = prompt
    }

    /// Builds the request.
    ///
    /// - Parameter paths: the files.
    /// - Returns: the body, and the result for each file.
    /// - Throws: when the images do not fit into one request.
    public func build(_ paths: [String]) throws -> Built {
        let drafts = paths.map { draft($0) }
        let body = try preflighter.request(prompt, prepared: drafts.compactMap(\.image)).bytes

        // Check the final body as well, because some limits apply to the whole request.
        let linter = try RequestLinter(options: LintOptions(platformID: "claude-api"))
        let refusals = linter.lint(bytes: body).findings.filter { linter.isFailure([$0]) }
        return Built(body: body, drafts: drafts, refusals: refusals)
    }

    /// Prepares a file; one that needs no changes keeps its bytes.
    private func draft(_ path: String) -> Draft {
        do {
            let ready = try preflighter.prepare(path)
            let before = ready.source.size.map { "\($0) to " } ?? ""
            let what = ready.action == .copied ? "sent as it is, " : "prepared, \(before)"
            var draft = Draft(path: path, note: "\(what)\(ready.size) px, \(ready.tokens) tokens")
            draft.image = ready
            return draft
        } catch {
            return Draft(path: path, note: "left out: \(error)")
        }
    }
}
