/// The exit status of a command. Thrown by a command that is done, but not with 0.
enum ExitStatus: Int32, Error {
    case nothingRefused = 0
    case refused = 1
    case failed = 2
    /// Stopped by Ctrl-C: 128 + SIGINT, as a shell reports it.
    case interrupted = 130

    /// The more serious status: a failed run hides that an image was refused.
    static func of(refused: Bool, failed: Bool) -> ExitStatus {
        failed ? .failed : refused ? .refused : .nothingRefused
    }

    /// Ends the command with this status.
    func end() throws(ExitStatus) {
        if self != .nothingRefused { throw self }
    }
}
