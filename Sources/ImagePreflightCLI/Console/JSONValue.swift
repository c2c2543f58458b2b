internal import PreflightRecords

/// Any JSON value, for messages with an external format. Records are not converted: they are written straight
/// into bytes, and are in a message as ``written(_:)``.
enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])
    /// JSON that is written already, on one line.
    case written([UInt8])

    /// The value of a member; nil if there is none, or this is not an object.
    subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }

    /// The text of the value on one line.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .int(let value): bytes += String(value).utf8
        case .double(let value): bytes += value.description.utf8
        case .string(let value): Self.write(value, to: &bytes)
        case .written(let value): bytes += value
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        var writer = JSONFieldWriter()
        writer.appendString(text)
        bytes += writer.bytes
    }
}

/// A member of a JSON object.
struct JSONMember: Hashable, Sendable {
    let key: String
    var value: JSONValue
}

extension JSONValue {
    /// Reads a JSON text.
    ///
    /// - Parameter bytes: UTF-8.
    /// - Throws: ``JSONParseError`` for anything else, and for more than 512 levels.
    init(json bytes: some Sequence<UInt8>) throws {
        self = try Array(bytes).withUnsafeBytes { try JSONParser.value(of: $0) }
    }

    /// The same object with another value of one member.
    func setting(_ key: String, to value: JSONValue) -> JSONValue {
        guard case .object(var members) = self else { return self }
        if let index = members.firstIndex(where: { $0.key == key }) {
            members[index].value = value
        } else {
            members.append(JSONMember(key: key, value: value))
        }
        return .object(members)
    }

    /// The same object with more members appended; nil values are left out.
    func adding(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        guard case .object(var all) = self else { return self }
        for (key, value) in members {
            if let value { all.append(JSONMember(key: key, value: value)) }
        }
        return .object(all)
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(integerLiteral value: Int) { self = .int(value) }
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { JSONMember(key: $0.0, value: $0.1) })
    }
}
