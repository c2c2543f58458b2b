internal import PreflightFiles

/// Standard error: progress, warnings, the summary. Never data.
enum Diagnostics {
    /// Reports an error.
    static func error(_ message: String) { line("image-preflight: \(message)") }

    /// Reports an error.
    static func error(_ error: ConsoleError) {
        for (index, text) in error.lines.enumerated() {
            if index == 0 { self.error(text) } else { line(text) }
        }
    }

    /// Writes one line, whatever the text contains: a file name may have line feeds and escape sequences, and
    /// logs are read by programs that take lines for commands.
    static func line(_ text: String) { write(Terminal.printable(text) + "\n") }

    /// Writes a text of several lines, sanitizing only what the user typed.
    ///
    /// - Parameters:
    ///   - text: the text.
    ///   - typed: what it may quote.
    static func lines(_ text: String, quoting typed: [String]) {
        var bytes = Array(text.utf8)
        for word in typed {
            // An option and its value may be one word.
            let value = word.utf8.firstIndex(of: UInt8(ascii: "=")).map { word[$0...].dropFirst() }
            for part in [word[...], value].compactMap({ $0 }) {
                let printable = Terminal.printable(String(part))
                if printable != part { bytes.replace(Array(part.utf8), with: Array(printable.utf8)) }
            }
        }
        write(Terminal.printable(lines: String(decoding: bytes, as: UTF8.self)) + "\n")
    }

    /// Writes text as it is. A failure is ignored: there is nowhere left to report it.
    static func write(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes { writeAll($0, to: STDERR_FILENO) }
    }
}

extension Terminal {
    /// ``printable(_:)`` for a text of several lines.
    static func printable(lines text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { printable(String($0)) }.joined(separator: "\n")
    }
}
