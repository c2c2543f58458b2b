internal import ImagePreflight
internal import PreflightFiles
internal import PreflightRecords
internal import SystemPackage

/// The file of an agent's settings: read whole, and replaced whole or not at all.
struct HookSettingsFile {
    /// Where the agent looks for it.
    let path: FilePath
    /// What it holds; nil where there is none yet.
    let text: [UInt8]?
    private let replaced: ReplacedFile?

    /// The largest file that is read, bytes.
    private static let maxBytes = 16 << 20

    /// Reads settings.
    ///
    /// - Parameter scope: whose.
    /// - Throws: ``ConsoleError`` when there is no place for them, or they cannot be read or replaced.
    init(_ scope: HookScope) throws(ConsoleError) {
        try self.init(Self.path(of: scope))
    }

    private init(_ path: FilePath) throws(ConsoleError) {
        self.path = path
        guard FileStatus.isTaken(path) else {
            (text, replaced) = (nil, nil)
            return
        }
        guard let status = FileStatus(path) else {
            throw ConsoleError("\(path): it is a link that leads nowhere")
        }
        guard status.kind == .file else { throw ConsoleError("\(path): it is not a file") }
        let file = try ReplacedFile(path)
        let bytes = try consoleStep { () throws(FileError) in
            try file.path.readWhole(limit: Self.maxBytes)
        }
        guard bytes.count <= Self.maxBytes else {
            throw ConsoleError("\(path): it is too large for settings")
        }
        (text, replaced) = (bytes, file)
    }

    /// The file that a link in its place leads to; nil where it is no link.
    var linked: FilePath? {
        var status = stat()
        guard path.withPlatformString({ lstat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFLNK else {
            return nil
        }
        return replaced?.path
    }

    /// Makes sure that these settings may be replaced, as far as that can be told before.
    ///
    /// - Throws: ``ConsoleError``.
    func checkReplaceable() throws(ConsoleError) {
        guard let replaced else {
            let folder = path.removingLastComponent()
            guard FileStatus(folder)?.kind == .folder else {
                throw ConsoleError("\(folder): there is no such folder; make it, or start Claude Code once")
            }
            return
        }
        guard replaced.isOwn else {
            throw ConsoleError("\(path): it belongs to another user, who would lose it")
        }
        // It would be replaced all the same, where its folder allows that.
        guard replaced.path.withPlatformString({ access($0, W_OK) }) == 0 else {
            throw ConsoleError(.last(.write, path))
        }
    }

    /// Puts other settings in the place of these. A link stays one, and permissions are kept.
    ///
    /// - Parameter bytes: the file.
    /// - Throws: ``ConsoleError``; the file is as it was then.
    func replace(by bytes: [UInt8]) throws(ConsoleError) {
        try replaced?.checkUnchanged()
        let (target, mode) = (replaced?.path ?? path, replaced?.mode)
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(FileError) in try target.writeWhole(bytes, mode: mode, isDurable: true) }
        }
        try consoleStep { () throws(FileError) in try result.get() }
    }

    private static func path(of scope: HookScope) throws(ConsoleError) -> FilePath {
        let environment = environmentVariables
        switch scope {
        case .project: return FilePath.current.appending(".claude").appending("settings.json")
        case .local: return FilePath.current.appending(".claude").appending("settings.local.json")
        case .user:
            if let folder = environment["CLAUDE_CONFIG_DIR"], !folder.isEmpty {
                return FilePath(folder).absolute.appending("settings.json")
            }
            guard let home = environment["HOME"], !home.isEmpty else {
                throw ConsoleError(
                    "there is no $HOME, in which the user's settings are: set it, or choose --scope")
            }
            return FilePath(home).absolute.appending(".claude").appending("settings.json")
        }
    }
}
