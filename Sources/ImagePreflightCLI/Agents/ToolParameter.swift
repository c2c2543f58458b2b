/// One argument of a tool: its JSON Schema, and its words on the command line.
struct ToolParameter: Sendable {
    /// The type of the argument, and its form on the command line.
    enum Kind: Sendable {
        /// Paths or similar, after `--`.
        case texts
        /// A path or similar, after `--`.
        case text
        /// Numbers, after `--`.
        case numbers(count: ClosedRange<Int>)
        /// `--option=value`.
        case option(String, Value)
        /// `--option=value` for each of several values.
        case options(String)
        /// `--option` if true.
        case flag(String)
        /// The flag of one of several values; nil for the default.
        case choice([(value: String, flag: String?)])
        /// How many records are returned; not a word of the command line.
        case recordLimit
    }

    /// The values of an option.
    enum Value: Sendable {
        case text
        case oneOf([String])
        case wholeNumber(min: Int)
        case number
    }

    let name: String
    let kind: Kind
    var isRequired = false
    let description: String

    init(_ name: String, _ kind: Kind, isRequired: Bool = false, _ description: String) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.description = description
    }
}

// MARK: - Schema

extension ToolParameter {
    /// The JSON Schema (2020-12) of the argument.
    var schema: JSONValue {
        let type: JSONValue =
            switch kind {
            case .texts: ["type": "array", "items": ["type": "string"], "minItems": 1]
            case .text: ["type": "string"]
            case .numbers(let count):
                [
                    "type": "array", "items": ["type": "number"], "minItems": .int(count.lowerBound),
                    "maxItems": .int(count.upperBound),
                ]
            case .option(_, .text): ["type": "string"]
            case .option(_, .oneOf(let values)): Self.oneOf(values)
            case .option(_, .wholeNumber(let min)): ["type": "integer", "minimum": .int(min)]
            case .option(_, .number): ["type": "number"]
            case .options: ["type": "array", "items": ["type": "string"]]
            case .flag: ["type": "boolean"]
            case .choice(let values): Self.oneOf(values.map(\.value))
            case .recordLimit:
                [
                    "type": "integer", "minimum": 1, "maximum": .int(ToolRun.maxRecords),
                    "default": .int(ToolRun.usualRecords),
                ]
            }
        return type.adding(["description": .string(description)])
    }

    private static func oneOf(_ values: [String]) -> JSONValue {
        ["type": "string", "enum": .array(values.map { .string($0) })]
    }
}

// MARK: - Words of the command line

extension ToolParameter {
    /// An argument that is not what the schema says, as a sentence for the model.
    struct Mistake: Error, Hashable {
        let description: String
    }

    /// The words of an argument: before `--`, and after it.
    struct Words: Equatable {
        var options: [String] = []
        var operands: [String] = []
    }

    /// Turns an argument into words.
    ///
    /// - Parameter value: the argument.
    /// - Returns: its words.
    /// - Throws: a ``Mistake`` when it does not match the schema.
    func words(for value: JSONValue) throws(Mistake) -> Words {
        switch kind {
        case .texts:
            let texts = try texts(value)
            guard !texts.isEmpty else { throw mistake("is empty") }
            return Words(operands: texts.map(Self.operand))
        case .text: return Words(operands: [Self.operand(try text(value))])
        case .numbers(let count):
            guard case .array(let values) = value, count.contains(values.count) else {
                throw mistake("is not an array of \(count.lowerBound) to \(count.upperBound) numbers")
            }
            var words: [String] = []
            for value in values { words.append(try number(value)) }
            return Words(operands: words)
        case .option(let option, let kind): return Words(options: ["\(option)=\(try word(value, kind))"])
        case .options(let option): return Words(options: try texts(value).map { "\(option)=\($0)" })
        case .flag(let flag):
            guard case .bool(let isSet) = value else { throw mistake("is not true or false") }
            return Words(options: isSet ? [flag] : [])
        case .choice(let values):
            let text = try text(value)
            guard let choice = values.first(where: { $0.value == text }) else {
                throw mistake("is not one of \(values.map(\.value).joined(separator: ", "))")
            }
            return Words(options: choice.flag.map { [$0] } ?? [])
        case .recordLimit:
            _ = try limit(value)
            return Words()
        }
    }

    /// The number of records that a ``Kind/recordLimit`` asks for.
    func limit(_ value: JSONValue) throws(Mistake) -> Int {
        guard case .int(let count) = value, (1...ToolRun.maxRecords).contains(count) else {
            throw mistake("is not an integer from 1 to \(ToolRun.maxRecords)")
        }
        return count
    }

    private func word(_ value: JSONValue, _ kind: Value) throws(Mistake) -> String {
        switch kind {
        case .text: return try text(value)
        case .oneOf(let values):
            let text = try text(value)
            guard values.contains(text) else {
                throw mistake("is not one of \(values.joined(separator: ", "))")
            }
            return text
        case .wholeNumber(let min):
            guard case .int(let count) = value, count >= min else {
                throw mistake("is not an integer from \(min)")
            }
            return String(count)
        case .number: return try number(value)
        }
    }

    private func number(_ value: JSONValue) throws(Mistake) -> String {
        switch value {
        case .int(let number): return String(number)
        case .double(let number): return number.description
        default: throw mistake("is not a number")
        }
    }

    private func texts(_ value: JSONValue) throws(Mistake) -> [String] {
        guard case .array(let values) = value else { throw mistake("is not an array of strings") }
        var texts: [String] = []
        for value in values { texts.append(try text(value)) }
        return texts
    }

    private func text(_ value: JSONValue) throws(Mistake) -> String {
        guard let text = value.text else { throw mistake("is not a string") }
        // A word of a command line ends at NUL, and would name another file.
        guard !text.utf8.contains(0) else { throw mistake("contains a NUL") }
        return text
    }

    /// A lone dash would mean standard input, which is the server's own.
    private static func operand(_ text: String) -> String { text == "-" ? "./-" : text }

    private func mistake(_ what: String) -> Mistake { Mistake(description: "“\(name)” \(what)") }
}
