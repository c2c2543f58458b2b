internal import PreflightFiles
internal import ImagePreflight

/// Something that keeps the command from doing its job, as a sentence for the user.
struct ConsoleError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

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
