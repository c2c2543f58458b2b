/// A text for people: a title and sections, in lines of readable length.
struct TextPage {
    let title: String
    let sections: [(name: String, text: String)]

    /// The text, styled if it goes to a terminal.
    var text: String {
        let width = min(Terminal.outputWidth ?? 100, 100) - 2
        func styled(_ text: String, _ style: TextStyle) -> String {
            Terminal.wantsColor ? text.styled(style) : text
        }
        return styled(title, .bold) + "\n"
            + sections.map { section in
                "\n\(styled(section.name, .underline))\n\(Self.wrapped(section.text, width))\n"
            }.joined()
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
