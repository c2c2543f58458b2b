internal import PreflightRecords
internal import ImagePreflight
internal import MessageRequests

/// A refusal of the service, and where in a request it applies.
struct ExplanationRecord: TabularRecord {
    private let explanation: ServiceErrorExplanation
    private let command: String?
    private let places: [LintRow]

    /// A refusal with the command that repairs it.
    init(_ explanation: ServiceErrorExplanation, command: String?, places: [LintRow]) {
        self.explanation = explanation
        self.command = command
        self.places = places
    }

    /// A refusal of a request, if that is known.
    init(_ explanation: ServiceErrorExplanation, request: PathBytes?, places: [LintRow]) {
        self.explanation = explanation
        self.places = places
        let command = explanation.command
        if let command, let request {
            let words = command.split(separator: " ").map {
                $0 == "FILE" ? request.shellWord : String($0)
            }
            self.command = words.joined(separator: " ")
        } else {
            self.command = command
        }
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case code, name, severity, pointer, measured, limit
        case serviceText = "service_text"
        case cause, remedy, command, places
    }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        let rule = explanation.rule
        writer.write(CodingKeys.code, rule.code.rawValue)
        writer.write(CodingKeys.name, rule.name)
        writer.write(CodingKeys.severity, rule.severity.rawValue)
        writer.write(CodingKeys.pointer, explanation.blockPath)
        writer.write(CodingKeys.measured, explanation.measured)
        writer.write(CodingKeys.limit, explanation.limit)
        writer.write(CodingKeys.serviceText, text)
        writer.write(CodingKeys.cause, explanation.cause)
        writer.write(CodingKeys.remedy, explanation.remedy)
        writer.write(CodingKeys.command, command)
        writer.write(CodingKeys.places, records: places)
    }

    /// The service's text as it was recognized, its numbers filled in.
    private var text: String {
        explanation.text.filled(at: explanation.blockPath, explanation.values)
    }

    static let columnNames = CodingKeys.allCases.map(\.stringValue)
    static let headings: [Table.Heading] = [.text("CODE"), .text("NAME"), .path("BLOCK")]
    var cells: [String] { [explanation.code.rawValue, explanation.rule.name, explanation.blockPath ?? ""] }

    /// The record as a readable page.
    var page: String {
        let rule = explanation.rule
        var sections = [("What the service said", text)]
        if let path = explanation.blockPath { sections.append(("Block", path)) }
        if !places.isEmpty {
            sections.append(("In the request", places.map(Self.line).joined(separator: "\n")))
        }
        sections.append(("Cause", explanation.cause))
        sections.append(("What to do", explanation.remedy))
        if let command { sections.append(("Command", command)) }
        return TextPage(
            title: "\(rule.code) \(rule.name) (\(rule.severity.rawValue))",
            sections: sections.map { ($0, Terminal.printable(lines: $1)) }
        ).text
    }

    private static func line(_ row: LintRow) -> String {
        var parts = [row.place]
        if let subject = row.subject { parts.append(subject) }
        if case .image(let image) = row.event {
            parts.append(
                "image \(image.imageIndex + 1) of the request, "
                    + "\(image.byteRange.count) bytes at \(image.byteRange.lowerBound)")
            if let record = image.image {
                parts.append(
                    [record.format?.rawValue, record.displaySize.map { "\($0) px" }]
                        .compactMap { $0 }.joined(separator: " "))
            }
        }
        let messages = row.findings.filter { $0.severity == .error }.map {
            "\n\($0.code.rawValue): \($0.message)"
        }
        return parts.filter { !$0.isEmpty }.joined(separator: ", ") + messages.joined()
    }
}
