internal import Benchmark
internal import ImageHeaders
internal import VisionRules

// Each iteration does its work a thousand times: one header takes less time than reading the clock.
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
        Benchmark("judgment: \(name)") { benchmark in
            let destination = try Samples.destination()
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations { blackHole(assess(subject, for: destination)) }
        }
    }
}
