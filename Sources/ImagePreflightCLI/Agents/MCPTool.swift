/// A tool of the server: a command of this program, with arguments under names that a model understands.
struct MCPTool: Sendable {
    /// The name of the tool and of the command.
    let name: String
    let title: String
    let description: String
    /// Options that the command always gets, in addition to the format.
    var options: [String] = []
    /// In the order of the command line.
    let parameters: [ToolParameter]
    /// Whether it writes files.
    var writes = false
    /// Whether it returns totals after the records.
    var hasSummary = true
}

// MARK: - For clients

extension MCPTool {
    /// The tool as `tools/list` describes it.
    ///
    /// - Parameter version: the revision of the client.
    /// - Returns: the description, with the fields that the revision knows.
    func listing(for version: MCPVersion) -> JSONValue {
        let listing: JSONValue = [
            "name": .string(name), "description": .string(description), "inputSchema": inputSchema,
        ]
        return listing.adding([
            "title": version.hasStructuredContent ? .string(title) : nil,
            "outputSchema": version.hasStructuredContent ? outputSchema : nil,
            "annotations": version.hasAnnotations ? annotations : nil,
        ])
    }

    private var inputSchema: JSONValue {
        [
            "type": "object",
            "properties": .object(parameters.map { JSONMember(key: $0.name, value: $0.schema) }),
            "required": .array(parameters.filter(\.isRequired).map { .string($0.name) }),
            "additionalProperties": false,
        ]
    }

    private var outputSchema: JSONValue {
        var properties: JSONValue = [
            "records": ["type": "array", "items": ["type": "object"]],
            "records_left_out": ["type": "integer"],
            "problems": ["type": "array", "items": ["type": "string"]],
            "exit_status": ["type": "integer"],
        ]
        if hasSummary { properties = properties.adding(["summary": ["type": "object"]]) }
        return ["type": "object", "properties": properties, "required": ["records", "exit_status"]]
    }

    private var annotations: JSONValue {
        [
            "title": .string(title), "readOnlyHint": .bool(!writes), "destructiveHint": .bool(writes),
            "idempotentHint": .bool(!writes), "openWorldHint": false,
        ]
    }
}

// MARK: - Calls

extension MCPTool {
    /// A call with valid arguments.
    struct Call: Sendable, Equatable {
        /// The words of the command line after the program's name.
        var words: [String]
        /// How many records are returned.
        var recordLimit: Int
    }

    /// Turns the arguments of a call into a command line.
    ///
    /// - Parameter arguments: an object.
    /// - Returns: the call.
    /// - Throws: a mistake that the model can correct.
    func call(_ arguments: [JSONMember]) throws(ToolParameter.Mistake) -> Call {
        for argument in arguments where !parameters.contains(where: { $0.name == argument.key }) {
            throw ToolParameter.Mistake(
                description: "there is no argument “\(argument.key)”; the arguments are "
                    + parameters.map(\.name).joined(separator: ", "))
        }
        var words = ToolParameter.Words(options: ["--format=ndjson-summary"] + options)
        var recordLimit = ToolRun.usualRecords
        for parameter in parameters {
            guard let argument = arguments.first(where: { $0.key == parameter.name })?.value,
                argument != .null
            else {
                if parameter.isRequired {
                    throw ToolParameter.Mistake(description: "“\(parameter.name)” is missing")
                }
                continue
            }
            if case .recordLimit = parameter.kind { recordLimit = try parameter.limit(argument) }
            let more = try parameter.words(for: argument)
            words.options += more.options
            words.operands += more.operands
        }
        return Call(words: [name] + words.options + ["--"] + words.operands, recordLimit: recordLimit)
    }
}
