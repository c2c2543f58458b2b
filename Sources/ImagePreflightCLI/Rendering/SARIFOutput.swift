internal import PreflightRecords
internal import ImagePreflight
internal import MessageRequests

/// Findings as SARIF 2.1.0, with the pages of all rules.
/// <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>
struct SARIFOutput: LintOutput, ~Copyable {
    private var output = StandardOutput()
    private var isFirst = true
    private var problems: [SARIF.Notification] = []
    private var filter: LintFilter
    private(set) var isOpen = true

    var notShown: Int { filter.notShown }

    init(show: ShownRows) {
        filter = LintFilter(show)
        isOpen = output.write(
            "{\"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\", \"version\": \"2.1.0\", "
                + "\"runs\": [{\"tool\": ")
        write(SARIF.Tool())
        isOpen = output.write(", \"columnKind\": \"unicodeCodePoints\", \"results\": [")
    }

    mutating func write(_ row: LintRow) {
        for finding in filter.findings(of: row) {
            output.write(isFirst ? "\n" : ",\n")
            write(SARIF.Result(finding, of: row))
            isFirst = false
        }
    }

    mutating func write(problem: String, with path: String) {
        problems.append(
            SARIF.Notification(
                message: .init(text: problem), locations: [SARIF.Location(path: PathBytes(path))]))
    }

    mutating func finish(_ summary: LintSummary) throws(ConsoleError) {
        output.write("\n], \"invocations\": [")
        write(
            SARIF.Invocation(
                executionSuccessful: problems.isEmpty, toolExecutionNotifications: problems))
        output.write("]}]}\n")
        try output.finish()
    }

    private mutating func write(_ value: some Encodable) {
        // Strings and integers only: encoding them cannot fail.
        if let json = try? JSONLine.encode(value) { isOpen = output.write(json) }
    }
}

/// The parts of SARIF that a lint needs, under the names of the standard.
enum SARIF {
    struct Message: Encodable {
        let text: String
        var markdown: String?
    }

    struct Tool: Encodable {
        let driver = Driver()
    }

    struct Driver: Encodable {
        let name = "image-preflight"
        let semanticVersion = ImagePreflightVersion.text
        let rules = Rule.all.map(ReportingDescriptor.init)
    }

    struct ReportingDescriptor: Encodable {
        let id: String
        let name: String
        let shortDescription: Message
        let fullDescription: Message
        let help: Message
        let defaultConfiguration: Configuration

        init(_ rule: Rule) {
            id = rule.code.rawValue
            // The standard asks for one word in capitals, as in MediaTypeMismatch.
            name = rule.name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
            shortDescription = Message(text: rule.what)
            fullDescription = Message(text: rule.what + " " + rule.why)
            var help = rule.remedy
            var markdown = "**What to do:** \(rule.remedy)\n\n**Example:** \(rule.example)"
            if let command = rule.command {
                help += " Command: \(command)"
                markdown += "\n\n```\n\(command)\n```"
            }
            self.help = Message(text: help, markdown: markdown)
            defaultConfiguration = Configuration(level: rule.severity.rawValue)
        }
    }

    struct Configuration: Encodable {
        let level: String
    }

    struct Result: Encodable {
        let ruleId: String
        let ruleIndex: Int?
        let level: String
        let message: Message
        let locations: [Location]
        let properties: Properties

        init(_ finding: Finding, of row: LintRow) {
            ruleId = finding.code.rawValue
            ruleIndex = Rule.all.firstIndex { $0.code == finding.code }
            level = finding.severity.rawValue
            message = Message(text: row.message(finding))
            locations = [Location(row)]
            properties = Properties(finding, of: row)
        }
    }

    struct Properties: Encodable {
        let measured: Int?
        let limit: Int?
        let serviceError: String?
        let customID: String?
        /// The bytes of the block in the file.
        let byteOffset: Int?
        let byteLength: Int?

        init(_ finding: Finding, of row: LintRow) {
            measured = finding.measured
            limit = finding.limit
            serviceError = finding.serviceError
            switch row.event {
            case .image(let image):
                customID = image.customID
                byteOffset = image.byteRange.lowerBound
                byteLength = image.byteRange.count
            case .request(let request):
                customID = request.customID
                (byteOffset, byteLength) = (nil, nil)
            case .file: (customID, byteOffset, byteLength) = (nil, nil, nil)
            }
        }

        enum CodingKeys: String, CodingKey {
            case measured, limit
            case customID = "custom_id"
            case byteOffset = "byte_offset"
            case byteLength = "byte_length"
            case serviceError = "service_error"
        }
    }

    struct Location: Encodable {
        let physicalLocation: Physical
        var logicalLocations: [Logical]?

        init(path: PathBytes) { physicalLocation = Physical(artifactLocation: Artifact(path), region: nil) }

        init(_ row: LintRow) {
            if case .image(let image) = row.event {
                logicalLocations = [Logical(fullyQualifiedName: image.pointer, kind: "object")]
            }
            physicalLocation = Physical(
                artifactLocation: Artifact(row.file), region: row.line.map { Region(startLine: $0) })
        }
    }

    struct Physical: Encodable {
        let artifactLocation: Artifact
        let region: Region?
    }

    struct Region: Encodable {
        let startLine: Int
    }

    struct Logical: Encodable {
        let fullyQualifiedName: String
        let kind: String
    }

    struct Artifact: Encodable {
        let uri: String

        /// A relative reference, or a file URI for an absolute path.
        init(_ path: PathBytes) {
            let isAbsolute = path.bytes.first == UInt8(ascii: "/")
            uri = (isAbsolute ? "file://" : "") + URLPath.escaped(path.bytes)
        }
    }

    struct Notification: Encodable {
        let level = "error"
        let message: Message
        let locations: [Location]
    }

    struct Invocation: Encodable {
        let executionSuccessful: Bool
        let toolExecutionNotifications: [Notification]
    }
}
