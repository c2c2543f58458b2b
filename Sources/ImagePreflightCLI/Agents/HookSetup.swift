internal import ImagePreflight
internal import PreflightFiles
internal import PreflightRecords
internal import SystemPackage

/// Adds the hook to an agent's settings, or removes it: shows the change, then writes it.
struct HookSetup {
    let scope: HookScope
    let isDryRun: Bool

    /// Adds a hook; one that was added with other options is replaced.
    ///
    /// - Parameters:
    ///   - tools: before which tools it runs.
    ///   - options: its options.
    /// - Throws: ``ConsoleError``; the settings are then unchanged.
    func install(tools: [String], options: [String]) throws(ConsoleError) {
        let hook = HookSettings.Hook(matcher: tools.joined(separator: "|"), command: command(options))
        let file = try HookSettingsFile(scope)
        let settings = try settings(file)
        guard settings.hooks != [hook] else {
            return Diagnostics.line("\(file.path): the hook is already installed")
        }
        let text: [UInt8]
        do throws(ConsoleError) {
            text = try HookSettings(settings.removingHooks()).adding(hook)
        } catch {
            throw ConsoleError("\(file.path): \(error)")
        }
        try file.checkReplaceable()
        try show([hook])
        try write(text, to: file, verb: settings.hooks.isEmpty ? "added to" : "changed in")
    }

    /// Removes the hook, whatever its options.
    ///
    /// - Throws: ``ConsoleError``; the settings are then unchanged.
    func uninstall() throws(ConsoleError) {
        let file = try HookSettingsFile(scope)
        let settings = try settings(file)
        guard !settings.hooks.isEmpty else {
            return Diagnostics.line("\(file.path): it has no image-preflight hook")
        }
        try file.checkReplaceable()
        try show(settings.hooks)
        try write(try settings.removingHooks(), to: file, verb: "removed from")
    }

    private func settings(_ file: HookSettingsFile) throws(ConsoleError) -> HookSettings {
        do throws(ConsoleError) {
            return try HookSettings(file.text ?? HookSettings.empty)
        } catch {
            throw ConsoleError("\(file.path): \(error); left untouched")
        }
    }

    private func show(_ hooks: [HookSettings.Hook]) throws(ConsoleError) {
        var output = StandardOutput()
        for hook in hooks { output.write(HookSettings.text(of: hook) + [UInt8(ascii: "\n")]) }
        try output.finish()
    }

    private func write(_ text: [UInt8], to file: HookSettingsFile, verb: String) throws(ConsoleError) {
        let place = file.linked.map { "\(file.path), which is a link to \($0)" } ?? "\(file.path)"
        guard !isDryRun else { return Diagnostics.line("would be \(verb) \(place)") }
        try file.replace(by: text)
        Diagnostics.line("\(verb) \(place)")
    }

    // MARK: - The command

    /// How a shell runs the hook.
    private func command(_ options: [String]) -> String {
        let isCounted = options.contains { $0.hasPrefix("--images-per-request") }
        // Everything that an agent reads stays in one request.
        let words = isCounted ? options : ["--images-per-request", "100"] + options
        return ([program, "hook"] + words.map { PathBytes(RawArguments.bytes($0)[...]).quotedWord })
            .joined(separator: " ")
    }

    /// This program, by its name if a shell finds it. Shared project settings must not name paths of this
    /// machine.
    private var program: String {
        let name = "image-preflight"
        guard scope != .project, let own = OperatingSystem.currentExecutable?.resolved else { return name }
        let folders = (environmentVariables["PATH"] ?? "").split(separator: ":")
        let found = folders.lazy.map { FilePath(String($0)).appending(name) }.first {
            $0.withPlatformString { access($0, X_OK) } == 0
        }
        return found?.resolved == own ? name : PathBytes(own).shellWord
    }
}
