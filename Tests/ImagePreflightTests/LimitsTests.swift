import Foundation
import ImageHeaders
import SystemPackage
import TestSupport
import Testing
import Vips
import VisionRules

@testable import ImagePreflight

@Suite("Limits of decoding")
struct DecodeLimitsTests {
    private let target = PixelSize(width: 100, height: 100)

    @Test("a limit that would reject everything is an error that names it, not a crash")
    func nonsense() throws {
        #expect(throws: PreflightError(.invalidLimit(0, of: "px", least: 1))) {
            try DecodeLimits(maxPixels: 0)
        }
        #expect(throws: PreflightError(.invalidLimit(-1, of: "bytes of memory", least: 1))) {
            try DecodeLimits(maxMemory: -1)
        }
        #expect(throws: PreflightError.self) { try DecodeLimits(maxFileBytes: .min) }
        #expect(throws: PreflightError.self) { try DecodeLimits(maxFrames: 0) }
        #expect(throws: PreflightError.self) { try DecodeLimits(maxPixelsPerByte: 0) }
        #expect(throws: PreflightError.self) { try DecodeLimits(maxProfileBytes: -1) }
        #expect(throws: PreflightError.self) { try DecodeLimits(maxMetadataBytes: -1) }
        #expect(try DecodeLimits() == .standard)
        #expect(
            "\(PreflightError(.invalidLimit(0, of: "px", least: 1)))"
                == "a limit of 0 px would reject every image: at least 1 is needed")
    }

    @Test("limits survive encoding, and invalid encoded values are refused")
    func coding() throws {
        let limits = try DecodeLimits(
            maxPixels: 1, maxMemory: 2, maxFileBytes: 3, maxFrames: 4, maxPixelsPerByte: 5,
            maxProfileBytes: 6, maxMetadataBytes: 7, maxScans: 8, maxPackedTextBytes: 9)
        let json = try JSONEncoder().encode(limits)
        #expect(try JSONDecoder().decode(DecodeLimits.self, from: json) == limits)
        #expect(try JSONDecoder().decode(DecodeLimits.self, from: Data("{}".utf8)) == .standard)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(DecodeLimits.self, from: Data(#"{"max_pixels":-5}"#.utf8))
        }
    }

    @Test(
        "a limit allows exactly its value, and not one more",
        arguments: [
            .pixels, .memory, .frames, .ratio, .scans, .fileBytes, .profileBytes, .metadataBytes,
            .packedTextBytes,
        ] as [DecodeLimits.Exceeded.Kind])
    func edges(kind: DecodeLimits.Exceeded.Kind) throws {
        let size = PixelSize(width: 8192, height: 4097)
        let facts = ImageFacts(format: .gif, size: size)
        let gif = try Data(contentsOf: Resources.testdata.appending(path: "formats/gif/animated-5.gif"))
        let memory = DecodeLimits.memory(of: facts, target: target, byteCount: 1000)
        let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE1, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xDA]
        let profile = [0xFF, 0xD8, 0xFF, 0xE2, 0, 15] + Array("ICC_PROFILE\0".utf8) + [1, 0xFF, 0xDA]
        let progressive = try Data(
            contentsOf: Resources.testdata.appending(path: "formats/jpeg/progressive.jpg"))
        // A zTXt chunk of 12 bytes plus 5, and another after the picture.
        let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        let text: [UInt8] = [0, 0, 0, 5] + Array("zTXt".utf8) + [0x61, 0, 0, 1, 2, 0, 0, 0, 0]
        let picture: [UInt8] = [0, 0, 0, 0] + Array("IDAT".utf8) + [0, 0, 0, 0]
        let packed = signature + text + picture + text
        func exceeded(_ limits: DecodeLimits) -> DecodeLimits.Exceeded? {
            switch kind {
            case .pixels, .memory, .fileBytes, .ratio:
                limits.exceeded(by: facts, target: target, byteCount: 1000)
            case .frames: gif.withUnsafeBytes { limits.exceeded(by: $0, format: .gif) }
            case .profileBytes: profile.withUnsafeBytes { limits.exceeded(by: $0, format: .jpeg) }
            case .metadataBytes: jpeg.withUnsafeBytes { limits.exceeded(by: $0, format: .jpeg) }
            case .scans: progressive.withUnsafeBytes { limits.exceeded(by: $0, format: .jpeg) }
            case .packedTextBytes: packed.withUnsafeBytes { limits.exceeded(by: $0, format: .png) }
            default: nil
            }
        }
        func limits(_ value: Int) throws -> DecodeLimits {
            switch kind {
            case .pixels: try DecodeLimits(maxPixels: value, maxPixelsPerByte: .max)
            case .memory: try DecodeLimits(maxMemory: value, maxPixelsPerByte: .max)
            case .fileBytes: try DecodeLimits(maxFileBytes: value, maxPixelsPerByte: .max)
            case .ratio: try DecodeLimits(maxPixelsPerByte: value)
            case .frames: try DecodeLimits(maxFrames: value)
            case .profileBytes: try DecodeLimits(maxProfileBytes: value)
            case .metadataBytes: try DecodeLimits(maxMetadataBytes: value)
            case .scans: try DecodeLimits(maxScans: value)
            case .packedTextBytes: try DecodeLimits(maxPackedTextBytes: value)
            default: .standard
            }
        }
        let measured =
            [
                .pixels: size.pixelCount, .memory: memory, .fileBytes: 1000, .frames: 5,
                .ratio: size.pixelCount / 1000, .profileBytes: 17, .metadataBytes: 11,
                .scans: progressive.indices.dropLast().count {
                    progressive[$0] == 0xFF && progressive[$0 + 1] == 0xDA
                }, .packedTextBytes: 34,
            ][kind] ?? 0
        #expect(try exceeded(limits(measured)) == nil)
        let refusal = try exceeded(limits(measured - 1))
        #expect(refusal == DecodeLimits.Exceeded(kind: kind, measured: measured, limit: measured - 1))
        #expect(refusal?.description.contains("over the limit of \(measured - 1)") == true)
    }

    @Test("sizes that overflow are over every limit, and small images may be of one color")
    func extremes() {
        let limits = DecodeLimits.standard
        var facts = ImageFacts(format: .png, size: PixelSize(width: .max, height: .max))
        #expect(limits.exceeded(by: facts, target: target, byteCount: 1)?.kind == .pixels)
        facts.size = PixelSize(width: 4000, height: 3000)
        #expect(limits.exceeded(by: facts, target: target, byteCount: 34) == nil)
        facts.size = PixelSize(width: 16_384, height: 16_384)
        #expect(limits.exceeded(by: facts, target: target, byteCount: 34)?.kind == .ratio)
    }

    @Test("a profile that decompresses to more than the limit is refused before it is used")
    func packedProfile() throws {
        // Compressed, it has 250 bytes.
        let path = FilePath(Resources.testdata.appending(path: "formats/png/iccp-display-p3.png").path)
        let catalog = ModelCatalog.builtIn
        var preflighter = Preflighter(
            destination: Destination(
                model: try catalog.model(ModelCatalog.defaultModelID),
                platform: try catalog.platform(ModelCatalog.defaultPlatformID)))
        preflighter.options.outputFormat = .jpeg
        preflighter.options.limits = try DecodeLimits(maxProfileBytes: 507)
        let refused = DecodeLimits.Exceeded(kind: .profileBytes, measured: 508, limit: 507)
        #expect(throws: PreflightError.overLimit(refused)) { try preflighter.made(path: path) }
        preflighter.options.limits = try DecodeLimits(maxProfileBytes: 508)
        #expect(throws: Never.self) { try preflighter.made(path: path) }
    }
}

@Suite("Files that change while they are read")
struct ChangingFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(
        "a file that is written to during the read is an error that says so",
        arguments: ["same size", "longer", "shorter"])
    func changed(how: String) throws {
        let path = try folder.write("a.jpg", Array(repeating: UInt8(1), count: 100))
        // Long ago, so that the file system's clock has moved on.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: path)
        let file = FilePath(path)
        #expect(throws: PreflightError.changed(file)) {
            try ImageSource(path: file).bytes(maxBytes: 1000) {
                let count = ["same size": 100, "longer": 101][how] ?? 99
                guard let descriptor = try? FileDescriptor.open(file, .writeOnly, options: .truncate) else {
                    return
                }
                _ = try? descriptor.writeAll(Array(repeating: UInt8(2), count: count))
                try? descriptor.close()
            }
        }
        #expect(try ImageSource(path: file).bytes(maxBytes: 1000).array.allSatisfy { $0 == 2 })
    }

    @Test("a file that is replaced during the read is still read whole")
    func replaced() throws {
        let file = FilePath(try folder.write("a.jpg", [1, 2, 3]))
        let bytes = try ImageSource(path: file).bytes(maxBytes: 10) {
            _ = try? folder.write("b.jpg", [4, 5, 6, 7])
            _ = rename(folder.path + "/b.jpg", folder.path + "/a.jpg")
        }
        #expect(bytes.array == [1, 2, 3])
    }

    @Test("a copy that shares blocks is kept only if it holds the checked bytes")
    func sharedBlocks() throws {
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let file = try FileDescriptor.open(FilePath(try folder.write("a", bytes)), .readOnly)
        defer { try? file.close() }
        func holds(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { OutputWriter.holds(file, $0) } }
        #expect(holds(bytes))
        #expect(!holds(Array(bytes.dropLast())))
        #expect(!holds(bytes + [0]))
        var other = bytes
        other[199_999] ^= 1
        #expect(!holds(other))
    }

    @Test("files that are gone by their turn are separate problems, and the others are prepared")
    func vanished() throws {
        let source = try Data(
            contentsOf: Resources.testdata.appending(path: "orientation/jpeg-portrait-6-big-endian.jpg"))
        for index in 0..<4 { try folder.write("in/\(index).jpg", source) }
        var walker = FolderWalker(
            roots: ArgumentRoots([PathBytes(folder.path + "/in")]), options: .init(marksClashes: true))
        // The folder has been listed by the time the first file is handed out.
        _ = walker.next(limit: 1)
        for index in [1, 3] { try FileManager.default.removeItem(atPath: "\(folder.path)/in/\(index).jpg") }
        let catalog = ModelCatalog.builtIn
        let run = PrepareRun(
            preflighter: Preflighter(
                destination: Destination(
                    model: try catalog.model(ModelCatalog.defaultModelID),
                    platform: try catalog.platform(ModelCatalog.defaultPlatformID))),
            outputFolder: FilePath(folder.path + "/out"), workerCount: 2)
        var problems: [PathBatch.Problem] = []
        let summary = run.run(
            walker: walker, control: RunControl(), makeRenderer: { NDJSONRenderer<ManifestRow>() }
        ) { item in
            problems += item.problems
            return true
        }
        #expect(summary.images == 3)
        #expect(problems.map { String(decoding: $0.path.fileName, as: UTF8.self) } == ["1.jpg", "3.jpg"])
        #expect(problems.allSatisfy { $0.reason.contains("no such file") })
        #expect(try folder.files().filter { $0.hasPrefix("out/") } == ["out/2.jpg"])
    }
}
