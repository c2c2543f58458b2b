internal import ImagePreflight
internal import PreflightFiles
internal import PreflightRecords
internal import SystemPackage

/// An agent's settings file: read as a whole, and replaced whole or not at all.
struct HookSettingsFile {
    /// Where the agent looks for it.
    let path: FilePath
    /// Its contents; nil if it does not exist yet.
    let text: [UInt8]?
    private let replaced: ReplacedFile?

    /// The largest file that is read, bytes.
    private static let maxBytes = 16 << 20

    /// Reads settings.
    ///
    /// - Parameter scope: whose settings.
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
            throw ConsoleError("\(path): it is a broken link")
        }
        guard status.kind == .file else { throw ConsoleError("\(path): it is not a file") }
        let file = try ReplacedFile(path)
        let bytes = try consoleStep { () throws(FileError) in
            try file.path.readWhole(limit: Self.maxBytes)
        }
        guard bytes.count <= Self.maxBytes else {
            throw ConsoleError("\(path): it is too large for a settings file")
        }
        (text, replaced) = (bytes, file)
    }

    /// The target of a link in its place; nil if it is not a link.
    var linked: FilePath? { FileStatus.isLink(path) ? replaced?.path : nil }

    /// Makes sure that these settings may be replaced, as far as that is known in advance.
    ///
    /// - Throws: ``ConsoleError``.
    func checkReplaceable() throws(ConsoleError) {
        guard let replaced else {
            let folder = path.removingLastComponent()
            guard FileStatus(folder)?.kind == .folder else {
                throw ConsoleError("\(folder): no such folder; create it, or start Claude Code once")
            }
            return
        }
        guard replaced.isOwn else {
            throw ConsoleError("\(path): it belongs to another user, who would lose access to it")
        }
        // It would be replaced anyway if its folder allows that.
        guard replaced.path.withPlatformString({ access($0, W_OK) }) == 0 else {
            throw ConsoleError(.last(.write, path))
        }
    }

    /// Replaces these settings. A link stays a link, and the file keeps its permissions and attributes.
    ///
    /// - Parameter bytes: the file.
    /// - Throws: ``ConsoleError``; the file is then unchanged.
    func replace(by bytes: [UInt8]) throws(ConsoleError) {
        try replaced?.checkUnchanged()
        do throws(FileError) {
            let file = if let replaced { try replaced.successor() } else { try AtomicFile(at: path) }
            let result = bytes.withUnsafeBytes { bytes in
                Result { () throws(FileError) in try file.write(bytes) }
            }
            try result.get()
            try file.commit(isDurable: true)
        } catch {
            throw ConsoleError(error)
        }
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
                    "$HOME is not set, so the user's settings cannot be found: set it, or choose --scope")
            }
            return FilePath(home).absolute.appending(".claude").appending("settings.json")
        }
    }
}
