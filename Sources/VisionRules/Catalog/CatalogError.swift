/// What is wrong in a catalogue, and where.
public struct CatalogError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The field, as in `models[3].prices[0].input`; empty for the catalogue as a whole.
    public let path: String
    /// What the field has to be.
    public let expected: String
    /// What it is, where that helps.
    public let found: String?

    /// An error about one field.
    ///
    /// - Parameters:
    ///   - path: the field.
    ///   - expected: what it has to be.
    ///   - found: what it is.
    public init(path: String, expected: String, found: String? = nil) {
        self.path = path
        self.expected = expected
        self.found = found
    }

    /// The error for a value that is not there, or of the wrong kind, as a decoder reports it.
    ///
    /// - Parameter error: what the decoder threw.
    public init(_ error: DecodingError) {
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
                expected: context.codingPath.isEmpty ? "JSON" : "a value that can be read",
                found: context.debugDescription)
        @unknown default:
            self.init(path: "", expected: "a catalogue", found: "\(error)")
        }
    }

    /// A sentence for people.
    public var description: String {
        let place = path.isEmpty ? "the catalogue" : path
        let whatIs = found.map { ", found \($0)" } ?? ""
        return "\(place): expected \(expected)\(whatIs)"
    }

    /// A coding path as people write it: `models[3].tier`.
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
        case is Int.Type: "a whole number"
        case is Double.Type: "a number"
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is any Collection.Type: "a list"
        default: "an object"
        }
    }
}
