internal import PreflightFiles
internal import SystemPackage

/// Lets your own program be its worker: ``Preflighter/Decoder/workers(timeout:)`` then starts the program
/// again for decoding, and nothing else has to be installed.
///
/// ```swift
/// @main struct Tool {
///     static func main() async throws {
///         ImagePreflightWorker.runIfAsked()
///         let preflighter = try Preflighter(model: "claude-sonnet-5-5", decoder: .workers())
///         …
///     }
/// }
/// ```
public enum ImagePreflightWorker {
    /// Serves as a worker and ends the process, if this process was started as one; returns at once otherwise. Call it
    /// first in `main`, before anything is printed, opened or parsed.
    ///
    /// A program that is named as a worker but does not call this is started once, does not answer, and is
    /// reported (`no-worker`): a process that was started as a worker starts no workers of its own.
    public static func runIfAsked() {
        let arguments = CommandLine.arguments
        guard DecodingServer.isAsked, arguments.count >= 2,
            arguments.dropLast().suffix(3) == DecodingServer.arguments(memoryLimit: 0).dropLast().suffix(3),
            let memoryLimit = arguments.last.flatMap({ Int($0) }), memoryLimit > 0
        else { return }
        var server = DecodingServer(memoryLimit: memoryLimit)
        server.run()
        exit(0)
    }
}
