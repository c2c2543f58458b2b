internal import ArgumentParser
internal import ImagePreflight
internal import Rainbow

struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "List the rules, or say all about one.",
        discussion: """
            EXAMPLES
              image-preflight rules
              image-preflight rules I203
              image-preflight rules bytes-over-limit
            """)

    @Argument(
        help: "The code or the name of a rule.",
        completion: .list(RuleCode.allCases.map(\.rawValue)))
    var code: String?

    @OptionGroup var output: OutputArguments

    func run() throws {
        var output = RecordOutput<RuleRecord>(format: output.resolvedFormat)
        guard let code else {
            for code in RuleCode.allCases { output.write(RuleRecord(code: code)) }
            return try output.finish(summary: nil as RunSummary?)
        }
        guard let rule = RuleCode(argument: code) else {
            throw ConsoleError("there is no rule \(code); `image-preflight rules` lists them")
        }
        if self.output.format ?? .table == .table {
            var page = StandardOutput()
            page.write(Self.page(rule))
            try page.finish()
        } else {
            output.write(RuleRecord(code: rule))
            try output.finish(summary: nil as RunSummary?)
        }
    }

    private static func page(_ rule: RuleCode) -> String {
        let page = rule.page
        var sections = [
            ("What it does", page.what), ("Why it matters", page.why), ("Example", page.example),
            ("What to do", page.remedy),
        ]
        if let command = page.command { sections.append(("Command", command)) }
        if !page.serviceTexts.isEmpty {
            sections.append(
                ("What the service says", page.serviceTexts.map(\.template).joined(separator: "\n")))
        }
        let width = min(Terminal.outputWidth ?? 100, 100) - 2
        let title = "\(rule.rawValue) \(rule.name) (\(rule.severity.rawValue))"
        return title.bold + "\n"
            + sections.map { name, text in "\n\(name.underline)\n\(wrapped(text, width))\n" }.joined()
    }

    /// Lines of at most `width` characters, indented; line breaks of the text stay.
    static func wrapped(_ text: String, _ width: Int) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { paragraph in
            var lines = [""]
            for word in paragraph.split(separator: " ") {
                let last = lines[lines.count - 1]
                if !last.isEmpty, last.count + 1 + word.count > width {
                    lines.append(String(word))
                } else {
                    lines[lines.count - 1] = last.isEmpty ? String(word) : last + " " + word
                }
            }
            return lines.map { "  " + $0 }.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}

extension RuleCode {
    /// The rule with this code or name, in any case.
    init?(argument: String) {
        let wanted = argument.lowercased()
        guard
            let rule = Self.allCases.first(where: { $0.rawValue.lowercased() == wanted || $0.name == wanted })
        else { return nil }
        self = rule
    }
}

/// One rule.
struct RuleRecord: TabularRecord {
    let code: RuleCode

    enum CodingKeys: String, CodingKey, CaseIterable {
        case code, name, severity, what, why, example, remedy, command
        case serviceTexts = "service_texts"
    }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        let page = code.page
        writer.write(CodingKeys.code, code.rawValue)
        writer.write(CodingKeys.name, code.name)
        writer.write(CodingKeys.severity, code.severity.rawValue)
        writer.write(CodingKeys.what, page.what)
        writer.write(CodingKeys.why, page.why)
        writer.write(CodingKeys.example, page.example)
        writer.write(CodingKeys.remedy, page.remedy)
        writer.write(CodingKeys.command, page.command)
        let texts = page.serviceTexts.map(\.template).joined(separator: "\n")
        writer.write(CodingKeys.serviceTexts, texts.isEmpty ? nil : texts)
    }

    static let columnNames = CodingKeys.allCases.map(\.stringValue)
    static let headings: [Table.Heading] = [
        .text("CODE"), .text("NAME"), .text("SEVERITY"), .path("WHAT IT DOES"),
    ]
    var cells: [String] { [code.rawValue, code.name, code.severity.rawValue, code.page.what] }
}
