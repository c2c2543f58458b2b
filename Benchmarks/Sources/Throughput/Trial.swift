internal import Foundation

/// One way of doing a job, ready to run.
struct Contender: Sendable {
    /// `product`, `product-1`, `floor…`, or the ID of a ``Peer``.
    var id: String
    var title: String
    /// The measured command. It does no setup or cleanup itself.
    var command: Command
    /// The same command for one tiny image, whose time is subtracted. Nil keeps the startup time.
    var startUp: Command?
    /// How many images the command works on.
    var imageCount: Int
    /// The bytes of these images.
    var byteCount: Int
    /// The number of rounds it takes part in; nil for all.
    var rounds: Int?
    /// Exit statuses that are not failures.
    var accepted: ClosedRange<Int> = 0...0

    var isProduct: Bool { id.hasPrefix("product") }
    var isFloor: Bool { id.hasPrefix("floor") }
}

/// A contender's results over all its rounds.
struct Outcome: Sendable {
    var contender: Contender
    var measurements: [Measurement] = []
    /// Seconds for one tiny image; 0 if the startup time is kept.
    var startUp = 0.0
    /// CPU seconds for the same.
    var startUpCPU = 0.0
    /// Bytes written; 0 if the job writes nothing.
    var outputBytes = 0
    var outputCount = 0
    /// The extension of most of its pictures.
    var outputExtension: String?
    /// Why it dropped out.
    var failure: String?
    /// The mean and lowest structural similarity of its pictures, and the mean and lowest PSNR in dB.
    var quality: Quality?

    /// The median wall time of a round without startup, seconds. Never below a quarter of it: if
    /// startup is most of a run, its noise would drown out the rest.
    var seconds: Double? {
        guard failure == nil, let wall = measurements.map(\.wall).median else { return nil }
        return max(wall - startUp, wall / 4)
    }

    var imagesPerSecond: Double? { seconds.map { Double(contender.imageCount) / $0 } }
    var megabytesPerSecond: Double? { seconds.map { Double(contender.byteCount) / $0 / 1e6 } }
    /// CPU seconds per image, without startup.
    var cpuPerImage: Double? {
        guard failure == nil, let cpu = measurements.map(\.cpu).median else { return nil }
        return max(cpu - startUpCPU, cpu / 4) / Double(max(contender.imageCount, 1))
    }
    /// The peak memory in any round, MiB: of all processes together, if sampled.
    var peak: Double? { measurements.map { max($0.largestProcess, $0.tree) }.max() }
    /// The distance between fastest and slowest round, as a fraction of the median.
    var spread: Double? {
        let walls = measurements.map(\.wall)
        guard let least = walls.min(), let most = walls.max(), let median = walls.median else { return nil }
        return walls.count > 1 ? (most - least) / median : nil
    }
}

/// Runs contenders against each other: every round runs each of them once, starting with a different one.
struct Trial: Sendable {
    var meter: Meter
    var rounds: Int
    /// Emptied before every run of a command.
    var outFolder: URL?
    var samplesTree = false
    /// Called before every run of a command.
    var willRun: @Sendable (Command) throws -> Void = { _ in }

    /// Runs all rounds.
    ///
    /// - Parameters:
    ///   - contenders: the contenders.
    ///   - afterFirstRound: gets each contender's output folder once, before it is emptied.
    /// - Returns: an outcome for each contender, in order; a failed one has ``Outcome/failure``.
    /// - Throws: ``BenchmarkError``, or an error of the file system.
    func run(
        _ contenders: [Contender], afterFirstRound: (Int, URL) throws -> Void = { _, _ in }
    ) throws -> [Outcome] {
        var outcomes = contenders.map { Outcome(contender: $0) }
        for index in outcomes.indices {
            guard let startUp = contenders[index].startUp else { continue }
            let runs = try (0..<3).map { _ in
                try emptyOutFolder()
                return try meter.run(startUp)
            }
            outcomes[index].startUp = runs.map(\.wall).median ?? 0
            outcomes[index].startUpCPU = runs.map(\.cpu).median ?? 0
        }
        for round in 0..<rounds {
            for step in outcomes.indices {
                let index = (step + round) % outcomes.count
                guard outcomes[index].failure == nil, round < contenders[index].rounds ?? rounds else {
                    continue
                }
                try emptyOutFolder()
                try willRun(contenders[index].command)
                let measurement = try meter.run(contenders[index].command, samplesTree: samplesTree)
                guard contenders[index].accepted.contains(measurement.status) else {
                    outcomes[index].failure =
                        "status \(measurement.status): \(measurement.errors.split(separator: "\n").last ?? "")"
                    Console.say("\(contenders[index].title) failed: \(measurement.errors)")
                    continue
                }
                outcomes[index].measurements.append(measurement)
                if rounds <= 10 {
                    Console.say("round \(round + 1)", contenders[index].title, measurement.wall)
                }
                guard outcomes[index].measurements.count == 1, let outFolder else { continue }
                let written = try ImageSet(name: "", format: "", size: nil, folder: outFolder)
                let images = written.files.filter { ImageExtension.all.contains($0.pathExtension) }
                outcomes[index].outputCount = images.count
                outcomes[index].outputBytes = images.reduce(0) { $0 + $1.byteCount }
                outcomes[index].outputExtension =
                    Dictionary(grouping: images, by: \.pathExtension).max { $0.value.count < $1.value.count }?
                    .key
                if images.count != contenders[index].imageCount {
                    outcomes[index].failure =
                        "wrote \(images.count) of \(contenders[index].imageCount) images"
                    Console.say("\(contenders[index].title): \(measurement.errors)")
                }
                try afterFirstRound(index, outFolder)
            }
        }
        try emptyOutFolder()
        return outcomes
    }

    private func emptyOutFolder() throws {
        guard let outFolder else { return }
        try? FileManager.default.removeItem(at: outFolder)
        try FileManager.default.createDirectory(at: outFolder, withIntermediateDirectories: true)
    }
}

/// Names of image files.
enum ImageExtension {
    static let all: Set<String> = ["jpg", "jpeg", "png", "webp", "gif"]
}

extension URL {
    /// The size of the file in bytes; 0 if it cannot be read.
    var byteCount: Int { (try? resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0 }
}

/// Progress messages on standard error.
enum Console {
    static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    static func say(_ label: String, _ title: String, _ seconds: Double) {
        say("  \(label)  \(Numbers.text(seconds * 1000, 0)) ms  \(title)")
    }
}
