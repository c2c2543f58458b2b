internal import PreflightFiles
public import ArgumentParser
public import ImagePreflight
internal import SystemPackage

/// Which files: paths, lists of paths, filters, shards.
struct WalkArguments: ParsableArguments {
    @Argument(help: "Images and folders of images.", completion: .file())
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

    @Flag(name: .long, help: "Also take files and folders whose names begin with a dot.")
    var hidden = false

    @Flag(name: .long, help: "Follow links to folders.")
    var followLinks = false

    @Option(
        name: .long,
        help: ArgumentHelp("Take only part I of N of the files, by a hash of their paths.", valueName: "i/n"))
    var shard: Shard?

    mutating func validate() throws {
        if paths.isEmpty, filesFrom == nil {
            throw ValidationError("Name images or folders, or use --files-from.")
        }
        if !paths.isEmpty, filesFrom != nil {
            throw ValidationError("Use either paths or --files-from, not both.")
        }
        if null, filesFrom == nil { throw ValidationError("--null goes with --files-from.") }
    }

    /// What the options mean.
    ///
    /// - Parameters:
    ///   - marksClashes: whether outputs will be named after the files.
    ///   - folder: a folder that is not walked: where the outputs go.
    /// - Returns: a walk that can be begun, and begun again where the paths are known.
    /// - Throws: ``ConsoleError`` when the list of paths cannot be opened.
    func walk(marksClashes: Bool = false, without folder: PathBytes? = nil) throws(ConsoleError) -> Walk {
        var options = walkerOptions
        options.marksClashes = marksClashes
        options.excludedFolder = folder
        guard let filesFrom else {
            return Walk(options: options, source: .arguments(paths))
        }
        if filesFrom == "-" {
            return Walk(
                options: options, source: .list(STDIN_FILENO, name: "standard input", isNulSeparated: null))
        }
        let descriptor = try InputFile.opened(filesFrom)
        return Walk(options: options, source: .list(descriptor, name: filesFrom.text, isNulSeparated: null))
    }

    /// Whether only a few files were named, and no folder or list.
    var isFew: Bool {
        filesFrom == nil && paths.count <= 8 && !paths.contains { FileStatus(FilePath($0))?.kind == .folder }
    }

    /// Which files of the folders are taken.
    var walkerOptions: FolderWalker.Options {
        FolderWalker.Options(
            filter: PathFilter(
                include: include, exclude: exclude, takesHidden: hidden, followsLinks: followLinks),
            shard: shard)
    }
}

/// A walk that was asked for.
struct Walk: Sendable {
    enum Source: Sendable {
        case arguments([PathBytes])
        case list(Int32, name: String, isNulSeparated: Bool)
        /// The same with the place where it begins, for a list that is read again.
        case repeatableList(Int32, start: Int, name: String, isNulSeparated: Bool)
    }

    let options: FolderWalker.Options
    let source: Source

    /// The same walk, which can be begun again even when it is a list.
    ///
    /// - Returns: the walk.
    /// - Throws: ``ConsoleError`` when a list that comes through a pipe cannot be kept.
    func repeatable() throws(ConsoleError) -> Walk {
        guard case .list(let descriptor, let name, let isNulSeparated) = source else { return self }
        let (list, start) = try RepeatableList.make(descriptor, name: name)
        return Walk(
            options: options,
            source: .repeatableList(list, start: start, name: name, isNulSeparated: isNulSeparated))
    }

    /// The walk without a shard: all files that the shards have together.
    var unsharded: Walk {
        var options = options
        options.shard = nil
        return Walk(options: options, source: source)
    }

    /// The walk from its beginning. A list can be walked only once, unless it is ``repeatable()``.
    func begin() -> FolderWalker {
        switch source {
        case .arguments(let paths):
            return FolderWalker(roots: ArgumentRoots(paths), options: options)
        case .list(let descriptor, let name, let isNulSeparated):
            return walker(of: descriptor, name, isNulSeparated)
        case .repeatableList(let descriptor, let start, let name, let isNulSeparated):
            RepeatableList.rewind(descriptor, to: start)
            return walker(of: descriptor, name, isNulSeparated)
        }
    }

    private func walker(of list: Int32, _ name: String, _ isNulSeparated: Bool) -> FolderWalker {
        FolderWalker(
            roots: ListedRoots(fileDescriptor: list, name: PathBytes(name), isNulSeparated: isNulSeparated),
            options: options)
    }

    /// Counts the files of the walk; nil where it can be walked only once.
    var count: ProgressLine.Count? {
        guard case .arguments = source else { return nil }
        return { isOver in
            var walker = begin()
            var count = 0
            while let batch = walker.next(limit: 1024) {
                if isOver() { return nil }
                count += batch.entries.count
            }
            return count
        }
    }
}

extension Shard: ExpressibleByArgument {
    /// A part written as `2/8`.
    public init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]) else { return nil }
        self.init(index: index, count: count)
    }
}
