internal import PreflightFiles
internal import ImagePreflight

/// Something that keeps the command from doing its job, as sentences for the user.
struct ConsoleError: Error, CustomStringConvertible {
    /// The sentences, each of which is shown as one line whatever it holds.
    let lines: [String]

    /// The sentences in one.
    var description: String { lines.joined(separator: "; ") }

    init(_ sentence: String) { lines = [sentence] }

    init(lines: [String]) { self.lines = lines }

    /// What the system refused.
    ///
    /// - Parameters:
    ///   - action: what was being done, as in `open`.
    ///   - name: with what.
    ///   - number: the system's error number; by default that of the last failure.
    /// - Returns: the error.
    static func system(_ action: String, _ name: String, errno number: Int32 = errno) -> ConsoleError {
        ConsoleError("cannot \(action) \(name): \(SystemReason.text(number))")
    }
}
