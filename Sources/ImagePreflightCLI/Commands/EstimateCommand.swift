internal import PreflightRecords
internal import ArgumentParser
internal import ImagePreflight

struct EstimateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "estimate",
        abstract: "Tokens and cost of images or of sizes, for one model or for all.",
        discussion: """
            A size such as 1920x1080 stands for an image that does not exist yet. Of a PDF the pages are counted, and \
            what they cost as images is an estimate. \
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

    @Flag(name: .long, help: "Estimate for every model that can be used today.")
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
            for total in run.totals { Diagnostics.line(total.line) }
        }
        if control.isStopped { throw ExitStatus.interrupted }
        try ExitStatus.of(refused: run.isRefused, failed: run.isFailed).end()
    }

    /// What is estimated, in the order in which it was named: files that follow one another are one walk.
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
        if allModels { return catalog.models.filter { $0.state != .retired }.map(\.id) }
        return model.isEmpty ? [ModelCatalog.defaultModelID] : model
    }
}

/// Estimates files and sizes, and adds up what they cost.
private struct EstimateRun {
    /// Something to estimate.
    enum Subject {
        case files(Walk)
        case size(PixelSize)
        /// The image of standard input.
        case piped(ImageSubject)
    }

    let destinations: [Destination]
    let isStrict: Bool
    private(set) var totals: [EstimateTotal]
    private(set) var isRefused = false
    private(set) var isFailed = false

    init(destinations: [Destination], isStrict: Bool) {
        self.destinations = destinations
        self.isStrict = isStrict
        totals = destinations.map { EstimateTotal(model: $0.model.id) }
    }

    /// Estimates one subject for every destination.
    ///
    /// - Parameters:
    ///   - subject: a size, or files.
    ///   - workerCount: how many threads read headers.
    ///   - control: tells how far the run is, and stops it.
    ///   - emit: takes the records of some images, those of one image together; false when nobody reads any more.
    /// - Returns: whether somebody still reads.
    mutating func run(
        _ subject: Subject, workerCount: Int, control: RunControl, emit: ([EstimateRecord]) -> Bool
    ) -> Bool {
        let destinations = destinations
        switch subject {
        case .size(let size):
            let records = destinations.map { EstimateRecord(.size(size), destination: $0) }
            count(records)
            return emit(records)
        case .piped(let image):
            let records = destinations.map { EstimateRecord(.file(PipedImage.path, image), destination: $0) }
            count(records)
            return emit(records)
        case .files(let walk):
            var isOpen = true
            HeaderPass(workerCount: workerCount).run(
                walker: walk.begin(), control: control,
                value: { path, reading in
                    let image = ImageSubject(path: path, reading)
                    return destinations.map { EstimateRecord(.file(path, image), destination: $0) }
                },
                emit: { batch in
                    if !batch.problems.isEmpty { isFailed = true }
                    ProblemList.report(batch.problems)
                    for records in batch.values { count(records) }
                    isOpen = emit(batch.values.flatMap { $0 })
                    return isOpen
                })
            return isOpen
        }
    }

    /// Counts what one image costs, in the order of the destinations.
    private mutating func count(_ records: [EstimateRecord]) {
        let least: Severity = isStrict ? .warning : .error
        for (index, record) in records.enumerated() {
            if record.findings.contains(where: { $0.severity >= least }) { isRefused = true }
            totals[index].count(record, destinations[index])
        }
    }
}

extension EstimateRecord: TabularRecord {
    static let columnNames = CodingKeys.allCases.map(\.stringValue)

    static let headings: [Table.Heading] = [
        .path("IMAGE"), .number("SIZE"), .text("MODEL"), .number("SEES"), .number("TOKENS"), .number("COST"),
        .number("PER 1000"), .number("GUIDE TOKENS"), .number("GUIDE COST"), .number("GUIDE PER 1000"),
    ]

    var cells: [String] {
        [
            path?.text ?? size?.description ?? "",
            size?.description ?? documentPages.map { Amounts.count($0, "page") } ?? "", model,
            seen?.size.description ?? verdict.rawValue,
            seen.map { String($0.tokens) } ?? documentTokensEstimate.map { "~\($0)" } ?? "",
            cost?.shortText ?? "", costPerThousand?.centsText ?? "", guideTokens.map { String($0) } ?? "",
            guideCost?.shortText ?? "", guideCostPerThousand?.centsText ?? "",
        ]
    }
}

/// What all images cost with one model.
struct EstimateTotal: Record {
    let model: String
    var images = 0
    var tokens = 0
    var guideTokens = 0
    /// Pages of PDFs that can be sent.
    var documentPages = 0
    /// An estimate of their image part, tokens.
    var documentTokens = 0
    private var costs = CostSum()
    private var guideCosts = CostSum()

    var cost: Cost { costs.cost }
    var guideCost: Cost { guideCosts.cost }

    init(model: String) { self.model = model }

    mutating func count(_ record: EstimateRecord, _ destination: Destination) {
        images += 1
        let seen = record.seen?.tokens ?? 0
        let guide = record.guideTokens ?? 0
        tokens += seen
        guideTokens += guide
        costs += destination.costSum(imageTokens: seen)
        if record.verdict != .rejected, let tokens = record.documentTokensEstimate {
            documentPages += record.documentPages ?? 0
            documentTokens = documentTokens.saturatingAdd(tokens)
            costs += destination.costSum(imageTokens: tokens)
        }
        guideCosts += destination.costSum(imageTokens: guide)
    }

    /// The total as a line for people.
    var line: String {
        let pages =
            documentPages == 0
            ? ""
            : "\(Amounts.count(documentPages, "page")) of PDF (about \(Amounts.count(documentTokens, "token"))), "
        return
            "\(model): \(Amounts.count(images, "image")), \(Amounts.count(tokens, "token")), \(pages)\(cost.shortText) "
            + "(guide: \(Amounts.count(guideTokens, "token")), \(guideCost.shortText)); text is not counted"
    }

    enum CodingKeys: String, CodingKey {
        case model, images, tokens
        case tokensGuide = "tokens_guide"
        case costUSD = "cost_usd"
        case costGuideUSD = "cost_guide_usd"
        case documentPages = "document_pages"
        case documentTokensEstimate = "document_tokens_estimate"
    }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.model, model)
        writer.write(CodingKeys.images, images)
        writer.write(CodingKeys.tokens, tokens)
        writer.write(CodingKeys.tokensGuide, guideTokens)
        writer.write(CodingKeys.costUSD, cost)
        writer.write(CodingKeys.costGuideUSD, guideCost)
        writer.write(CodingKeys.documentPages, documentPages > 0 ? documentPages : nil)
        writer.write(CodingKeys.documentTokensEstimate, documentPages > 0 ? documentTokens : nil)
    }
}

/// The totals of all models.
struct EstimateTotals: Record {
    let totals: [EstimateTotal]

    private enum CodingKeys: String, CodingKey { case models }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.models, records: totals)
    }
}

extension PixelSize {
    /// A size written as `1920x1080` (or with `×` or a capital X); nil for anything else.
    init?(argument: String) {
        let parts = argument.split(omittingEmptySubsequences: false) { "xX×".contains($0) }
        guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]),
            parts.allSatisfy({ $0.allSatisfy(\.isNumber) }), (1...Int(Int32.max)).contains(width),
            (1...Int(Int32.max)).contains(height)
        else { return nil }
        self.init(width: width, height: height)
    }
}
