internal import PreflightRecords
internal import PreflightFiles
internal import ImageHeaders
internal import ArgumentParser
internal import ImagePreflight
internal import SystemPackage

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write one self-contained page about a manifest: pictures, findings, tokens, cost, charts.",
        usage: "image-preflight report [<options>] <manifest> --output <file>",
        discussion: """
            The page is one HTML file that loads nothing from the network. Prepared images are read from the \
            manifest's folder, and originals from the paths in the manifest, relative to the current folder, \
            as long as they still have the hash that the manifest lists. All others get a placeholder: a \
            manifest from someone else must not put your images into a page. With --trust-paths, every file \
            it names is shown.

            By default the pictures are 320 px wide for up to 250 images, 192 for 1,000, 144 for 2,500, 112 for \
            5,000, 80 for 12,000 and 56 beyond. Those that would take the page over 58 MB are left out.

            EXAMPLES
              image-preflight report ready/manifest.jsonl -o report.html
              image-preflight report ready/manifest.jsonl -o report.html --thumbnails none
            """)

    @Argument(help: "The manifest that `prepare` wrote.", completion: .file(extensions: ["jsonl"]))
    var manifest: PathBytes

    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp("The page; replaces an existing report, but no other file.", valueName: "file"),
        completion: .file(extensions: ["html"]))
    var output: PathBytes

    @Option(
        name: .long,
        help: ArgumentHelp("The pictures: auto, none, or their long edge in px.", valueName: "size"))
    var thumbnails = ThumbnailSize.auto

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The folder of the prepared images; by default that of the manifest.", valueName: "dir"),
        completion: .directory)
    var prepared: PathBytes?

    @Flag(help: "Show every file that the manifest names, wherever it is and even if it has changed.")
    var trustPaths = false

    @OptionGroup var catalog: CatalogArguments

    @OptionGroup var decoding: DecodingArguments
    @OptionGroup var work: WorkArguments

    func run() throws {
        let catalog = try catalog.load()
        let manifestPath = FilePath(manifest)
        if let identity = FileStatus(manifestPath)?.identity,
            identity == FileStatus(FilePath(output))?.identity
        {
            throw ConsoleError("\(output.text) is the manifest itself: choose another file with -o")
        }
        guard ReportPage.mayBeReplaced(FilePath(output)) else {
            throw ConsoleError("\(output.text) exists and is not a report; left untouched")
        }
        let builder = ReportBuilder(
            manifest: manifestPath,
            outputFolder: prepared.map { FilePath($0) } ?? manifestPath.removingLastComponent(),
            catalog: catalog, thumbnails: thumbnails, trustsPaths: trustPaths,
            workerCount: work.workerCount, limits: try decoding.limits(),
            decoder: decoding.decoder(isForFew: false))
        let control = Interruption.control
        Interruption.catchSignals()
        let report = try ProgressLine.during(work.progressMode, { control.progress }) {
            try builder.report(for: FilePath(output), control: control)
        }
        if control.isStopped { throw ExitStatus.interrupted }
        let byteCount = try consoleStep { () throws(FileError) in try report.write(to: FilePath(output)) }
        if !work.quiet { Diagnostics.line("\(output.text): \(Amounts.bytes(byteCount))") }
    }
}

extension ThumbnailSize: ExpressibleByArgument {
    /// `auto`, `none`, or a number of px between 16 and 1024.
    init?(argument: String) {
        switch argument.lowercased() {
        case "auto": self = .auto
        case "none": self = .none
        default:
            guard let edge = Int(argument), (16...1024).contains(edge) else { return nil }
            self = .edge(edge)
        }
    }
}
