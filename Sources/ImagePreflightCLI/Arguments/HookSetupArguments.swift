internal import PreflightRecords
internal import ArgumentParser

/// `hook --install` and `--uninstall`: change an agent's settings instead of answering an event.
struct HookSetupArguments: ParsableArguments {
    /// An agent whose settings are known.
    enum Agent: String, CaseIterable, ExpressibleByArgument {
        case claudeCode = "claude-code"
    }

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Add this hook, with the options given here, to the settings of an agent: claude-code.",
            valueName: "agent"))
    var install: Agent?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Remove this hook from the settings of an agent: claude-code.", valueName: "agent"))
    var uninstall: Agent?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Which settings: user (~/.claude/settings.json, or $CLAUDE_CONFIG_DIR), project "
                + "(.claude/settings.json, which is committed) or local (.claude/settings.local.json).",
            valueName: "scope"))
    var scope = HookScope.user

    @Flag(name: .long, help: "Show what --install or --uninstall would change, without changing it.")
    var dryRun = false

    mutating func validate() throws {
        if install != nil, uninstall != nil {
            throw ValidationError("Use either --install or --uninstall, not both.")
        }
        if !isAsked, dryRun || scope != .user {
            throw ValidationError("--scope and --dry-run require --install or --uninstall.")
        }
    }

    /// Whether settings are to be changed.
    var isAsked: Bool { install != nil || uninstall != nil }

    /// Whether arguments request that, even if they are invalid otherwise.
    static func isAsked(in arguments: some Sequence<String>) -> Bool {
        arguments.contains { argument in names.contains { argument == $0 || argument.hasPrefix($0 + "=") } }
    }

    /// The other arguments of the command: those that the hook will be run with.
    ///
    /// - Parameter arguments: all of the command's.
    /// - Returns: the others, in order.
    static func others(of arguments: some Sequence<String>) -> [String] {
        var others: [String] = []
        var isValue = false
        for argument in arguments {
            if isValue {
                isValue = false
            } else if names.contains(argument) || argument == "--scope" {
                isValue = true
            } else if !isAsked(in: [argument]), !argument.hasPrefix("--scope="), argument != "--dry-run" {
                others.append(argument)
            }
        }
        return others
    }

    private static let names = ["--install", "--uninstall"]
}

/// Whose settings of Claude Code: <https://code.claude.com/docs/en/settings>, read on 2026-11-30.
enum HookScope: String, CaseIterable, ExpressibleByArgument {
    /// This user's, for all projects.
    case user
    /// The project's, which is committed and applies to everyone who works on it.
    case project
    /// This user's for the project.
    case local
}
