internal import PreflightRecords
internal import ArgumentParser
internal import ImagePreflight
internal import MessageRequests

struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "List the rules, or explain one.",
        discussion: """
            EXAMPLES
              image-preflight rules
              image-preflight rules I203
              image-preflight rules bytes-over-limit
            """)

    @Argument(
        help: "The code or the name of a rule.",
        completion: .list(Rule.all.map(\.code.rawValue)))
    var code: String?

    @OptionGroup var output: OutputArguments

    func run() throws {
        var output = RecordOutput<RuleRecord>(format: output.resolvedFormat)
        guard let code else {
            for rule in Rule.all { output.write(RuleRecord(rule: rule)) }
            return try output.finish(summary: nil as ImageRecord.Totals?)
        }
        guard let rule = Rule(argument: code) else {
            throw ConsoleError("there is no rule \(code); `image-preflight rules` lists them")
        }
        if self.output.format ?? .table == .table {
            var page = StandardOutput()
            page.write(Self.page(rule))
            try page.finish()
        } else {
            output.write(RuleRecord(rule: rule))
            try output.finish(summary: nil as ImageRecord.Totals?)
        }
    }

    private static func page(_ rule: Rule) -> String {
        var sections = [
            ("What it does", rule.what), ("Why it matters", rule.why), ("Example", rule.example),
            ("What to do", rule.remedy),
        ]
        if let command = rule.command { sections.append(("Command", command)) }
        let texts = rule.allTexts
        if !texts.isEmpty { sections.append(("What the service says", texts)) }
        return TextPage(
            title: "\(rule.code) \(rule.name) (\(rule.severity.rawValue))", sections: sections
        ).text
    }
}

extension Rule {
    /// The service's texts, each on a line.
    var allTexts: String { (serviceTexts + sharedTexts).map(\.template).joined(separator: "\n") }

    /// The rule with this code or name, in any case.
    init?(argument: String) {
        let wanted = argument.lowercased()
        guard
            let rule = Self.all.first(where: { $0.code.rawValue.lowercased() == wanted || $0.name == wanted })
        else { return nil }
        self = rule
    }
}

/// One rule.
struct RuleRecord: TabularRecord {
    let rule: Rule

    enum CodingKeys: String, CodingKey, CaseIterable {
        case code, name, severity, what, why, example, remedy, command
        case serviceTexts = "service_texts"
    }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.code, rule.code.rawValue)
        writer.write(CodingKeys.name, rule.name)
        writer.write(CodingKeys.severity, rule.severity.rawValue)
        writer.write(CodingKeys.what, rule.what)
        writer.write(CodingKeys.why, rule.why)
        writer.write(CodingKeys.example, rule.example)
        writer.write(CodingKeys.remedy, rule.remedy)
        writer.write(CodingKeys.command, rule.command)
        let texts = rule.allTexts
        writer.write(CodingKeys.serviceTexts, texts.isEmpty ? nil : texts)
    }

    static let columnNames = CodingKeys.allCases.map(\.stringValue)
    static let headings: [Table.Heading] = [
        .text("CODE"), .text("NAME"), .text("SEVERITY"), .path("WHAT IT DOES"),
    ]
    var cells: [String] { [rule.code.rawValue, rule.name, rule.severity.rawValue, rule.what] }
}
