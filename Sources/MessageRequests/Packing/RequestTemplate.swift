internal import ImageHeaders

/// Everything of a request but its images: the same in every request of a run.
package struct RequestTemplate: Sendable, Hashable, Codable {
    /// How the platform's bodies differ from the Claude API's.
    package enum Dialect: String, Sendable, Codable, Hashable, CaseIterable {
        /// `model` is in the body.
        case messages
        /// Amazon Bedrock: the model is in the URL, `anthropic_version` in the body.
        case bedrock
        /// Google Cloud: the same, with a different version.
        case googleCloud = "google-cloud"

        /// How the bodies of a platform are written.
        ///
        /// - Parameter platformID: the id of the platform.
        package init(platformID: String) { self = Dialect(rawValue: platformID) ?? .messages }

        /// The `anthropic_version` of the body.
        var version: String? {
            switch self {
            case .messages: nil
            case .bedrock: "bedrock-2023-05-31"
            case .googleCloud: "vertex-2023-10-16"
            }
        }
    }

    /// The id of the model, in the platform's form.
    package var model: String
    /// The most tokens of the answer.
    package var maxOutputTokens: Int
    /// The prompt; it comes last.
    package var prompt: String
    /// The system prompt.
    package var system: String?
    /// Whether to set a cache breakpoint after the last image of each request.
    package var cachesImages: Bool
    /// How the platform's bodies are written.
    package var dialect: Dialect
    /// More members of the body as JSON, as in `"temperature":0,"metadata":{}`; empty for none.
    package private(set) var otherMembers: String

    private enum CodingKeys: String, CodingKey {
        case model
        case maxOutputTokens = "max_output_tokens"
        case prompt, system
        case cachesImages = "cache"
        case dialect
        case otherMembers = "other_members"
    }

    /// A template.
    ///
    /// - Parameters:
    ///   - model: the id of the model.
    ///   - maxOutputTokens: the most tokens of the answer.
    ///   - prompt: the prompt.
    ///   - system: the system prompt.
    ///   - cachesImages: whether to set a cache breakpoint after the last image of each request.
    ///   - dialect: how the platform's bodies are written.
    package init(
        model: String, maxOutputTokens: Int = 1024, prompt: String, system: String? = nil,
        cachesImages: Bool = false, dialect: Dialect = .messages
    ) {
        self.model = model
        self.maxOutputTokens = maxOutputTokens
        self.prompt = prompt
        self.system = system
        self.cachesImages = cachesImages
        self.dialect = dialect
        otherMembers = ""
    }

    /// Takes over the members of a JSON object: a body without images, written by the user.
    ///
    /// Members that this template sets itself are left out: `model`, `max_tokens`, `messages`,
    /// `anthropic_version`, and `system` if ``system`` is set. The rest is copied byte for byte.
    ///
    /// - Parameter json: the object, UTF-8.
    /// - Throws: if it is not a JSON object.
    package mutating func addMembers(json: [UInt8]) throws(RequestTemplateError) {
        let hasSystem = system != nil
        let result: Result<[String], JSONDefect> = json.withUnsafeBytes { bytes in
            do throws(JSONDefect) {
                return .success(try Self.members(of: bytes, leavingOutSystem: hasSystem))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let members):
            let all = (otherMembers.isEmpty ? [] : [otherMembers]) + members
            otherMembers = all.joined(separator: ",")
        case .failure(let defect):
            let (position, found) = json.withUnsafeBytes {
                (TextPosition(of: defect.offset, in: $0, firstLine: 1), defect.found(in: $0))
            }
            throw RequestTemplateError(
                line: position.line, column: position.column, expected: defect.expected, found: found)
        }
    }

    private static func members(
        of bytes: UnsafeRawBufferPointer, leavingOutSystem: Bool
    ) throws(JSONDefect) -> [String] {
        var cursor = JSONCursor(bytes)
        var members: [String] = []
        var object = try cursor.beginObject()
        while let key = try cursor.nextKey(&object) {
            let value = try cursor.skipValueRange()
            switch Field(key, in: cursor) {
            case .model, .maxTokens, .messages, .anthropicVersion: continue
            case .system where leavingOutSystem: continue
            default: break
            }
            let name = String(decoding: bytes[key.range], as: UTF8.self)
            members.append("\"\(name)\":" + String(decoding: bytes[value], as: UTF8.self))
        }
        guard cursor.peek() == nil else { throw cursor.defect("nothing more after the JSON object") }
        return members
    }
}

/// A template file is not a JSON object.
package struct RequestTemplateError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line, from 1.
    package var line: Int
    /// The column in characters, from 1.
    package var column: Int
    /// What was expected there.
    package var expected: String
    /// What was found there.
    package var found: String

    /// The error as a sentence.
    package var description: String {
        "the template is not a JSON object: line \(line), column \(column): expected \(expected), found \(found)"
    }
}
