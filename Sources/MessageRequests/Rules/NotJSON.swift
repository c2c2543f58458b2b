public import VisionRules

extension RuleCode {
    /// R101 `not-json`.
    public static let notJSON = RuleCode(rawValue: "R101")
}

extension RequestRule {
    /// R101: the text is not JSON.
    static let notJSON = RequestRule(
        Rule(
            .notJSON, "not-json", .error,
            what: "The file is not JSON, or ends too early.",
            why: "Nothing in it can be checked, and the service cannot read it either.",
            example: "A body that was cut off in a log, or an extra comma.",
            remedy: "Write the file again; the finding says where reading stopped."))
}

extension Finding {
    /// A line, or a standalone document, that is not read because nothing that long can be sent.
    static func tooLong(line: Int, limit: Int) -> Finding {
        Finding(
            .notJSON, "line \(line) is longer than \(limit) bytes, more than any request or batch may be",
            limit: limit)
    }

    static func notJSON(_ defect: JSONDefect, in text: DocumentText) -> Finding {
        let position = TextPosition(of: defect.offset, in: text.bytes, firstLine: text.line)
        return Finding(
            .notJSON,
            """
            line \(position.line), column \(position.column): expected \(defect.expected), \
            found \(defect.found(in: text.bytes))
            """)
    }
}
