internal import ImageHeaders
internal import PreflightRecords
internal import PreflightFiles
public import ArgumentParser
public import ImagePreflight
internal import SystemPackage

/// Which files: paths, lists of paths, filters, shards.
struct WalkArguments: ParsableArguments {
    @Argument(
        help: "Images and folders of images; - reads one image from standard input.", completion: .file())
    var paths: [PathBytes] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Read paths from a file, one per line; - is standard input.", valueName: "file|-"),
        completion: .file())
    var filesFrom: PathBytes?

    @Flag(name: .long, help: "Paths in --files-from end with NUL instead of a line feed.")
    var null = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "In folders, take only files that match; may be repeated. A glob with a slash is matched against the "
                + "path below the folder.", valueName: "glob"))
    var include: [PathBytes] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "In folders, skip files and folders that match; may be repeated.", valueName: "glob"))
    var exclude: [PathBytes] = []

    @Flag(name: .long, help: "Match --include and --exclude case-insensitively.")
    var ignoreCase = false

    @Flag(name: .long, help: "Also take files and folders whose names begin with a dot.")
    var hidden = false

    @Flag(name: .long, help: "Follow links to folders.")
    var followLinks = false

    @Option(
        name: .long,
        help: ArgumentHelp("Take only shard I of N of the files, by a hash of their paths.", valueName: "i/n")
    )
    var shard: WalkOptions.Shard?

    mutating func validate() throws {
        paths = paths.unfolded
        if paths.isEmpty, filesFrom == nil {
            throw ValidationError("Name images or folders, or use --files-from.")
        }
        if !paths.isEmpty, filesFrom != nil {
            throw ValidationError("Use either paths or --files-from, not both.")
        }
        if paths.count > 1, paths.contains(PipedImage.path) {
            throw ValidationError(
                "- is one image from standard input and must be the only path; ./- is a file of that name.")
        }
        if isPiped, shard != nil || !include.isEmpty || !exclude.isEmpty {
            throw ValidationError("Filters and --shard apply to folders, not to standard input.")
        }
        if null, filesFrom == nil { throw ValidationError("--null requires --files-from.") }
    }

    /// The walk.
    ///
    /// - Parameter folder: a folder that is not walked: the output folder.
    /// - Returns: a walk that can begin, and begin again if the paths are known.
    /// - Throws: ``ConsoleError`` when the list of paths cannot be opened.
    func walk(without folder: PathBytes? = nil) throws(ConsoleError) -> Walk {
        var options = walkerOptions
        options.excludedFolder = folder
        guard let filesFrom else {
            return Walk(options: options, source: .paths(paths))
        }
        if filesFrom == "-" {
            return Walk(
                options: options, source: .list(STDIN_FILENO, name: "standard input", isNulSeparated: null))
        }
        let descriptor = try InputFile.opened(filesFrom)
        return Walk(options: options, source: .list(descriptor, name: filesFrom.text, isNulSeparated: null))
    }

    /// Whether the input is one image from standard input.
    var isPiped: Bool { paths == [PipedImage.path] }

    /// Whether only a few files were named, and no folder or list.
    var isFew: Bool {
        filesFrom == nil && paths.count <= 8 && !paths.contains { FileStatus(FilePath($0))?.kind == .folder }
    }

    /// Reports that no file was found when a filter may be the reason.
    ///
    /// - Parameter count: the files that were found, problems among them.
    func reportNothingMatched(_ count: Int) {
        guard count == 0, !include.isEmpty || !exclude.isEmpty else { return }
        let globs = include.map { "--include \($0.shellWord)" } + exclude.map { "--exclude \($0.shellWord)" }
        let hint = ignoreCase ? "" : "; --ignore-case ignores the case of letters"
        Diagnostics.line("no file matches \(globs.joined(separator: " "))\(hint)")
    }

    /// Which files of the folders are included.
    var walkerOptions: FolderWalker.Options {
        FolderWalker.Options(
            filter: PathFilter(
                include: include, exclude: exclude, takesHidden: hidden, followsLinks: followLinks,
                ignoresCase: ignoreCase),
            shard: shard)
    }
}

extension WalkOptions.Shard: ExpressibleByArgument {
    /// A part written as `2/8`.
    public init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]) else { return nil }
        self.init(index: index, count: count)
    }
}
