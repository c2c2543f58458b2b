internal import ImageHeaders
internal import PreflightRecords
internal import PreflightFiles
public import ArgumentParser
public import ImagePreflight
internal import SystemPackage

/// Which files: paths, lists of paths, filters, shards.
struct WalkArguments: ParsableArguments {
    @Argument(help: "Images and folders of images; - is one image from standard input.", completion: .file())
    var paths: [PathBytes] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Read paths from a file, one a line; - is standard input.", valueName: "file|-"),
        completion: .file())
    var filesFrom: PathBytes?

    @Flag(name: .long, help: "Paths of --files-from end with NUL instead of a line feed.")
    var null = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "In folders, take only files that match; may be repeated. A glob with a slash is held against the "
                + "path below the folder.", valueName: "glob"))
    var include: [PathBytes] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "In folders, leave out files and folders that match; may be repeated.", valueName: "glob"))
    var exclude: [PathBytes] = []

    @Flag(name: .long, help: "Let --include and --exclude match names whatever the case of their letters.")
    var ignoreCase = false

    @Flag(name: .long, help: "Also take files and folders whose names begin with a dot.")
    var hidden = false

    @Flag(name: .long, help: "Follow links to folders.")
    var followLinks = false

    @Option(
        name: .long,
        help: ArgumentHelp("Take only part I of N of the files, by a hash of their paths.", valueName: "i/n"))
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
                "- is one image from standard input and goes alone; ./- is a file of that name.")
        }
        if isPiped, shard != nil || !include.isEmpty || !exclude.isEmpty {
            throw ValidationError("Filters and --shard go with folders, not with standard input.")
        }
        if null, filesFrom == nil { throw ValidationError("--null goes with --files-from.") }
    }

    /// What the options mean.
    ///
    /// - Parameter folder: a folder that is not walked: where the outputs go.
    /// - Returns: a walk that can be begun, and begun again where the paths are known.
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

    /// Whether the one image of standard input is meant.
    var isPiped: Bool { paths == [PipedImage.path] }

    /// Whether only a few files were named, and no folder or list.
    var isFew: Bool {
        filesFrom == nil && paths.count <= 8 && !paths.contains { FileStatus(FilePath($0))?.kind == .folder }
    }

    /// Says that no file was found where a filter may be why.
    ///
    /// - Parameter count: the files that were found, problems among them.
    func reportNothingMatched(_ count: Int) {
        guard count == 0, !include.isEmpty || !exclude.isEmpty else { return }
        let globs = include.map { "--include \($0.shellWord)" } + exclude.map { "--exclude \($0.shellWord)" }
        let hint = ignoreCase ? "" : "; --ignore-case lets them match whatever the case of letters"
        Diagnostics.line("no file is left by \(globs.joined(separator: " "))\(hint)")
    }

    /// Which files of the folders are taken.
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
