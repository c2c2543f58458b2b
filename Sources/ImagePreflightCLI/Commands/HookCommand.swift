internal import PreflightRecords
internal import PreflightFiles
internal import ArgumentParser
internal import ImagePreflight
internal import SystemPackage

struct HookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook",
        abstract: "Answer a coding agent that is about to read an image: read a prepared copy instead.",
        discussion: """
            Reads the event of a PreToolUse hook from standard input. An image that the service would refuse or \
            downsize is prepared once into a cache, and the agent is led to that copy. Anything else is \
            answered with nothing.

            It never keeps the agent from working: whatever goes wrong here, it says nothing on standard \
            output, perhaps a line on standard error, and never ends with status 2, which would block the tool.

            SETTINGS (Claude Code, ~/.claude/settings.json or .claude/settings.json)
              {"hooks": {"PreToolUse": [{"matcher": "Read", "hooks": [{"type": "command",
                "command": "image-preflight hook --images-per-request 100",
                "timeout": 30}]}]}}
            """)

    @OptionGroup var destination: DestinationArguments
    @OptionGroup var fit: FitArguments

    @Option(
        name: .long,
        help: ArgumentHelp(
            "replace: the tool reads the copy (updatedInput); deny: the tool is refused and the reason names "
                + "the copy, for agents that know no updatedInput.", valueName: "manner"))
    var answer = HookAnswer.Manner.replace

    @Option(
        name: .long, help: ArgumentHelp("A tool that reads files; may be repeated.", valueName: "name"))
    var tool = ["Read"]

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where prepared images are kept; by default image-preflight in $XDG_CACHE_HOME or ~/.cache.",
            valueName: "dir"), completion: .directory)
    var cache: PathBytes?

    @Option(
        name: .long,
        help: ArgumentHelp("How much is kept there, as in 512M or 2G.", valueName: "size"))
    var cacheLimit = ByteAmount(bytes: PreparedCache.defaultMaxBytes)

    @OptionGroup var decoding: DecodingArguments

    /// The largest event that is read, bytes: one that writes a file carries all of it.
    private static let maxEventBytes = 64 << 20

    /// What the process ends with. Agents take 2 as "block the tool", and any other failure as ours alone: a
    /// mistyped option in the settings must not keep them from reading.
    static func status(_ status: ExitStatus) -> Int32 {
        let isHook = CommandLine.arguments.dropFirst().first == configuration.commandName
        return isHook && status == .failed ? 1 : status.rawValue
    }

    func run() throws {
        do {
            if let answer = try answerToEvent() {
                var output = StandardOutput()
                output.write(answer.bytes + [UInt8(ascii: "\n")])
                try output.finish()
            }
        } catch {
            // The tool then reads the original, as it would without us.
            Diagnostics.error("hook: \(error)")
        }
    }

    private func answerToEvent() throws -> JSONValue? {
        guard let event = ToolEvent(json: try Self.input()), tool.contains(event.tool), let file = event.file
        else { return nil }
        var options = fit.prepareOptions
        options.limits = try decoding.limits()
        let preflighter = Preflighter(
            destination: try destination.destination(), options: options,
            decoder: decoding.decoder(isForFew: true))
        // Most files are no images: their first bytes tell, and nothing else is done for them.
        guard let source = try? preflighter.inspect(path: file), source.assessment.verdict != .accepted,
            let plan = try? preflighter.plan(source), !plan.isCopy
        else { return nil }
        let cache = PreparedCache(
            folder: try Self.folder(cache), maxBytes: cacheLimit.bytes)
        let copy: PreparedCache.Entry
        do throws(PreflightError) {
            copy = try cache.entry(for: file, with: preflighter)
        } catch {
            throw ConsoleError("\(file): \(error.namedText)")
        }
        return HookAnswer(
            event: event, original: file, source: source, copy: copy, manner: answer,
            isOwn: Self.lies(file, in: event.workingFolder)
        ).json
    }

    private static func input() throws(ConsoleError) -> [UInt8] {
        let bytes = try InputFile.standardInput(limit: maxEventBytes)
        return bytes.count > maxEventBytes ? [] : bytes
    }

    /// The folder of the cache: <https://specifications.freedesktop.org/basedir-spec/latest/>.
    private static func folder(_ option: PathBytes?) throws(ConsoleError) -> FilePath {
        let environment = environmentVariables
        if let option {
            // The agent opens the copy from wherever it is.
            return FilePath(option).absolute
        }
        if let base = environment["XDG_CACHE_HOME"].map({ FilePath($0) }), base.isAbsolute {
            return base.appending("image-preflight")
        }
        guard let home = environment["HOME"], !home.isEmpty else {
            throw ConsoleError("there is no $HOME for the cache: use --cache")
        }
        return FilePath(home).appending(".cache").appending("image-preflight")
    }

    /// Whether a file lies below a folder, links resolved.
    private static func lies(_ file: FilePath, in folder: FilePath) -> Bool {
        guard let file = file.resolved, let folder = folder.resolved else { return false }
        return file.starts(with: folder)
    }
}

extension HookAnswer.Manner: ExpressibleByArgument {}
