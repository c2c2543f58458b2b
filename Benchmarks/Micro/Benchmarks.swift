internal import Benchmark
internal import ImageHeaders
internal import VisionRules

// Each iteration does its work a thousand times: one header takes less than reading the clock.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput], scalingFactor: .kilo, maxDuration: .seconds(1))

    for (name, path) in Samples.headers {
        Benchmark("header from bytes: \(name)") { benchmark in
            let file = try Samples.bytes(path)
            benchmark.startMeasurement()
            file.withUnsafeBytes { bytes in
                for _ in benchmark.scaledIterations { blackHole(HeaderReader.read(bytes: bytes)) }
            }
        }
    }

    Benchmark("header from a file, warm: open, pread, close and parse") { benchmark in
        var reader = HeaderReader()
        let path = Samples.path("formats/jpeg/baseline-420.jpg")
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(try reader.read(path: path)) }
    }

    for (name, subject) in [("a clean image", Samples.cleanSubject), ("findings", Samples.troubledSubject)] {
        Benchmark("rules: \(name)") { benchmark in
            let destination = try Samples.destination()
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations { blackHole(assess(subject, for: destination)) }
        }
    }

    Benchmark("seen size: 4032×3024, standard tier") { benchmark in
        let size = PixelSize(width: 4032, height: 3024)
        for _ in benchmark.scaledIterations { blackHole(SeenSize(of: size, tier: .standard)) }
    }

    Benchmark("visual tokens") { benchmark in
        let size = PixelSize(width: 1270, height: 952)
        for _ in benchmark.scaledIterations { blackHole(VisualTokens.count(size)) }
    }

    for (name, subject) in [("a clean image", Samples.cleanSubject), ("findings", Samples.troubledSubject)] {
        Benchmark("NDJSON row: \(name)") { benchmark in
            let destination = try Samples.destination()
            let record = ImageRecord(
                path: PathBytes("photos/2026/image-0001.jpg"), subject: subject,
                assessment: assess(subject, for: destination), destination: destination)
            var writer = JSONFieldWriter(capacity: 4096)
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations {
                writer.removeAll()
                writer.appendLine(record)
            }
            blackHole(writer.bytes)
        }
    }
}
