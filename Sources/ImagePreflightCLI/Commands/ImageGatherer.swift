internal import ImagePreflight
internal import MessageRequests

/// Reads the headers of images and keeps those that the service would take.
struct ImageGatherer: ~Copyable {
    private let destination: Destination
    private let sources: ImageSources
    private var reader = BatchReader()
    var parts = TileParts()
    private(set) var images: [RequestImage] = []
    private(set) var paths: [PathBytes] = []
    private(set) var refused = 0
    private(set) var problems = 0

    init(destination: Destination, sources: ImageSources) {
        self.destination = destination
        self.sources = sources
    }

    mutating func add(_ batch: PathBatch) {
        problems += batch.problems.count
        ProblemList.report(batch.problems)
        for entry in batch.entries {
            let path = batch.path(of: entry)
            // A folder that was prepared holds the manifest, too.
            if parts.isManifest(path) { continue }
            do throws(FileError) {
                let reading = try reader.read(entry, of: batch)
                add(path, reading)
            } catch {
                problem(path, "\(error)")
            }
        }
    }

    private mutating func add(_ path: PathBytes, _ reading: HeaderReading) {
        let subject = ImageSubject(
            header: reading.header, byteCount: reading.byteCount, promisedFormat: path.promisedFormat)
        let errors = assess(subject, for: destination).findings.filter { $0.severity == .error }
        guard errors.isEmpty, let facts = subject.facts else {
            refused += 1
            let reasons = errors.map { "\($0.code.rawValue): \($0.message)" }.joined(separator: "; ")
            Diagnostics.error("\(path.text): left out: \(reasons)")
            return
        }
        guard let source = sources.source(path, byteCount: reading.byteCount, format: facts.format) else {
            return problem(path, "the list of file ids does not hold it")
        }
        images.append(RequestImage(source, size: facts.displaySize, part: parts.part(of: path)))
        paths.append(path)
    }

    private mutating func problem(_ path: PathBytes, _ reason: String) {
        problems += 1
        Diagnostics.error("\(path.text): \(reason)")
    }
}
