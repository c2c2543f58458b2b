internal import PreflightRecords
internal import ImageHeaders
internal import PreflightFiles
internal import ArgumentParser
internal import ImagePreflight
internal import MessageRequests
internal import SystemPackage

struct PackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Write requests or a batch from folders of images, within every limit of the platform.",
        discussion: """
            Images are used as they are, in order, each in exactly one request. Images that the service would refuse \
            are left out and named, and the exit status is 1: `image-preflight prepare` makes such images fit. \
            Several images are introduced by Image 1:, Image 2:, and the prompt comes last. Tiles from `prepare \
            --tile` share the number of their page and say which part they show, as in Image 3, part 2 of 5, \
            rows 1268–2536:, according to the manifest in their folder or above it; they stay in one request \
            if it can hold them. PDFs go into document blocks, introduced by Document 1:; each page counts as an \
            image, and its cost is an estimate.

            EXAMPLES
              image-preflight pack ready/ -o requests/ --prompt "Describe each image."
              image-preflight pack ready/ -o batch/ --as batch --prompt-file ask.txt
              image-preflight pack ready/ --prompt-file ask.txt --dry-run
            """)

    @OptionGroup var walk: WalkArguments

    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp("The folder for the requests; created if missing.", valueName: "dir"),
        completion: .directory)
    var output: PathBytes?

    @OptionGroup var template: TemplateArguments

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A manifest from `prepare` that lists which images are tiles; by default the manifests next to the images.",
            valueName: "file"),
        completion: .file(extensions: ["jsonl"]))
    var manifest: PathBytes?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "requests: one file per request; batch: JSONL for the Batches API.", valueName: "form"))
    var form = PackForm.requests

    @OptionGroup var sources: SourceArguments

    @Option(
        name: .long,
        help: ArgumentHelp("The model that will see the images.", valueName: "id"),
        completion: .list(ModelCatalog.builtIn.models.map(\.id)))
    var model = ModelCatalog.defaultModelID

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The platform that receives the requests: "
                + "\(ModelCatalog.builtIn.platforms.map(\.id).joined(separator: ", ")).", valueName: "id"),
        completion: .list(ModelCatalog.builtIn.platforms.map(\.id)))
    var platform = ModelCatalog.defaultPlatformID

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Maximum images per request, if lower than the platform's limit.", valueName: "n"))
    var imagesPerRequest: Int?

    @OptionGroup var catalog: CatalogArguments

    @Flag(name: .long, help: "Write nothing; report which requests would be written.")
    var dryRun = false

    @Flag(name: .long, help: "Replace existing requests.")
    var overwrite = false

    @OptionGroup var running: RunArguments

    mutating func validate() throws {
        if output == nil, !dryRun {
            throw ValidationError("Name a folder for the requests with --output, or use --dry-run.")
        }
        if walk.isPiped { throw ValidationError("Name files and folders: requests are written from files.") }
        if let imagesPerRequest, imagesPerRequest < 1 {
            throw ValidationError("--images-per-request must be at least 1.")
        }
    }

    func run() throws {
        let catalog = try catalog.load()
        let destination: Destination
        do {
            destination = Destination(
                model: try catalog.model(model), platform: try catalog.platform(platform),
                terms: ServiceTerms(isBatch: form == .batch))
        } catch {
            throw ConsoleError("\(error)")
        }
        let template = try template.template(model: model, platform: destination.platform)
        let planner = PackPlanner(
            template: template, destination: destination, maxImagesPerRequest: imagesPerRequest,
            isBatch: form == .batch)

        var summary = PackSummary()
        var collector = ImageCollector(
            destination: destination, sources: try sources.sources(on: destination.platform))
        if let manifest {
            try collector.parts.read(manifest: FilePath(manifest), roots: walk.paths.map { FilePath($0) })
        }
        let control = Interruption.control
        Interruption.catchSignals()
        let walk = try walk.walk(without: output)
        ProgressLine.during(running.work.progressMode, { control.progress }, counting: walk) {
            collector.add(
                walk.begin { control.isStopped }, workerCount: running.work.workerCount, control: control)
        }
        if control.isStopped { throw ExitStatus.interrupted }
        summary.refused = collector.refused
        summary.problems = collector.problems

        let plan: PackPlan
        do throws(RequestError) { plan = try planner.plan(collector.images) } catch {
            if let index = error.imageIndex {
                throw ConsoleError("\(collector.paths[index].text): \(error)")
            }
            throw ConsoleError("\(error)")
        }
        let files = PackedFile.files(of: plan, in: output.map { FilePath($0) } ?? "")
        summary.files = files.count
        if !dryRun, let output {
            try prepareFolder(FilePath(output), for: files)
            // Sending the whole folder would include these, too.
            for other in PackedFile.others(in: FilePath(output), than: files) {
                Diagnostics.line("\(other): left over from an earlier run, not part of this one")
            }
            for file in files {
                try file.write(collector.images, plan, RequestWriter(template: template))
                if control.isStopped { throw ExitStatus.interrupted }
            }
        }

        var output = RecordOutput<PackRecord>(format: running.output.resolvedFormat)
        for file in files {
            for (offset, request) in plan.requests[file.requests].enumerated() {
                let record = PackRecord(
                    path: PathBytes(file.path), line: file.isBatch ? offset + 1 : nil, request: request,
                    images: Array(collector.paths[request.images]))
                summary.count(record)
                output.write(record)
            }
        }
        try output.finish(summary: summary)
        if !running.work.quiet {
            self.walk.reportNothingMatched(collector.images.count + summary.refused + summary.problems)
            Diagnostics.line(summary.line)
        }
        try ExitStatus.of(
            refused: summary.refused > 0 || running.strict && collector.warned > 0,
            failed: summary.problems > 0
        ).end()
    }

    /// Creates the folder, and refuses to overwrite anything without permission before the first byte is
    /// written.
    private func prepareFolder(_ folder: FilePath, for files: [PackedFile]) throws(ConsoleError) {
        try consoleStep { () throws(FileError) in try folder.makeFolders() }
        guard !overwrite else { return }
        for file in files where FileStatus.isTaken(file.path) {
            throw ConsoleError("\(file.path) already exists; --overwrite replaces it")
        }
    }
}
