/// Why a catalog cannot be read, or does not have the requested entry.
public struct CatalogError: Error, Sendable, Hashable {
    /// What happened. More codes may be added.
    public struct Code: RawRepresentable, Sendable, Hashable, Codable {
        /// The name, as in `unknown-model`.
        public let rawValue: String

        /// A code by its name.
        ///
        /// - Parameter rawValue: the name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A value of a catalog file is invalid; ``CatalogError/path`` says where it is.
        public static let invalidValue = Code(rawValue: "invalid-value")
        /// No model has the id; ``CatalogError/nearestIDs`` may be what was meant.
        public static let unknownModel = Code(rawValue: "unknown-model")
        /// No platform has the id; ``CatalogError/nearestIDs`` lists all of them.
        public static let unknownPlatform = Code(rawValue: "unknown-platform")
    }

    /// What happened, in detail.
    package enum Reason: Sendable, Hashable {
        /// A field has an invalid value.
        case invalidValue(path: String, expected: String, found: String?)
        /// No model has the id.
        case unknownModel(id: String, nearestIDs: [String])
        /// No platform has the id.
        case unknownPlatform(id: String, knownIDs: [String])
    }

    package let reason: Reason

    package init(_ reason: Reason) { self.reason = reason }

    /// An error about one field.
    ///
    /// - Parameters:
    ///   - path: the field, as in `models[3].prices[0].input`; empty for the catalog as a whole.
    ///   - expected: what it must be.
    ///   - found: what it is, if that helps.
    package init(path: String, expected: String, found: String? = nil) {
        reason = .invalidValue(path: path, expected: expected, found: found)
    }

    /// What happened.
    public var code: Code {
        switch reason {
        case .invalidValue: .invalidValue
        case .unknownModel: .unknownModel
        case .unknownPlatform: .unknownPlatform
        }
    }

    /// The field with the value, as in `models[3].prices[0].input`; empty for the catalog as a whole, nil for
    /// other codes.
    public var path: String? { if case .invalidValue(let path, _, _) = reason { path } else { nil } }

    /// The ids closest to the unknown one, the closest first; empty for other codes.
    public var nearestIDs: [String] {
        switch reason {
        case .unknownModel(_, let ids), .unknownPlatform(_, let ids): ids
        case .invalidValue: []
        }
    }

    /// The error for a missing value, or one of the wrong kind, as reported by a decoder.
    ///
    /// - Parameter error: what the decoder threw.
    package init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self.init(path: Self.path(context.codingPath + [key]), expected: "a value", found: "nothing")
        case .valueNotFound(let type, let context):
            self.init(path: Self.path(context.codingPath), expected: Self.name(of: type), found: "null")
        case .typeMismatch(let type, let context):
            self.init(path: Self.path(context.codingPath), expected: Self.name(of: type))
        case .dataCorrupted(let context):
            self.init(
                path: Self.path(context.codingPath),
                expected: context.codingPath.isEmpty ? "JSON" : "a readable value",
                found: context.debugDescription)
        @unknown default:
            self.init(path: "", expected: "a catalog", found: "\(error)")
        }
    }

    /// A coding path in readable form: `models[3].tier`.
    static func path(_ codingPath: [any CodingKey]) -> String {
        var path = ""
        for key in codingPath {
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : "." + key.stringValue
            }
        }
        return path
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is Int.Type: "an integer"
        case is Double.Type: "a number"
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is any Collection.Type: "a list"
        default: "an object"
        }
    }
}

extension CatalogError: CustomStringConvertible {
    /// The error as a sentence, without a period.
    public var description: String {
        switch reason {
        case .invalidValue(let path, let expected, let found):
            let place = path.isEmpty ? "the catalog" : path
            let whatIs = found.map { ", found \($0)" } ?? ""
            return "\(place): expected \(expected)\(whatIs)"
        case .unknownModel(let id, let nearestIDs):
            return "unknown model “\(id)”; the closest ids are \(nearestIDs.joined(separator: ", "))"
        case .unknownPlatform(let id, let knownIDs):
            return "unknown platform “\(id)”; the platforms are \(knownIDs.joined(separator: ", "))"
        }
    }
}
