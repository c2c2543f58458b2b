import Foundation
import ImageHeaders
import SystemPackage
import TestSupport
import Testing
import Vips
import VisionRules

@testable import ImagePreflight

@Suite("Decoding in worker processes")
struct DecoderTests {
    private let folder: TemporaryFolder
    private let workers = Preflighter.Decoder.workers(executable: FilePath(FaultyDecoder.path), timeout: 60)

    init() throws { folder = try TemporaryFolder() }

    private func preflighter(_ decoder: Preflighter.Decoder, _ options: PrepareOptions = PrepareOptions())
        throws
        -> Preflighter
    {
        let catalog = ModelCatalog.builtIn
        return Preflighter(
            destination: Destination(
                model: try catalog.model(ModelCatalog.defaultModelID),
                platform: try catalog.platform(ModelCatalog.defaultPlatformID)), options: options,
            decoder: decoder)
    }

    private static let turned = Resources.testdata.appending(
        path: "orientation/jpeg-portrait-6-big-endian.jpg")

    /// A small photo that has to be decoded, under a name.
    private func file(_ name: String) throws -> FilePath {
        FilePath(try folder.write(name, Array(try Data(contentsOf: Self.turned))))
    }

    /// What is wrong with an image; empty if nothing is.
    private func findings(_ body: () throws -> Void) throws -> [String] {
        do {
            try body()
            return []
        } catch let error as PreflightError where error.code == .image {
            return error.findings.map { "\($0.code.rawValue) \($0.message)" }
        }
    }

    @Test("gives the same result for files and bytes as decoding in this process", arguments: [false, true])
    func same(isTiled: Bool) throws {
        var options = PrepareOptions(tiling: isTiled ? Tiling() : nil)
        options.hashesPictures = true
        let (here, there) = (try preflighter(.inProcess, options), try preflighter(workers, options))
        for name in [
            "photos/fruit-2000x2000.jpg", "screenshots/page-1440x4000.png", "formats/png/rgba-8.png",
        ] {
            let url = Resources.testdata.appending(path: name)
            let bytes = Array(try Data(contentsOf: url))
            let one = try here.prepareTiles(bytes: bytes)
            #expect(try there.prepareTiles(bytes: bytes) == one)
            let (_, made) = try there.made(path: FilePath(url.path))
            #expect(made.map { $0.bytes.array } == one.map(\.bytes))
            #expect(made.map(\.preparation.output) == one.map(\.preparation.output))
            #expect(made.map(\.preparation.map) == one.map(\.preparation.map))
            #expect(
                made.first?.preparation.source.perceptualHash == one.first?.preparation.source.perceptualHash)
            #expect(
                try there.inspectDeeply(path: FilePath(url.path))
                    == here.inspectDeeply(path: FilePath(url.path)))
        }
    }

    @Test(
        "a worker that misreports its result is caught, and the next image is prepared",
        arguments: ["size", "format", "hash", "bytes", "count", "finding"])
    func lies(about what: String) throws {
        let preflighter = try preflighter(workers)
        let liar = try file("fault-lie-\(what).jpg")
        let found = try findings { _ = try preflighter.made(path: liar) }
        #expect(found == ["I107 the decoder gave an invalid answer"])
        let honest = try file("honest.jpg")
        #expect(try preflighter.made(path: honest).1.count == 1)
    }

    @Test("an image that crashes its decoder is named, for every way to decode it")
    func crashes() throws {
        var preflighter = try preflighter(workers)
        let crash = try file("fault-crash.jpg")
        // In memory there is no name; a comment after the end of the image requests the fault.
        let bytes = Array(try Data(contentsOf: Self.turned)) + Array("fault-crash".utf8)
        let cache = PreparedCache(folder: FilePath(folder.path + "/cache"))
        let found = try [
            findings { _ = try preflighter.made(path: crash) },
            findings {
                _ = try preflighter.prepare(path: crash) { _ in FilePath(folder.path + "/out.jpg") }
            },
            findings { _ = try preflighter.prepare(bytes: bytes) },
            findings { _ = try cache.entry(for: crash, with: preflighter) },
        ]
        #expect(found == Array(repeating: ["I107 the decoder was killed by SIGABRT"], count: 4))

        let deep = try preflighter.inspectDeeply(path: crash)
        #expect(deep.assessment.verdict == .rejected)
        #expect(deep.assessment.findings.map(\.code).contains(.decoderFailed))
        preflighter.options.hashesPictures = true
        #expect(try preflighter.inspectDeeply(path: crash).perceptualHash == nil)
    }

    @Test("the memory that this process has had in use is not blamed on its workers")
    func memoryOfParent() throws {
        let ours = [UInt8](repeating: 1, count: 256 << 20)
        let options = PrepareOptions(limits: try DecodeLimits(maxMemory: 64 << 20))
        let preflighter = try preflighter(workers, options)
        let crash = try file("fault-crash.jpg")
        let found = try findings { _ = try preflighter.made(path: crash) }
        #expect(found == ["I107 the decoder was killed by SIGABRT"] && ours.last == 1)
    }

    @Test("a server's threads decode in workers")
    func serverThreads() async throws {
        let threads = PreflightPool(workers: 2)
        let preflighter = try preflighter(workers)
        let good = Array(try Data(contentsOf: Self.turned))
        await #expect(throws: PreflightError.self) {
            try await preflighter.prepare(good + Array("fault-crash".utf8), on: threads)
        }
        let image = try await preflighter.prepare(good, on: threads)
        #expect(image.preparation.action == .converted)
    }

    @Test("a program that is not a worker fails the job, not the image")
    func noWorker() throws {
        for program in ["/nowhere/at/all", "/bin/true", "/bin/cat"] {
            let preflighter = try preflighter(.workers(executable: FilePath(program)))
            let path = try file("a.jpg")
            let error = #expect(throws: PreflightError.self) { try preflighter.made(path: path) }
            guard case .noWorker(let reason) = error?.reason else {
                Issue.record("\(program): \(String(describing: error))")
                continue
            }
            #expect(reason.contains(program))
        }
    }

    @Test("a file that differs from what the run examined is answered with “changed”")
    func changed() throws {
        let preflighter = try preflighter(workers)
        let path = try file("a.jpg")
        let source = try ImageSource(path: path)
        let image = try preflighter.inspect(source)
        let plan = try preflighter.plan(image)
        var task = try #require(try preflighter.decodingTask(for: image, plan))
        #expect(throws: Never.self) { _ = try workers.decode(task, of: source) }
        // A header other than the one that was examined.
        task.facts.size.width += 1
        #expect(throws: PreflightError.changed(path)) { _ = try workers.decode(task, of: source) }
        task.facts.size.width -= 1
        // The same bytes in another file.
        try FileManager.default.removeItem(atPath: path.string)
        _ = try file("b.jpg")
        _ = try file("a.jpg")
        #expect(throws: PreflightError.changed(path)) { _ = try workers.decode(task, of: source) }
        // A full preparation looks again.
        #expect(try preflighter.made(path: path).1.count == 1)
    }

    @Test("a task is read as it was written, with every option and any path")
    func coding() throws {
        let catalog = ModelCatalog.builtIn
        for model in catalog.models {
            var preflighter = try preflighter(.inProcess)
            preflighter.destination.model = model
            preflighter.options = PrepareOptions(
                fit: FitOptions(fit: .native, maxEdge: 900, maxMegapixels: 0.1),
                tiling: Tiling(overlap: 5, maxTiles: 6, minAspectRatio: 7), outputFormat: .webp, quality: 33,
                background: PrepareOptions.Color(red: 1, green: 2, blue: 3), isDurable: true)
            preflighter.options.hashesPictures = true
            let image = try preflighter.inspect(path: FilePath(Self.turned.path))
            let task = try #require(try preflighter.decodingTask(for: image, preflighter.plan(image)))
            let path = FilePath(PathBytes([0x2F, 0xFF, 0x22, 0x0A][...]))
            let request = DecodingRequest(id: 7, task, path: path, version: nil)
            let line = try #require(request.line)
            #expect(line.count { $0 == 0x0A } == 1)
            let read = try JSONDecoder().decode(DecodingRequest.self, from: Data(line))
            #expect(read.task == task)
            #expect(read.filePath == path)
        }
    }
}
