internal import PreflightFiles
internal import ArgumentParser
internal import ImagePreflight

@main
struct Main {
    static func main() {
        Self.openStandardStreams()
        // A closed pipe is a result of write(2), not a reason to die in the middle of a file.
        signal(SIGPIPE, SIG_IGN)
        // So is a file that may not grow further (ulimit -f).
        signal(SIGXFSZ, SIG_IGN)
        ImagePreflightWorker.runIfAsked()
        Interruption.watchInput()
        exit(HookCommand.status(status()))
    }

    /// Opens `/dev/null` in place of a closed standard stream. Otherwise the next file would get its number,
    /// and output would end up in a manifest or an image.
    private static func openStandardStreams() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            guard open("/dev/null", O_RDWR) == descriptor else { exit(ExitStatus.failed.rawValue) }
        }
    }

    private static func status() -> ExitStatus {
        do {
            var command = try ImagePreflightCommand.parseAsRoot(FoldedPaths.folded(RawArguments.texts))
            try command.run()
            return .nothingRefused
        } catch let status as ExitStatus {
            return status
        } catch let error as ConsoleError {
            Diagnostics.error(error)
            return .failed
        } catch {
            // Help and version are "errors" of the parser with exit code 0.
            let unknown = UnknownWord.first(in: RawArguments.texts, of: ImagePreflightCommand.self)
            let isHelp = unknown == nil && ImagePreflightCommand.exitCode(for: error).isSuccess
            let message = unknown?.message ?? ImagePreflightCommand.fullMessage(for: error)
            if isHelp { print(message) } else { Diagnostics.lines(message, quoting: RawArguments.texts) }
            return isHelp ? .nothingRefused : .failed
        }
    }
}

struct ImagePreflightCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image-preflight",
        abstract: "Check offline whether Claude will accept your images, what "
            + "the model will see and what they cost, and prepare those that need it.",
        discussion: """
            EXAMPLES
              image-preflight check photos/              what would happen to each image
              image-preflight estimate photos/ --batch   what they cost
              image-preflight prepare photos/ -o ready/  images at the best size
              image-preflight lint request.json          the offending block of a request
              image-preflight rules I203                 what a finding means

            EXIT STATUS
              0  nothing would be refused
              1  something would be refused, or with --strict has a warning
              2  the run failed: usage, unreadable input, full disk
            """,
        version: ImagePreflightVersion.text,
        subcommands: [
            CheckCommand.self, PrepareCommand.self, EstimateCommand.self,
            PackCommand.self, LintCommand.self, RepairCommand.self, ExplainCommand.self,
            LocateCommand.self, ReportCommand.self, ManifestCommand.self, ModelsCommand.self,
            PlatformsCommand.self, RulesCommand.self, WorkerCommand.self, MCPCommand.self, HookCommand.self,
        ])

    /// What most people came for. `--help` is three screens long.
    private static let commonTasks = """
        Check images for Claude, offline. Three common tasks:

          What would happen to each image?
            image-preflight check photos/

          What do they cost?
            image-preflight estimate photos/ --model claude-sonnet-5-5

          Make them ready: re-encode only what needs it, into a new folder.
            image-preflight prepare photos/ -o ready/

        'image-preflight --help' lists all commands, 'image-preflight help check' explains one.
        """

    func run() { print(Self.commonTasks) }
}
