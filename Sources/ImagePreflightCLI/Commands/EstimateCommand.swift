internal import PreflightRecords
internal import ArgumentParser
internal import ImagePreflight

struct EstimateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "estimate",
        abstract: "Show tokens and cost of images or sizes, for one model or all.",
        discussion: """
            For an image that does not exist yet, give its size, such as 1920x1080. The pages of a PDF are counted, and \
            their cost as images is an estimate. \
            Shows the exact count (patches of 28 px) and the guide's estimate, w*h/750, side by side. Only the \
            image is counted: a request adds 3 tokens for each image (4 before Claude 4.7), and its text.

            EXAMPLES
              image-preflight estimate 200x200 1092x1092 --model claude-3-7-sonnet
              image-preflight estimate photo.jpg --all-models
              image-preflight estimate photos/ --model claude-opus-4-5 --batch
              find . -name '*.png' -print0 | image-preflight estimate --files-from - --null
              image-preflight estimate - < photo.jpg
            """)

    @OptionGroup var walk: WalkArguments

    @Option(
        name: .long, help: ArgumentHelp("A model to estimate for; may be repeated.", valueName: "id"),
        completion: .list(ModelCatalog.builtIn.models.map(\.id)))
    var model: [String] = []

    @Flag(name: .long, help: "Estimate for every model that is available today.")
    var allModels = false

    @OptionGroup var platform: PlatformArguments
    @OptionGroup var terms: TermsArguments
    @OptionGroup var running: RunArguments

    mutating func validate() throws {
        if allModels, !model.isEmpty {
            throw ValidationError("Use either --model or --all-models, not both.")
        }
    }

    func run() throws {
        let catalog = try platform.catalog.load()
        let destinations = try modelIDs(in: catalog).map { id throws(ConsoleError) in
            try platform.destination(model: id, catalog: catalog, terms: terms.terms)
        }
        var run = EstimateRun(destinations: destinations, isStrict: running.strict)
        let format = running.output.resolvedFormat
        var output = RecordOutput<EstimateRecord>(format: format)
        var renderer = FormatRenderer<EstimateRecord>(format: format)
        let control = Interruption.control
        Interruption.catchSignals()
        let subjects = try self.subjects()
        ProgressLine.during(running.work.progressMode, { control.progress }) {
            for subject in subjects where !control.isStopped {
                let isOpen = run.run(subject, workerCount: running.work.workerCount, control: control) {
                    records in
                    for record in records { renderer.append(record) }
                    return output.write(renderer.take())
                }
                if !isOpen { break }
            }
        }
        try output.finish(summary: EstimateTotals(totals: run.totals))
        if !running.work.quiet {
            // The table of one image is its own summary.
            for total in run.totals where format != .table || total.images != 1 {
                Diagnostics.line(total.line)
            }
        }
        if control.isStopped { throw ExitStatus.interrupted }
        try ExitStatus.of(refused: run.isRefused, failed: run.isFailed).end()
    }

    /// The subjects of the estimate, in the order of the arguments: consecutive files are one walk.
    private func subjects() throws(ConsoleError) -> [EstimateRun.Subject] {
        if walk.filesFrom != nil { return [.files(try walk.walk())] }
        if walk.isPiped {
            let bytes = try PipedImage.bytes()
            let reading = HeaderReader.read(bytes: bytes)
            var image = ImageSubject(header: reading.header, byteCount: reading.byteCount)
            if reading.isPDF { image.document = DocumentSubject(PDFReader.read(bytes: bytes)) }
            return [.piped(image)]
        }
        var subjects: [EstimateRun.Subject] = []
        var files: [PathBytes] = []
        func endFiles() {
            guard !files.isEmpty else { return }
            subjects.append(.files(Walk(options: walk.walkerOptions, source: .paths(files))))
            files = []
        }
        for path in walk.paths {
            if let size = PixelSize(argument: path.text) {
                endFiles()
                subjects.append(.size(size))
            } else {
                files.append(path)
            }
        }
        endFiles()
        return subjects
    }

    private func modelIDs(in catalog: ModelCatalog) -> [String] {
        if allModels { return catalog.models.filter { !$0.isRetired }.map(\.id) }
        return model.isEmpty ? [ModelCatalog.defaultModelID] : model
    }
}
