internal import PreflightRecords
internal import PreflightFiles
internal import ArgumentParser
internal import ImagePreflight
internal import SystemPackage

struct HookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook",
        abstract: "Answer a coding agent that is about to read an image, and point it to a prepared copy.",
        discussion: """
            Reads the event of a PreToolUse hook from standard input. An image that the service would refuse or \
            downsize is prepared once into a cache, and the agent is pointed to that copy. An image or a PDF that the \
            service would refuse, and that cannot be repaired, is blocked: it would stay in the \
            conversation, and each later request would fail. Anything else gets no answer.

            It never keeps the agent from working: whatever goes wrong here, it prints nothing to standard \
            output, at most a line to standard error, and never exits with status 2, which would block the tool.

            SETTINGS (Claude Code, ~/.claude/settings.json)
              image-preflight hook --install claude-code      adds and shows them:
              {"hooks": {"PreToolUse": [{"matcher": "Read", "hooks": [{"type": "command",
                "command": "image-preflight hook --images-per-request 100",
                "timeout": 30}]}]}}
            """)

    @OptionGroup var destination: DestinationArguments
    @OptionGroup var fit: FitArguments

    @Option(
        name: .long,
        help: ArgumentHelp(
            "replace: the tool reads the copy (updatedInput); deny: the tool is blocked, and the reason names "
                + "the copy, for agents without updatedInput.", valueName: "how"))
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
        help: ArgumentHelp("Size limit of the cache, such as 512M or 2G.", valueName: "size"))
    var cacheLimit = ByteAmount(bytes: PreparedCache.defaultMaxBytes)

    @OptionGroup var decoding: DecodingArguments
    @OptionGroup(title: "Setup") var setup: HookSetupArguments

    /// The largest event that is read, bytes: one that writes a file carries all of it.
    private static let maxEventBytes = 64 << 20

    /// The exit status. Agents take 2 as "block the tool", and ignore any other failure: a mistyped option in
    /// the settings must not keep them from reading. A person who sets it up gets 2, as everywhere.
    static func status(_ status: ExitStatus) -> Int32 {
        let arguments = RawArguments.texts
        let isHook =
            arguments.first == configuration.commandName
            && !HookSetupArguments.isAsked(in: arguments)
        return isHook && status == .failed ? 1 : status.rawValue
    }

    mutating func validate() throws {
        // The hook runs in the agent's folder.
        for (name, path) in [("--cache", cache), ("--catalog", destination.platform.catalog.catalog)]
        where setup.install != nil && path.map({ FilePath($0).isAbsolute }) == false {
            throw ValidationError("\(name) must be an absolute path in settings.")
        }
    }

    func run() throws {
        guard !setup.isAsked else { return try setUp() }
        do {
            if let answer = try answerToEvent() {
                var output = StandardOutput()
                output.write(answer.bytes + [UInt8(ascii: "\n")])
                try output.finish()
            }
        } catch {
            // The tool then reads the original, as it would without the hook.
            Diagnostics.error("hook: \(error)")
        }
    }

    private func setUp() throws {
        let setup = HookSetup(scope: setup.scope, isDryRun: setup.dryRun)
        guard self.setup.install != nil else { return try setup.uninstall() }
        // Wrong options would be wrong at each event.
        _ = try destination.destination()
        let arguments = RawArguments.texts.drop { $0 != Self.configuration.commandName }.dropFirst()
        try setup.install(tools: tool, options: HookSetupArguments.others(of: arguments))
    }

    private func answerToEvent() throws -> JSONValue? {
        guard let event = ToolEvent(json: try Self.input()), tool.contains(event.tool), let file = event.file
        else { return nil }
        var options = fit.prepareOptions
        options.limits = try decoding.limits()
        // A copy under a better name is complete.
        options.decodesCopies = true
        let preflighter = Preflighter(
            destination: try destination.destination(), options: options,
            decoder: decoding.decoder(isForFew: true))
        let cacheFolder = Result { () throws(ConsoleError) in try Self.folder(cache) }
        let near = NearName(meantBy: file)
        let path = near?.path ?? file
        // The tool itself reports files that cannot be opened.
        guard let opened = try? ImageSource(path: path) else { return nil }
        let answer: Result<JSONValue?, ConsoleError>
        do throws(PreflightError) {
            answer = try Preflighter.looking(at: path, first: opened) { (source) throws(PreflightError) in
                try self.answer(to: event, path, near, source, preflighter, cacheFolder)
            }
        } catch {
            throw ConsoleError("\(path): \(error.namedText)")
        }
        return try answer.get()
    }

    /// The answer about one open file; nil if there is nothing to report, and a failure if a copy is needed
    /// but there is no place for it.
    private func answer(
        to event: ToolEvent, _ path: FilePath, _ near: NearName?, _ source: ImageSource,
        _ preflighter: Preflighter, _ cacheFolder: Result<FilePath, ConsoleError>
    ) throws(PreflightError) -> Result<JSONValue?, ConsoleError> {
        // Most files are not images: their first bytes show that, and nothing else is done for them.
        let image = try preflighter.inspect(source)
        let name = HookRefusal.subject(path, near)
        if let reason = image.documentRefusal(by: preflighter.destination), ToolEvent.isSentAsDocument(path) {
            return .success(event.selectsPages ? nil : HookRefusal(name, document: reason).json)
        }
        let isSent = ToolEvent.isSentAsImage(path)
        guard image.facts != nil else {
            return .success(isSent ? HookRefusal(name, image).json : nil)
        }
        // What the header does not show: damage, and a missing end, which a copy gets.
        func answerToOriginal() throws(PreflightError) -> JSONValue? {
            guard isSent else { return nil }
            let examined = try preflighter.inspectDeeply(source, image, measuresText: false)
            return examined.findings.contains(where: \.isOfImageItself)
                ? HookRefusal(name, examined).json : nil
        }
        let isCut = try isSent && image.verdict != .rejected ? preflighter.isCut(source, image) : false
        // An image that is fine as it is may have text that can be read at a smaller size.
        let isMeasured = preflighter.options.fit.fit == .legible
        guard image.verdict != .accepted || isCut || near != nil || isMeasured else {
            return .success(try answerToOriginal())
        }
        let copy: PreparedCache.Entry
        do throws(PreflightError) {
            let plan = try preflighter.plan(preflighter.measured(image, source))
            let isBroken = isCut || isSent && image.verdict == .rejected
            guard !plan.isCopy || isBroken || near != nil else { return .success(try answerToOriginal()) }
            switch cacheFolder {
            case .failure(let error): return .failure(error)
            case .success(let folder):
                copy = try PreparedCache(folder: folder, maxBytes: cacheLimit.bytes)
                    .entry(for: source, with: preflighter)
            }
        } catch {
            if error.code == .changed { throw error }
            if isSent, image.verdict == .rejected || error.findings.contains(where: \.isOfImageItself) {
                return .success(HookRefusal(name, image, error: error).json)
            }
            // The tool reads unconvertible files as they are.
            if image.format?.isSendable == false, error.code == .image { return .success(nil) }
            throw error
        }
        guard !isSent || copy.image.verdict != .rejected else {
            return .success(HookRefusal(name, image).json)
        }
        // Only for the very file that was read: its name may lead elsewhere by now.
        let isOwn =
            source.version.map {
                FileIdentity(device: $0.device, inode: $0.inode).lies(at: path, below: event.workingFolder)
            } ?? false
        return .success(
            HookAnswer(
                event: event, original: path, near: near, source: image, copy: copy, manner: answer,
                isOwn: isOwn
            ).json)
    }

    private static func input() throws(ConsoleError) -> [UInt8] {
        let bytes = try InputFile.standardInput(limit: maxEventBytes)
        return bytes.count > maxEventBytes ? [] : bytes
    }

    /// The folder of the cache: <https://specifications.freedesktop.org/basedir-spec/latest/>.
    private static func folder(_ option: PathBytes?) throws(ConsoleError) -> FilePath {
        let environment = environmentVariables
        if let option {
            // The agent opens the copy from any folder.
            return FilePath(option).absolute
        }
        if let base = environment["XDG_CACHE_HOME"].map({ FilePath($0) }), base.isAbsolute {
            return base.appending("image-preflight")
        }
        guard let home = environment["HOME"], !home.isEmpty else {
            throw ConsoleError("$HOME is not set, so there is no place for the cache: use --cache")
        }
        return FilePath(home).appending(".cache").appending("image-preflight")
    }
}

extension HookAnswer.Manner: ExpressibleByArgument {}
