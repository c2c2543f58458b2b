package import PreflightRecords
public import ImageHeaders
public import VisionRules

/// Reports what the service would answer to requests of the Messages API, without sending them.
///
/// ```swift
/// let linter = try RequestLinter()
/// let report = try linter.lint(path: "request.json")
/// for image in report.images {
///     for finding in image.findings { print(image.pointer, finding) }
/// }
/// ```
///
/// It reads a request, an array of requests, a batch (`{"requests": […]}` or JSONL), bodies for Amazon
/// Bedrock and Google Cloud, Bedrock's Converse, and logs of agents (JSONL with a `message` in each line; the
/// messages that the agent would send again are judged as one request).
public struct RequestLinter: Sendable {
    /// How requests are judged.
    public let options: LintOptions
    let resolver: DestinationResolver

    /// A linter.
    ///
    /// - Parameter options: how requests are judged.
    /// - Throws: a model, platform or rule that does not exist.
    public init(options: LintOptions = LintOptions()) throws(RequestError) {
        self.options = options
        for text in options.select + options.ignore {
            let isRule = Rule.all.contains {
                $0.code.rawValue.hasPrefix(text.uppercased()) || $0.name == text
            }
            guard isRule, !text.isEmpty else { throw RequestError(.unknownRule(text)) }
        }
        if let date = options.date, !ModelCatalog.isDate(date) { throw RequestError(.invalidDate(date)) }
        resolver = try DestinationResolver(options)
    }

    /// Lints a text in memory and reports events as it goes.
    ///
    /// - Parameters:
    ///   - bytes: the text; it is not copied.
    ///   - file: the name for the records.
    ///   - body: receives every event.
    package func lint(
        bytes: UnsafeRawBufferPointer, file: PathBytes? = nil, _ body: (LintEvent) -> Void
    ) {
        // Reading memory cannot fail.
        try? lint(TextFeed(memory: bytes), file: file, body)
    }

    /// Lints a file and reports events as it goes.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - body: receives every event.
    /// - Throws: when the file cannot be read.
    package func lint(path: String, _ body: (LintEvent) -> Void) throws(FileError) {
        try lint(path: PathBytes(path), body)
    }

    /// Lints a file and reports events as it goes.
    ///
    /// A single request is held in memory once; for JSONL only the current lines, and the ids of a batch. For
    /// an agent's log, about a hundred bytes are also kept for each line, and a few hundred more for each image,
    /// until the file ends: only then is it known which lines the agent would send again. A line that is not
    /// JSON is not held as a whole, nor is one that is longer than any body may be.
    ///
    /// - Parameters:
    ///   - path: the file; its name need not be UTF-8.
    ///   - body: receives every event.
    /// - Throws: when the file cannot be read.
    package func lint(path: PathBytes, _ body: (LintEvent) -> Void) throws(FileError) {
        let file = try RequestFile(path: path)
        try lint(TextFeed(descriptor: file.descriptor), file: path, body)
    }

    /// Lints the contents of an open file, pipe or socket.
    ///
    /// - Parameters:
    ///   - fileDescriptor: open for reading; it stays open.
    ///   - file: the name for the records.
    ///   - body: receives every event.
    /// - Throws: when it cannot be read.
    package func lint(
        fileDescriptor: Int32, file: PathBytes? = nil, _ body: (LintEvent) -> Void
    ) throws(FileError) {
        try lint(TextFeed(descriptor: fileDescriptor), file: file, body)
    }

    /// Lints a text in memory.
    ///
    /// - Parameter bytes: the text.
    /// - Returns: the report.
    public func lint(bytes: some Collection<UInt8>) -> LintReport {
        let report = bytes.withContiguousStorageIfAvailable { lint(bytes: UnsafeRawBufferPointer($0)) }
        return report ?? Array(bytes).withUnsafeBytes { lint(bytes: $0) }
    }

    /// Lints a text in memory.
    ///
    /// - Parameter bytes: the text; it is not copied.
    /// - Returns: the report.
    public func lint(bytes: UnsafeRawBufferPointer) -> LintReport {
        var collector = ReportCollector()
        lint(bytes: bytes) { collector.add($0) }
        return collector.report
    }

    /// Lints a file.
    ///
    /// - Parameter path: the file.
    /// - Returns: the report.
    /// - Throws: when the file cannot be read.
    public func lint(path: String) throws(FileError) -> LintReport {
        try lint(path: PathBytes(path))
    }

    /// Lints a file.
    ///
    /// - Parameter path: the file; its name need not be UTF-8.
    /// - Returns: the report.
    /// - Throws: when the file cannot be read.
    package func lint(path: PathBytes) throws(FileError) -> LintReport {
        var collector = ReportCollector()
        try lint(path: path) { collector.add($0) }
        return collector.report
    }

    /// Whether findings make a run fail: an error, or a warning if the options are strict.
    ///
    /// - Parameter findings: what was reported.
    /// - Returns: whether one of them is a failure.
    public func isFailure(_ findings: [Finding]) -> Bool {
        let least: Finding.Severity = options.isStrict ? .warning : .error
        return findings.contains { $0.severity >= least }
    }

    private func lint(
        _ feed: consuming TextFeed, file: PathBytes?, _ body: (LintEvent) -> Void
    ) throws(FileError) {
        try run(feed, file: file) { event, _ in body(event) }
    }

    /// Lints, and passes the blocks along with the events.
    func run(_ feed: consuming TextFeed, file: PathBytes?, _ body: LintOutput) throws(FileError) {
        var run = LintRun(self, file: file)
        var reader = DocumentReader(feed, maxTextBytes: options.maxTextBytes)
        try reader.begin()
        // The first line shows whether there are more. It is scanned only once, and its result is reused.
        if let first = try reader.firstLine(), !first.isTooLong, let scanned = ScannedText(line: first) {
            run.take(scanned, of: first, body)
            try reader.pass(first)
            while let line = try reader.nextLine() {
                run.scan(line, body)
                try reader.pass(line)
            }
        } else {
            run.scan(try reader.document(), body)
            try reader.passAll()
        }
        run.finish(reader.facts, body)
    }
}

/// Collects events into a report.
private struct ReportCollector {
    private var images: [LintReport.Image] = []
    private var requests: [LintReport.Request] = []
    private var file = LintReport.File(
        bytes: 0, requests: 0, images: 0, imageTokens: 0, cost: .zero, errors: 0, warnings: 0,
        noteFindings: 0, findings: [], notes: [])

    mutating func add(_ event: LintEvent) {
        switch event {
        case .image(let image): images.append(image)
        case .request(let request): requests.append(request)
        case .file(let file): self.file = file
        }
    }

    var report: LintReport { LintReport(images: images, requests: requests, file: file) }
}
