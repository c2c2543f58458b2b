import PreflightFiles
import Foundation
import ImageHeaders
import SystemPackage
import TestSupport
import Testing
import Vips
import VisionRules

@testable import ImagePreflight

@Suite struct PreflighterTests {
    private let preflighter: Preflighter

    init() throws {
        let catalog = ModelCatalog.builtIn
        let model = try #require(catalog.models.first { $0.id == "claude-sonnet-5-5" })
        let platform = try #require(catalog.platforms.first { $0.id == "portable" })
        preflighter = Preflighter(destination: Destination(model: model, platform: platform))
    }

    @Test("A photo becomes a JPEG of the guide's size, and its facts match the file")
    func photo() throws {
        let folder = try ScratchFolder()
        let original = try Pictures.file(Pictures.photo(1600, 1200), .jpeg(quality: 90)).array
        let source = try folder.write(original, to: "photo.jpg")
        let result = try preflighter.prepare(path: source) { folder.path.appending("out.\($0.rawValue)") }
        let preparation = result.preparation
        #expect(result.path == folder.path.appending("out.jpeg"))
        #expect(preparation.action == .resized)
        #expect(preparation.output.size == PixelSize(width: 1268, height: 951))
        #expect(preparation.output.assessment.verdict == .accepted)
        #expect(preparation.output.assessment.seen?.isDownsized == false)
        #expect(preparation.encodes == 1)
        #expect(
            preparation.map
                == CoordinateMap(
                    sourceSize: PixelSize(width: 1600, height: 1200), orientation: .up,
                    outputSize: PixelSize(width: 1268, height: 951)))
        let written = try folder.read("out.jpeg")
        #expect(written.count == preparation.output.byteCount)
        #expect(preparation.output.sha256 == Digest.sha256(ImageBytes(copying: written)))
        #expect(preparation.sourceSHA256 == Digest.sha256(ImageBytes(copying: original)))
        #expect(preparation.output.sha256.count == 64)
    }

    @Test("The original is never the output, whichever path or link leads to it")
    func outputIsSource() throws {
        let folder = try ScratchFolder()
        let large = try Pictures.file(Pictures.photo(1600, 1200), .jpeg(quality: 90)).array
        for original in [large, try Pictures.file(Pictures.photo(300, 200), .jpeg(quality: 90)).array] {
            let source = try folder.write(original, to: "photo.jpg")
            let link = folder.path.appending("link.jpg")
            try? FileManager.default.createSymbolicLink(atPath: link.string, withDestinationPath: "photo.jpg")
            for input in [source, link] {
                let output = folder.path.appending(input == source ? "photo.jpg" : "link.jpg")
                #expect(throws: PreflightError.outputIsSource(output)) {
                    try preflighter.prepare(input, into: folder.path, replaces: true)
                }
                #expect(try folder.read("photo.jpg") == original)
            }
        }
    }

    @Test("The SHA-256 matches the standard")
    func digest() {
        #expect(
            Digest.sha256(ImageBytes(copying: Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test(
        "A file that needs no change is copied byte for byte, regardless of its name",
        arguments: [
            "plain.png", "page[1].png", "page[n=-1].png", "with space\nand break.png", "ümlaut.png", "-o.png",
        ])
    func copied(name: String) throws {
        let folder = try ScratchFolder()
        let original = try Pictures.file(Pictures.photo(300, 200)).array
        let source = try folder.write(original, to: name)
        let result = try preflighter.prepare(path: source) { _ in folder.path.appending("copy") }
        #expect(result.preparation.action == .copied)
        #expect(result.preparation.encodes == 0)
        #expect(result.preparation.output.sha256 == result.preparation.sourceSHA256)
        #expect(try folder.read("copy") == original)
    }

    @Test("A name with brackets is only a name, even when the image is decoded")
    func brackets() throws {
        let folder = try ScratchFolder()
        let source = try folder.write(Pictures.file(Pictures.photo(1600, 1600)).array, to: "a[shrink=8].png")
        let result = try preflighter.prepare(path: source) { _ in folder.path.appending("b[1].jpg") }
        #expect(result.preparation.output.size == PixelSize(width: 1092, height: 1092))
        #expect(try folder.names == ["a[shrink=8].png", "b[1].jpg"])
    }

    @Test("Nothing is ever enlarged", arguments: PrepareOptions.OutputFormat.allCases)
    func neverEnlarged(format: PrepareOptions.OutputFormat) throws {
        var preflighter = preflighter
        preflighter.options.outputFormat = format
        let image = try preflighter.prepare(bytes: Pictures.file(Pictures.photo(31, 17)).array)
        #expect(image.preparation.output.size == PixelSize(width: 31, height: 17))
        #expect(image.preparation.output.format == format.format ?? .png)
    }

    @Test(
        "A truncated file that would only be copied is refused",
        arguments: [
            Encoding.jpeg(quality: 90), Pictures.losslessPNG, .losslessWebP(quality: 20, effort: 1),
        ])
    func truncatedCopy(encoding: Encoding) throws {
        let whole = try Pictures.file(Pictures.photo(300, 200), encoding).array
        _ = try preflighter.prepare(bytes: whole)
        // Bytes after the end of the picture do not count as truncation.
        if encoding != .losslessWebP(quality: 20, effort: 1) {
            _ = try preflighter.prepare(bytes: whole + [1, 2, 3, 4, 5])
        }
        let error = #expect(throws: PreflightError.self) {
            _ = try preflighter.prepare(bytes: Array(whole.dropLast(whole.count / 3)))
        }
        guard case .image(let findings) = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(findings.allSatisfy { [.truncatedData, .unreadableImage].contains($0.code) })
        #expect(!findings.isEmpty)
    }

    @Test(
        "A read-only folder is a system error, and nothing is left there",
        .enabled(if: geteuid() != 0, "root may write everywhere"))
    func readOnlyFolder() throws {
        let folder = try ScratchFolder()
        let locked = folder.path.appending("locked")
        try FileManager.default.createDirectory(
            atPath: locked.string, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o500])
        let source = try folder.write(Pictures.file(Pictures.photo(40, 30)).array, to: "a.png")
        let target = locked.appending("a.png")
        let error = #expect(throws: PreflightError.self) {
            _ = try preflighter.prepare(path: source) { _ in target }
        }
        #expect(error == .file(FileError(.create, target, .permissionDenied)))
        #expect(try FileManager.default.contentsOfDirectory(atPath: locked.string).isEmpty)
    }

    @Test(
        "An image that is too large is refused from its header alone, naming the limit",
        arguments: [
            ("bad/hostile/jpeg-65535x65535.jpg", 65_535 * 65_535),
            ("bad/hostile/png-bomb-30000x30000.png", 900_000_000),
        ])
    func tooLarge(name: String, pixels: Int) throws {
        let path = FilePath(Resources.testdata.appending(path: name).path)
        let error = #expect(throws: PreflightError.self) {
            _ = try preflighter.prepare(path: path) { _ in "/nowhere" }
        }
        #expect(error == .overLimit(DecodeLimits.Exceeded(kind: .pixels, measured: pixels, limit: 1 << 28)))
    }

    @Test("The memory of a progressive JPEG is counted; a baseline JPEG needs little")
    func memory() {
        var facts = ImageFacts(format: .jpeg, size: PixelSize(width: 16_000, height: 16_000))
        let target = PixelSize(width: 1092, height: 1092)
        let limits = DecodeLimits.standard
        #expect(limits.exceeded(by: facts, target: target) == nil)
        facts.isInterlaced = true
        #expect(limits.exceeded(by: facts, target: target)?.kind == .memory)
        facts.size = PixelSize(width: .max, height: .max)
        #expect(limits.exceeded(by: facts, target: target)?.kind == .pixels)
        #expect(DecodeLimits.memory(of: facts, target: facts.size) == .max)
    }

    @Test("Inspecting a file or its bytes gives the same result; decoding adds the damage")
    func inspecting() throws {
        let folder = try ScratchFolder()
        let whole = try Pictures.file(Pictures.photo(300, 200), .jpeg(quality: 90)).array
        let path = try folder.write(whole, to: "a.png")
        let image = try preflighter.inspect(path: path)
        #expect(image == preflighter.inspect(bytes: whole, name: "a.png"))
        #expect(image.assessment.findings.map(\.code).contains(.extensionMismatch))
        #expect(image.assessment.verdict == .accepted)
        #expect(try preflighter.inspectDeeply(path: path).assessment.verdict == .accepted)
        let half = try folder.write(Array(whole.prefix(whole.count / 2)), to: "half.jpg")
        #expect(try preflighter.inspect(path: half).assessment.verdict == .accepted)
        let deep = try preflighter.inspectDeeply(path: half)
        #expect(deep.assessment.verdict == .rejected)
        #expect(deep.assessment.findings.map(\.code).contains(.truncatedData))
    }
}
