internal import ImageHeaders
internal import ImagePreflight
internal import PreflightRecords

/// Estimates files and sizes, and sums up their cost.
struct EstimateRun {
    /// Something to estimate.
    enum Subject {
        case files(Walk)
        case size(PixelSize)
        /// The image from standard input.
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
    ///   - workerCount: the number of threads that read headers.
    ///   - control: reports progress, and stops the run.
    ///   - emit: receives the records of some images, those of one image together; false when the reader is gone.
    /// - Returns: whether there is still a reader.
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
                walker: walk.begin { control.isStopped }, control: control,
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

    /// Adds the cost of one image, in the order of the destinations.
    private mutating func count(_ records: [EstimateRecord]) {
        let least: Finding.Severity = isStrict ? .warning : .error
        for (index, record) in records.enumerated() {
            if record.findings.contains(where: { $0.severity >= least }) { isRefused = true }
            totals[index].count(record, destinations[index])
        }
    }
}
