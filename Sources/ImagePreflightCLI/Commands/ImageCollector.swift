internal import PreflightRecords
internal import ImagePreflight
internal import MessageRequests

/// Reads the headers of images and collects those that the service would accept.
struct ImageCollector {
    private let destination: Destination
    private let sources: ImageSources
    var parts = TileParts()
    private(set) var images: [RequestImage] = []
    private(set) var paths: [PathBytes] = []
    private(set) var refused = 0
    private(set) var problems = 0
    /// Images that are accepted, but have a warning.
    private(set) var warned = 0

    init(destination: Destination, sources: ImageSources) {
        self.destination = destination
        self.sources = sources
    }

    /// Adds the files of a walk.
    ///
    /// - Parameters:
    ///   - walker: the files.
    ///   - workerCount: the number of threads that read headers.
    ///   - control: reports progress, and stops it.
    mutating func add(_ walker: FolderWalker, workerCount: Int, control: RunControl) {
        HeaderPass(workerCount: workerCount).run(
            walker: walker, control: control, value: { ($0, $1) },
            emit: { batch in
                problems += batch.problems.count
                ProblemList.report(batch.problems)
                for (path, reading) in batch.values { add(path, reading) }
                return true
            })
    }

    private mutating func add(_ path: PathBytes, _ reading: HeaderReading) {
        let subject = ImageSubject(path: path, reading)
        if let document = subject.document, let pages = document.pages,
            document.isTaken(byteCount: subject.byteCount, by: destination)
        {
            guard let source = sources.source(path, byteCount: reading.byteCount, format: .pdf) else {
                return problem(path, "it is not in the list of file IDs")
            }
            images.append(RequestImage(source, documentPages: pages))
            paths.append(path)
            return
        }
        let findings = assess(subject, for: destination).findings
        let errors = findings.filter { $0.severity == .error }
        guard errors.isEmpty, let facts = subject.facts else {
            refused += 1
            let reasons = errors.map { "\($0.code.rawValue): \($0.message)" }.joined(separator: "; ")
            Diagnostics.error("\(path.text): left out: \(reasons)")
            return
        }
        guard let source = sources.source(path, byteCount: reading.byteCount, format: facts.format) else {
            return problem(path, "it is not in the list of file IDs")
        }
        if findings.contains(where: { $0.severity == .warning }) { warned += 1 }
        images.append(RequestImage(source, size: facts.displaySize, part: parts.part(of: path)))
        paths.append(path)
    }

    private mutating func problem(_ path: PathBytes, _ reason: String) {
        problems += 1
        Diagnostics.error("\(path.text): \(reason)")
    }
}
