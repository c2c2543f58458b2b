internal import PreflightFiles

/// Standard error: progress, warnings, the summary. Never data.
enum Diagnostics {
    /// Says that something could not be done.
    static func error(_ message: String) { line("image-preflight: \(message)") }

    /// Says a line.
    static func line(_ text: String) { write(Terminal.printable(lines: text) + "\n") }

    /// Writes text as it is. A failure is ignored: there is nowhere left to report it.
    static func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { buffer in
                #if canImport(Darwin)
                    Darwin.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
                #elseif canImport(Musl)
                    Musl.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
                #else
                    Glibc.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
                #endif
            }
            guard count > 0 || errno == EINTR else { return }
            bytes = bytes.dropFirst(max(count, 0))
        }
    }
}

extension Terminal {
    /// ``printable(_:)`` for a text of several lines.
    static func printable(lines text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { printable(String($0)) }.joined(separator: "\n")
    }
}
