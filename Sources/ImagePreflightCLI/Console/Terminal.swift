internal import PreflightFiles

/// What is at the other end of a stream.
enum Terminal {
    /// Whether standard output is a terminal.
    static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Whether standard error is a terminal.
    static var isError: Bool { isatty(STDERR_FILENO) == 1 }

    /// Whether colors are wanted on standard output: <https://no-color.org>.
    static var wantsColor: Bool { isOutput && getenv("NO_COLOR") == nil && !isDumb }

    /// How many characters fit in a line; nil if unknown.
    static func width(of fileDescriptor: Int32) -> Int? {
        var size = winsize()
        if ioctl(fileDescriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return getenv("COLUMNS").flatMap { Int(String(cString: $0)) }
    }

    /// How many characters fit in a line of standard output.
    static var outputWidth: Int? { width(of: STDOUT_FILENO) }

    private static var isDumb: Bool { getenv("TERM").map { String(cString: $0) == "dumb" } ?? true }

    /// Text without control characters for a terminal: a file name may have escape sequences.
    static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map(printable)))
    }

    /// The character itself, or a replacement for one that could steer a terminal.
    static func printable(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        isControl(scalar) ? "\u{FFFD}" : scalar
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        // Unicode's tables take longer than everything else that is done with a name.
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
