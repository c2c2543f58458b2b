internal import VisionRules

/// R101: the text is no JSON.
enum NotJSON {
    static func finding(_ defect: JSONDefect, in text: DocumentText) -> Finding {
        let position = TextPosition(of: defect.offset, in: text.bytes, firstLine: text.line)
        return Finding(
            .notJSON,
            """
            line \(position.line), column \(position.column): expected \(defect.expected), \
            found \(defect.found(in: text.bytes))
            """)
    }
}
