import Foundation
import ImageHeaders
import SystemPackage
import TestSupport
import Testing
import Vips
import VisionRules

@testable import ImagePreflight

/// Compares preparing with the test data's own oracle, and runs it on real-world files.
@Suite struct TestDataTests {
    /// The fields of a file in `testdata/expected.jsonl` that are needed here.
    struct Expectation: Decodable {
        var path: String
        var format: String?
        var width: Int?
        var height: Int?
        var orientation: Int?
        var error: String?
        var deep: Bool?
        var mayAlsoBe: String?
        var mayNeedDeep: Bool?
        var corners: String?
        var libvips: String?

        enum CodingKeys: String, CodingKey {
            case path, format, width, height, orientation, error, deep, corners, libvips
            case mayAlsoBe = "may_also_be"
            case mayNeedDeep = "may_need_deep"
        }
    }

    private static let expectations: [Expectation] = {
        guard
            let text = try? String(
                contentsOf: Resources.testdata.appending(path: "expected.jsonl"), encoding: .utf8)
        else { return [] }
        return text.split(separator: "\n").compactMap {
            try? JSONDecoder().decode(Expectation.self, from: Data($0.utf8))
        }
    }()

    private let preflighter: Preflighter

    init() throws {
        let catalog = ModelCatalog.builtIn
        let model = try #require(catalog.models.first { $0.id == "claude-sonnet-5-5" })
        let platform = try #require(catalog.platforms.first { $0.id == "portable" })
        preflighter = Preflighter(destination: Destination(model: model, platform: platform))
    }

    private func prepare(
        _ url: URL, with other: Preflighter? = nil
    ) -> Result<PreparedImage, PreflightError> {
        do throws(PreflightError) {
            let bytes = try ImageSource(path: FilePath(url.path)).bytes(maxBytes: 1 << 30)
            return .success(try (other ?? preflighter).prepare(bytes: bytes.array))
        } catch { return .failure(error) }
    }

    private func isHeaderSound(_ url: URL) -> Bool {
        (try? preflighter.inspect(path: FilePath(url.path)))?.facts != nil
    }

    @Test("The oracle exists")
    func oracle() { #expect(Self.expectations.count > 400) }

    @Test("Every sound file of the test data is prepared to a file that is accepted unchanged")
    func soundFiles() throws {
        for expected in Self.expectations where expected.error == nil || expected.error == "I201" {
            guard !expected.path.hasPrefix("bad/hostile/"), expected.libvips == nil else { continue }
            let url = Resources.testdata.appending(path: expected.path)
            switch prepare(url) {
            case .success(let image):
                let output = image.preparation.output
                #expect(output.assessment.verdict == .accepted, "\(expected.path)")
                #expect(output.size == image.preparation.plan.targetSize, "\(expected.path)")
                if expected.corners == "upright" { try expectCorners(of: image, expected.path) }
            case .failure(let error):
                Issue.record("\(expected.path): \(error)")
            }
        }
    }

    /// Red, green, blue, white: top left, top right, bottom left, bottom right.
    private func expectCorners(of image: PreparedImage, _ path: String) throws {
        let loader = try #require(image.preparation.output.format.decoder)
        guard case .vips(let loader) = loader else {
            Issue.record("\(path): libvips does not read what was written")
            return
        }
        let pixels = try VipsImage(ImageBytes(copying: image.bytes), loader: loader).pixels()
        let (right, bottom) = (pixels.width - 6, pixels.height - 6)
        let corners = [(5, 5), (right, 5), (5, bottom), (right, bottom)]
        let colors = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]
        for ((x, y), color) in zip(corners, colors) {
            let found = Array(Pictures.pixel(pixels, x, y).prefix(3))
            #expect(isNear(found, color, within: 40), "\(path) at \(x),\(y): \(found)")
        }
    }

    /// What the tested libvips was built without, although it has the loader: `heic` for HEVC inside of
    /// HEIF, which some builds leave out because of patents. `make test-newer-libvips` sets this for pip's.
    private static let undecodable = ProcessInfo.processInfo.environment["IMAGE_PREFLIGHT_TEST_WITHOUT"]

    @Test("Formats that cannot be sent are converted if they can be decoded, and refused if not")
    func convertible() throws {
        for expected in Self.expectations where expected.path.hasPrefix("formats/convertible/") {
            let url = Resources.testdata.appending(path: expected.path)
            let format = expected.format.flatMap(ImageFormat.init(rawValue:))
            switch prepare(url) {
            case .success(let image):
                #expect(format?.decoder != nil, "\(expected.path)")
                #expect(image.preparation.output.assessment.verdict == .accepted, "\(expected.path)")
                if expected.corners == "upright" { try expectCorners(of: image, expected.path) }
            case .failure(let error):
                guard case .image(let findings) = error.reason else {
                    Issue.record("\(expected.path): \(error)")
                    continue
                }
                // JPEG 2000 and JPEG XL are decoded only in worker processes, covered by the command's tests.
                if format == .jp2 || format == .jxl || format != nil && format?.rawValue == Self.undecodable {
                    #expect(findings.map(\.code) == [.cannotBeDecodedHere], "\(expected.path): \(findings)")
                    continue
                }
                #expect(format?.decoder == nil || format == .svg, "\(expected.path): \(error)")
                #expect(findings.map(\.code).contains(.unsupportedFormat), "\(expected.path): \(findings)")
            }
        }
    }

    @Test(
        "Every broken file is refused with its code, without a crash; damage in a copy needs a decode",
        arguments: [false, true])
    func brokenFiles(decodesCopies: Bool) throws {
        var preflighter = preflighter
        preflighter.options.decodesCopies = decodesCopies
        for expected in Self.expectations where expected.path.hasPrefix("bad/") {
            guard let code = expected.error, code != "I201", expected.libvips == nil else { continue }
            let url = Resources.testdata.appending(path: expected.path)
            switch prepare(url, with: preflighter) {
            case .success(let image):
                // Convertible, or damaged inside of a file that is copied.
                let isConverted = code == "I101" && image.preparation.action != .copied
                let isDamaged =
                    (expected.deep == true || expected.mayNeedDeep == true)
                    && !expected.path.hasPrefix("bad/truncated/")
                #expect(isConverted || isDamaged && !decodesCopies, "\(expected.path)")
            case .failure(let error):
                guard case .image(let findings) = error.reason else {
                    Issue.record("\(expected.path): \(error)")
                    continue
                }
                var right: Set = [code, expected.mayAlsoBe ?? code, "I103"]
                // If the header reader found nothing wrong, preparing can only find damage.
                if isHeaderSound(url) { right.formUnion(["I106", "I108"]) }
                let codes = Set(findings.map(\.code.rawValue))
                #expect(!codes.isDisjoint(with: right), "\(expected.path): \(codes)")
            }
        }
    }

    @Test(
        "Every real file that can be opened is prepared to an accepted file",
        .enabled(if: Resources.hasShared))
    func corpus() throws {
        let files = FileManager.default.enumerator(
            at: Resources.shared.appending(path: "corpus"), includingPropertiesForKeys: [.isRegularFileKey])
        var prepared = 0
        while let url = files?.nextObject() as? URL {
            guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
            switch prepare(url) {
            case .success(let image):
                #expect(image.preparation.output.assessment.verdict == .accepted, "\(url.lastPathComponent)")
                #expect(image.preparation.output.size.longEdge <= 1568)
                prepared += 1
            case .failure(let error):
                switch error.reason {
                case .image(let findings): #expect(!findings.isEmpty, "\(url.lastPathComponent)")
                case .overLimit: break
                default: Issue.record("\(url.lastPathComponent): \(error)")
                }
            }
        }
        #expect(prepared > 50)
    }
}
