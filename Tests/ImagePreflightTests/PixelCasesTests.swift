import Foundation
import ImageHeaders
import SystemPackage
import TestSupport
import Testing
import Vips
import VisionRules

@testable import ImagePreflight

/// The files of `testdata/pixels` and `testdata/cases`. Their `expected.jsonl` gives colors of the converted
/// image at some points, or the finding that refuses it.
@Suite struct PixelCasesTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let folder: String
        let path: String
        let size: [Int]?
        let tolerance: Int?
        let points: [Point]?
        let refused: String?
        let says: String?
        let needs: String?
        let check: [String]?
        let frames: Int?
        let orientation: Int?

        var testDescription: String { "\(folder)/\(path)" }

        /// `[x, y, [red, green, blue]]`, with alpha where it matters.
        struct Point: Decodable, Sendable {
            let x: Int
            let y: Int
            let color: [Int]

            init(from decoder: any Swift.Decoder) throws {
                var values = try decoder.unkeyedContainer()
                x = try values.decode(Int.self)
                y = try values.decode(Int.self)
                color = try values.decode([Int].self)
            }
        }

        enum CodingKeys: CodingKey {
            case path, size, tolerance, points, refused, says, needs, check, frames, orientation
        }

        init(from decoder: any Swift.Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            folder = decoder.userInfo[.folder] as? String ?? ""
            path = try values.decode(String.self, forKey: .path)
            size = try values.decodeIfPresent([Int].self, forKey: .size)
            tolerance = try values.decodeIfPresent(Int.self, forKey: .tolerance)
            points = try values.decodeIfPresent([Point].self, forKey: .points)
            refused = try values.decodeIfPresent(String.self, forKey: .refused)
            says = try values.decodeIfPresent(String.self, forKey: .says)
            needs = try values.decodeIfPresent(String.self, forKey: .needs)
            check = try values.decodeIfPresent([String].self, forKey: .check)
            frames = try values.decodeIfPresent(Int.self, forKey: .frames)
            orientation = try values.decodeIfPresent(Int.self, forKey: .orientation)
        }

        var bytes: [UInt8] {
            get throws {
                Array(try Data(contentsOf: Resources.testdata.appending(path: "\(folder)/\(path)")))
            }
        }

        static func all(_ folder: String, in file: URL? = nil) -> [Case] {
            let decoder = JSONDecoder()
            decoder.userInfo[.folder] = folder
            let file = file ?? Resources.testdata.appending(path: "\(folder)/expected.jsonl")
            let lines = (try? String(contentsOf: file, encoding: .utf8))?.split(separator: "\n") ?? []
            return lines.compactMap { line in
                do { return try decoder.decode(Case.self, from: Data(line.utf8)) } catch {
                    Issue.record("\(folder): \(error) in \(line)")
                    return nil
                }
            }
        }
    }

    static let cases = Case.all("pixels") + Case.all("cases")
    /// What Pillow and lcms showed on white, recorded by `Tests/Pixels/compare.py --record`.
    static let recorded = ["formats", "orientation"].flatMap { folder in
        Case.all(folder, in: Resources.packageRoot.appending(path: "Tests/Pixels/recorded/\(folder).jsonl"))
    }

    private let preflighter: Preflighter

    init() throws {
        let catalog = ModelCatalog.builtIn
        let model = try #require(catalog.models.first { $0.id == "claude-sonnet-5-5" })
        let platform = try #require(catalog.platforms.first { $0.id == "portable" })
        preflighter = Preflighter(destination: Destination(model: model, platform: platform))
    }

    /// The pixels that a file becomes, or the finding that refuses it.
    private func outcome(
        _ bytes: [UInt8], options: PrepareOptions = PrepareOptions(outputFormat: .png)
    ) throws -> Result<(PixelBuffer, ImageFormat), Refusal> {
        var preflighter = self.preflighter
        preflighter.options = options
        // A file without a reason to change is copied with its colors: only a conversion shows them.
        if options.outputFormat == .png, bytes.starts(with: [0x89, 0x50]) {
            preflighter.options.outputFormat = .webp
        }
        do {
            let image = try preflighter.prepare(bytes: bytes)
            let format = image.preparation.output.format
            let loader: Loader =
                format == .png ? .png : format == .jpeg ? .jpeg : format == .webp ? .webp : .gif
            let pixels = try VipsImage(ImageBytes(copying: image.bytes), loader: loader)
                .convertedToSRGB(honorsProfile: false).pixels()
            return .success((pixels, format))
        } catch let error as PreflightError where error.code == .image {
            return .failure(Refusal(findings: error.findings))
        }
    }

    private struct Refusal: Error {
        let findings: [Finding]
    }

    @Test("Every case has an expectation, and every expectation has a file")
    func complete() throws {
        #expect(Self.cases.count > 60)
        for folder in ["pixels", "cases"] {
            let root = Resources.testdata.appending(path: folder)
            let files = try #require(FileManager.default.subpaths(atPath: root.path))
                .filter { !$0.hasSuffix(".jsonl") && !$0.hasSuffix(".md") && $0.contains(".") }
            #expect(Set(files) == Set(Self.cases.filter { $0.folder == folder }.map(\.path)))
        }
    }

    @Test("An image is converted to the colors it shows, or refused with the right finding", arguments: cases)
    func pixels(_ expected: Case) throws {
        switch try outcome(expected.bytes) {
        case .failure(let refusal):
            let isMissing = expected.needs == "libtiff" && !DirectCodecs.hasTIFF
            let code = isMissing ? "I108" : expected.refused
            let sentence = refusal.findings.map(\.message).joined(separator: "; ")
            #expect(refusal.findings.map(\.code.rawValue) == [code ?? "none"], "\(sentence)")
            if let says = expected.says { #expect(sentence.contains(says), "\(sentence)") }
        case .success((let pixels, _)):
            #expect(expected.refused == nil)
            let size = try #require(expected.size)
            #expect([pixels.width, pixels.height] == size)
            for point in expected.points ?? [] {
                var color = Pictures.pixel(pixels, point.x, point.y)
                let alpha = pixels.hasAlpha ? color.removeLast() : 255
                if color.count == 1 { color = [color[0], color[0], color[0]] }
                if point.color.count == 4 { #expect(alpha == point.color[3], "\(point)") }
                guard alpha > 0 else { continue }
                let expectedColor = Array(point.color.prefix(3))
                #expect(
                    isNear(color, expectedColor, within: expected.tolerance ?? 2),
                    "\(color) at \(point.x), \(point.y), not \(expectedColor)")
            }
        }
    }

    @Test("The header alone shows what is wrong with a file", arguments: cases.filter { $0.check != nil })
    func header(_ expected: Case) throws {
        let checked = preflighter.inspect(bytes: try expected.bytes, name: expected.path)
        #expect(checked.findings.map(\.code.rawValue) == expected.check)
        if let frames = expected.frames { #expect(checked.facts?.frames == frames) }
        if let orientation = expected.orientation {
            #expect(checked.facts?.orientation.rawValue == orientation)
        }
    }

    @Test("A converted image matches Pillow and lcms, upright and on white", arguments: recorded)
    func referee(_ expected: Case) throws {
        let bytes = try expected.bytes
        // As recorded: a PNG without a reason to change is copied, unless it becomes a JPEG.
        let isPNG = bytes.starts(with: [0x89, 0x50])
        var preflighter = self.preflighter
        preflighter.options = PrepareOptions(
            fit: FitOptions(fit: .limits), outputFormat: isPNG ? .jpeg : .png, quality: isPNG ? 100 : 85,
            background: .white)
        let image = try preflighter.prepare(bytes: bytes)
        let pixels = try VipsImage(ImageBytes(copying: image.bytes), loader: isPNG ? .jpeg : .png)
            .convertedToSRGB(honorsProfile: false).pixels()
        try #require([pixels.width, pixels.height] == expected.size)
        for point in try #require(expected.points) {
            var color = Pictures.pixel(pixels, point.x, point.y)
            if color.count == 1 { color = [color[0], color[0], color[0]] }
            #expect(
                isNear(color, point.color, within: expected.tolerance ?? 2),
                "\(color) at \(point.x), \(point.y), not \(point.color)")
        }
    }

    @Test("Most files have recorded values")
    func refereeIsThere() { #expect(Self.recorded.count > 150) }

    @Test(
        "An explicit background flattens in every output format",
        arguments: [PrepareOptions.OutputFormat.auto, .png, .webp, .jpeg])
    func background(_ format: PrepareOptions.OutputFormat) throws {
        let options = PrepareOptions(
            outputFormat: format, background: PrepareOptions.Color(red: 10, green: 120, blue: 240))
        let uncovered = Self.cases.filter { $0.points?.contains { $0.color == [0, 0, 0, 0] } == true }
        #expect(uncovered.count > 10)
        for expected in uncovered {
            let (pixels, _) = try outcome(expected.bytes, options: options).get()
            #expect(!pixels.hasAlpha, "\(expected)")
            for point in expected.points ?? [] where point.color == [0, 0, 0, 0] {
                let color = Pictures.pixel(pixels, point.x, point.y)
                #expect(
                    isNear(color, [10, 120, 240], within: format == .jpeg ? 20 : 6), "\(expected): \(color)")
            }
        }
    }

    @Test(
        "The output has alpha only if the header says so",
        arguments: cases.filter { $0.refused == nil && ($0.needs != "libtiff" || DirectCodecs.hasTIFF) })
    func alpha(_ expected: Case) throws {
        let bytes = try expected.bytes
        let (pixels, _) = try outcome(bytes).get()
        let facts = try #require(HeaderReader.read(bytes: bytes).facts)
        if pixels.hasAlpha { #expect(facts.hasAlpha) }
    }

    @Test("A file that lacks only its end marker is decoded and rewritten, whether or not it is resized")
    func missingEnd() throws {
        for name in ["jpeg-no-eoi.jpg", "jpeg-no-eoi-then-zeros.jpg", "png-no-iend.png"] {
            let url = Resources.testdata.appending(path: "cases/\(name)")
            let bytes = Array(try Data(contentsOf: url))
            for edge in [nil, 100] {
                var preflighter = self.preflighter
                preflighter.options = PrepareOptions(fit: FitOptions(maxEdge: edge))
                let image = try preflighter.prepare(bytes: bytes)
                #expect(image.preparation.action == (edge == nil ? .converted : .resized))
                #expect(image.bytes != bytes)
            }
            let deep = try preflighter.inspectDeeply(path: FilePath(url.path))
            #expect(!deep.assessment.findings.contains { $0.severity == .error })
        }
    }

    @Test("A Photoshop palette has no more than 256 colors to index")
    func wideIndices() throws {
        var file = Array("8BPS".utf8) + [0, 1] + [UInt8](repeating: 0, count: 6)
        // One channel of 64×64 px, 16 bits, indexed; a palette, no resources, no layers, uncompressed.
        file += [0, 1, 0, 0, 0, 64, 0, 0, 0, 64, 0, 16, 0, 2, 0, 0, 3, 0] + [UInt8](repeating: 0, count: 768)
        file += [UInt8](repeating: 0, count: 10) + [UInt8](repeating: 0xFF, count: 64 * 64 * 2)
        guard case .failure(let refusal) = try outcome(file) else {
            Issue.record("it has pixels")
            return
        }
        #expect(refusal.findings.map(\.code) == [.cannotBeDecodedHere])
    }

    @Test("Missing rows are damage, with or without an end marker")
    func missingRows() throws {
        let picture = Pictures.photo(200, 160)
        for encoding in [
            Encoding.jpeg(quality: 90), .jpeg(quality: 90, isProgressive: true), Pictures.losslessPNG,
        ] {
            let whole = try Pictures.file(picture, encoding).array
            let isPNG = whole[0] == 0x89
            let end: [UInt8] =
                isPNG ? [0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82] : [0xFF, 0xD9]
            #expect(Array(whole.suffix(end.count)) == end)
            let bare = Array(whole.dropLast(end.count))
            for trailer in [[], [UInt8](repeating: 0, count: 700)] {
                guard case .success = try outcome(bare + trailer, options: PrepareOptions()) else {
                    Issue.record("\(encoding) with \(trailer.count) bytes behind it")
                    continue
                }
                let cut = bare.dropLast(bare.count / 4) + trailer
                guard case .failure(let refusal) = try outcome(Array(cut), options: PrepareOptions()) else {
                    Issue.record("\(encoding), cut, with \(trailer.count) bytes behind it")
                    continue
                }
                #expect(refusal.findings.map(\.code) == [.truncatedData])
            }
        }
    }

    @Test(
        "A JPEG without its end marker is whole if all coefficients are present",
        arguments: [false, true])
    func endOfCoefficients(isProgressive: Bool) throws {
        let pictures = [Pictures.photo(200, 160), Pictures.rgb(160, 120) { _, _ in (128, 128, 128) }]
        for (picture, quality) in pictures.flatMap({ [($0, 80), ($0, 95)] }) {
            let encoding = Encoding.jpeg(
                quality: quality, optimizesCoding: true, isProgressive: isProgressive)
            let whole = try Pictures.file(picture, encoding).array
            let bare = Array(whole.dropLast(2))
            func end(_ bytes: [UInt8]) -> Int? { bytes.withUnsafeBytes { JPEGEntropy.end(of: $0) } }
            let makers: [[UInt8]] = [
                [], [0xFF], Array("SEFT".utf8) + (0..<3000).map { UInt8($0 * 7 % 251) },
                [0xFF, 0xE5, 0, 16] + (0..<500).map { UInt8($0 % 256) }, [0xFF, 0xD9],
            ]
            for trailer in makers { #expect(end(bare + trailer) == bare.count) }
            #expect(end(bare + [UInt8](repeating: 0, count: 100_000)) == bare.count || bare.last == 0)
            // The data after the file's last marker, cut anywhere.
            let start = try #require(bare.indices.last { bare[$0] == 0xDA && bare[$0 - 1] == 0xFF })
            let step = max((bare.count - start) / 50, 1)
            for cut in Swift.stride(from: start - 1, to: bare.count - 1, by: step) {
                #expect(end(Array(bare[..<cut])) == nil, "cut at \(cut) of \(bare.count)")
                #expect(end(bare[..<cut] + [UInt8](repeating: 0, count: 100_000)) == nil, "zeros from \(cut)")
            }
            for trailer in makers.dropLast() {
                let facts = try outcome(bare + trailer)
                guard case .success((let pixels, _)) = facts else {
                    Issue.record("refused with \(trailer.count) bytes behind it")
                    continue
                }
                #expect(
                    pixels.array == (try VipsImage(ImageBytes(copying: whole), loader: .jpeg).pixels().array))
            }
        }
    }

    @Test("A DC table whose categories count too many bits is damage", arguments: [17, 32, 63, 64, 255])
    func impossibleCategory(category: UInt8) throws {
        var bytes = Array(try Pictures.file(Pictures.photo(64, 48), .jpeg(quality: 80)).array.dropLast(2))
        let table = try #require(bytes.indices.dropLast(4).first { bytes[$0...].starts(with: [0xFF, 0xC4]) })
        #expect(bytes[table + 4] == 0, "the first table is that of DC")
        let count = bytes[(table + 5)..<(table + 21)].reduce(0) { $0 + Int($1) }
        for index in 0..<count { bytes[table + 21 + index] = category }
        #expect(bytes.withUnsafeBytes { JPEGEntropy.end(of: $0) } == nil)
    }

    @Test("A JPEG ends where its own scans end")
    func endOfJPEG() throws {
        let whole = try Pictures.file(Pictures.photo(64, 48), .jpeg(quality: 80)).array
        func hasEnd(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { JPEGScan.hasEnd($0) } }
        #expect(hasEnd(whole))
        #expect(hasEnd(whole + [1, 2, 3]))
        #expect(!hasEnd(Array(whole.dropLast(2))))
        #expect(!hasEnd(Array(whole.dropLast(1))))
        // A preview after a truncated picture.
        #expect(!hasEnd(Array(whole.dropLast(20)) + whole))
        #expect(!hasEnd([]))
        #expect(!hasEnd([0xFF, 0xD8, 0xFF, 0xD9]))
    }

    @Test("An error belongs to its own file, no matter what the process decoded before")
    func ownErrors() throws {
        let refused = Self.cases.filter { $0.refused != nil }
        func message(_ expected: Case) throws -> String {
            guard case .failure(let refusal) = try outcome(expected.bytes) else { return "" }
            return refusal.findings.map(\.message).joined()
        }
        let alone = try refused.map(message)
        let warning = try #require(Self.cases.first { $0.path == "stale-1-warns.jpg" })
        let lab = try #require(Self.cases.first { $0.path == "stale-2-lab.tif" })
        for (index, expected) in refused.enumerated() {
            for before in [warning, lab] {
                _ = try outcome(before.bytes)
                #expect(try message(expected) == alone[index])
                _ = try outcome(before.bytes).get()
            }
        }
    }
}

extension CodingUserInfoKey {
    fileprivate static let folder = CodingUserInfoKey(rawValue: "folder").unsafelyUnwrapped
}
