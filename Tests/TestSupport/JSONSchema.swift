public import Foundation

/// The subset of JSON Schema (draft 2020-12) that `Schemas/` uses: `type`, `properties`, `required`,
/// `additionalProperties`, `items`, `enum`, `minimum`, `maximum`, `minLength`, `maxLength`, `anyOf`, and `$ref` to
/// another file.
///
/// Any other keyword is reported, so that no schema promises what is not checked.
public struct JSONSchema {
    private let root: [String: Any]
    private let folder: URL

    /// Reads a schema.
    ///
    /// - Parameter file: the file; references are files next to it.
    /// - Throws: when it cannot be read or is not JSON.
    public init(file: URL) throws {
        root = try Self.object(file)
        folder = file.deletingLastPathComponent()
    }

    private static func object(_ file: URL) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
    }

    /// The names of the properties, unordered.
    public var propertyNames: [String] { Array((root["properties"] as? [String: Any] ?? [:]).keys) }

    /// The defects of a value.
    ///
    /// - Parameter value: the value as parsed by `JSONSerialization`.
    /// - Returns: sentences, each with a location; empty if the value is valid.
    /// - Throws: when a schema that is referred to cannot be read.
    public func defects(in value: Any) throws -> [String] { try defects(in: value, root, at: "$") }

    private static let known: Set<String> = [
        "$schema", "title", "description", "type", "properties", "required", "additionalProperties", "items",
        "enum", "minimum", "maximum", "minLength", "maxLength", "anyOf", "$ref",
    ]

    private func defects(in value: Any, _ schema: [String: Any], at place: String) throws -> [String] {
        var found = schema.keys.filter { !Self.known.contains($0) }.map { "\(place): unknown keyword \($0)" }
        if let reference = schema["$ref"] as? String {
            return try found
                + defects(in: value, Self.object(folder.appending(path: reference)), at: place)
        }
        if let choices = schema["anyOf"] as? [[String: Any]] {
            let each = try choices.map { try defects(in: value, $0, at: place) }
            if !each.contains(where: \.isEmpty) { found += each.min { $0.count < $1.count } ?? [] }
        }
        if let type = schema["type"] as? String, !Self.isType(value, type) {
            return found + ["\(place): not of type \(type)"]
        }
        if let values = schema["enum"] as? [String], !values.contains(value as? String ?? "") {
            found.append("\(place): \(value) is none of \(values)")
        }
        if let number = value as? NSNumber, !Self.isBoolean(number) {
            if let least = schema["minimum"] as? NSNumber, number.doubleValue < least.doubleValue {
                found.append("\(place): \(number) is below \(least)")
            }
            if let most = schema["maximum"] as? NSNumber, number.doubleValue > most.doubleValue {
                found.append("\(place): \(number) is above \(most)")
            }
        }
        if let text = value as? String {
            if let least = schema["minLength"] as? Int, text.count < least {
                found.append("\(place): too short")
            }
            if let most = schema["maxLength"] as? Int, text.count > most {
                found.append("\(place): too long")
            }
        }
        if let items = schema["items"] as? [String: Any], let list = value as? [Any] {
            for (index, item) in list.enumerated() {
                found += try defects(in: item, items, at: "\(place)[\(index)]")
            }
        }
        if let object = value as? [String: Any] { found += try defects(in: object, schema, at: place) }
        return found
    }

    private func defects(
        in object: [String: Any], _ schema: [String: Any], at place: String
    ) throws -> [String] {
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        let required = schema["required"] as? [String] ?? []
        var found = required.filter { object[$0] == nil }.map { "\(place).\($0): missing" }
        for (key, value) in object {
            if let property = properties[key] {
                found += try defects(in: value, property, at: "\(place).\(key)")
            } else if schema["additionalProperties"] as? Bool == false {
                found.append("\(place).\(key): not in the schema")
            }
        }
        return found
    }

    private static func isBoolean(_ number: NSNumber) -> Bool {
        // The `objCType` of a JSON boolean is that of a char, which no JSON number has.
        String(cString: number.objCType) == "c"
    }

    private static func isType(_ value: Any, _ type: String) -> Bool {
        switch type {
        case "object": return value is [String: Any]
        case "array": return value is [Any]
        case "string": return value is String
        case "boolean": return (value as? NSNumber).map(isBoolean) ?? false
        case "number": return (value as? NSNumber).map { !isBoolean($0) } ?? false
        case "integer":
            guard let number = value as? NSNumber, !isBoolean(number) else { return false }
            return number.doubleValue == number.doubleValue.rounded()
        default: return false
        }
    }
}
