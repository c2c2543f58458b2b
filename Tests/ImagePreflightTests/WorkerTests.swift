import Foundation
import TestSupport
import Testing
import VisionRules

@testable import ImagePreflight

@Suite("The worker protocol")
struct WorkerTests {
    private static func preflighter() throws -> Preflighter {
        Preflighter(
            destination: Destination(
                model: try ModelCatalog.builtIn.model(ModelCatalog.defaultModelID),
                platform: try ModelCatalog.builtIn.platform(ModelCatalog.defaultPlatformID)))
    }

    @Test("a configured worker has exactly the run's destination and options")
    func configuration() throws {
        let catalog = ModelCatalog.builtIn
        for model in catalog.models {
            for platform in catalog.platforms {
                let destination = Destination(
                    model: model, platform: platform, imagesPerRequest: 30, terms: ServiceTerms(isBatch: true)
                )
                let options = PrepareOptions(
                    fit: FitOptions(fit: .native, maxEdge: 900, maxMegapixels: 0.1),
                    tiling: Tiling(overlap: 5, maxTiles: 6, minAspectRatio: 7), outputFormat: .webp,
                    quality: 33, background: PrepareOptions.Color(red: 1, green: 2, blue: 3),
                    limits: try DecodeLimits(maxPixels: 7, maxMemory: 8, maxFileBytes: 9, maxFrames: 10),
                    isDurable: true)
                let line = try ConfigureTask(destination: destination, options: options).line()
                let task = try JSONDecoder().decode(WorkerTask.self, from: Data(line))
                #expect(task.destination == destination)
                #expect(task.options == options)
            }
        }
    }

    @Test("a task line carries any path exactly, even if it is not UTF-8")
    func paths() throws {
        let path: [UInt8] = [0x2F, 0xFF, 0x22, 0x0A] + Array("é".utf8)
        let base64 = Data(path).base64EncodedString()
        let line = #"{"id":3,"task":"prepare","path":"/…","path_base64":"\#(base64)"}"#
        let task = try JSONDecoder().decode(WorkerTask.self, from: Data(line.utf8))
        #expect(task.path.map { Array($0.bytes) } == path)
        #expect(task.id == 3)
    }

    /// `IMAGE_PREFLIGHT_FUZZ_LINES` requests more than CI has time for.
    private static let lineCount =
        ProcessInfo.processInfo.environment["IMAGE_PREFLIGHT_FUZZ_LINES"].flatMap { Int($0) } ?? 500

    @Test("mutated lines never end a worker: each gets a one-line answer")
    func mutatedLines() throws {
        let image = try Data(contentsOf: Resources.testdata.appending(path: "limits/small/png-8x8.png"))
            .base64EncodedString()
        let seeds = [
            #"{"id":1,"task":"check","path":"/nowhere/a.jpg","deep":true}"#,
            #"{"id":2,"task":"check","name":"a.png","bytes_base64":"\#(image)"}"#,
            #"{"id":3,"task":"prepare","path":"/nowhere/a.jpg","path_base64":"L25vd2hlcmU=","relative_path":"x/../y"}"#,
            #"{"id":4,"task":"prepare","name":"a.png","bytes_base64":"\#(image)","attach":true}"#,
            String(
                decoding: try ConfigureTask(
                    destination: Self.preflighter().destination, options: PrepareOptions()
                )
                .line(), as: UTF8.self),
        ].map { Array($0.utf8) }
        var random = SeededGenerator(seed: 7)
        for index in 0..<Self.lineCount {
            // A mutated configuration must not leak into the next line.
            var worker = Worker(preflighter: try Self.preflighter())
            let line = Mutation.of(seeds[index % seeds.count], with: &random).filter { $0 != 0x0A }
            var writer = JSONFieldWriter()
            writer.appendLine(worker.answer(line[...]).reply)
            let isOneObject = writer.bytes.count { $0 == 0x0A } == 1
            #expect(isOneObject, "\(String(decoding: line, as: UTF8.self))")
            guard (try? JSONSerialization.jsonObject(with: Data(writer.bytes))) is [String: Any] else {
                Issue.record("no JSON for \(String(decoding: line, as: UTF8.self))")
                return
            }
        }
    }
}

/// The task that sets a worker's destination and options.
private struct ConfigureTask: Encodable {
    let task = "configure"
    let destination: Destination
    let options: PrepareOptions

    func line() throws -> [UInt8] { Array(try JSONEncoder().encode(self)) }
}

/// A fixed sequence of numbers (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }
}

/// What happens to bytes in transit: flipped, lost, doubled, cut off.
enum Mutation {
    static func of(_ bytes: [UInt8], with random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let start = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(start + Int.random(in: 1...16, using: &random), bytes.count)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[start] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[start] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.removeSubrange(start..<end)
            case 3: bytes.insert(contentsOf: bytes[start..<end], at: start)
            case 4: bytes.insert(contentsOf: Array("-9223372036854775809".utf8), at: start)
            default: if Bool.random(using: &random) { bytes.removeSubrange(start...) }
            }
        }
        return bytes
    }
}
