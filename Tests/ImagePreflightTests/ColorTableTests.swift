import Foundation
import ImageHeaders
import Testing
import Vips
import VisionRules

@testable import ImagePreflight

/// Colors for a table of profiles, formats and curve encodings, compared with the computed values.
@Suite("Colors of generated profiles")
struct ColorTableTests {
    typealias Curve = ProfileBuilder.Curve
    typealias Primaries = ProfileBuilder.Primaries

    /// A file format to test.
    enum Format: String, CaseIterable, Sendable {
        case jpeg, png, webp, tiff, tiff16

        /// The tolerance for a comparison with colors from before JPEG rounding.
        var tolerance: Int { self == .jpeg ? 6 : 2 }
    }

    private static let colors = [
        [255, 255, 255], [128, 128, 128], [255, 0, 0], [0, 255, 0], [0, 0, 255], [200, 120, 60],
        [40, 60, 200],
        [20, 20, 20],
    ]
    /// The side of each patch, px.
    private static let patch = 16

    private static let sRGBFormula = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]

    /// Every encoding of three curves.
    private static let curves: [Curve] = [
        .exponent(1.8), .table(1024) { pow($0, 1.8) }, .formula(0, [1.8]), .formula(1, [1.8, 1, 0]),
        .formula(2, [1.8, 1, 0, 0]), .formula(3, [1.8, 1, 0, 0, 0]), .formula(4, [1.8, 1, 0, 0, 0, 0, 0]),
        // Linear, and black up to a point.
        .table(2) { $0 }, .formula(1, [2.2, 1.1, -0.1]), .formula(2, [2.2, 1.1, -0.1, 0]),
    ]
    private static let curvesOfSRGB: [Curve] = [
        .table(1024, ProfileBuilder.lightOfSRGB), .table(4096, ProfileBuilder.lightOfSRGB),
        .formula(3, sRGBFormula), .formula(4, sRGBFormula + [0, 0]),
    ]

    private let preflighter: Preflighter

    init() throws {
        let catalog = ModelCatalog.builtIn
        let model = try #require(catalog.models.first { $0.id == "claude-sonnet-5-5" })
        let platform = try #require(catalog.platforms.first { $0.id == "portable" })
        preflighter = Preflighter(destination: Destination(model: model, platform: platform))
    }

    // MARK: - Files

    /// Patches of samples side by side, in a file of a format.
    private static func file(_ patches: [[Int]], _ profile: [UInt8], _ format: Format) throws -> [UInt8] {
        let bands = patches[0].count
        let colors: SampleColors = bands == 1 ? .gray : bands == 3 ? .rgb : .cmyk
        let pixels = PixelBuffer(
            width: patches.count * patch, height: patch, bands: bands, colors: colors)
        for index in 0..<pixels.samples.count {
            let x = index % pixels.stride / bands
            pixels.samples[index] = UInt8(patches[x / patch][index % bands])
        }
        let (width, height) = (pixels.width, pixels.height)
        switch format {
        case .jpeg:
            return ProfiledFile.jpeg(try Pictures.file(pixels, .jpeg(quality: 100)).array, profile)
        case .png: return ProfiledFile.png(try Pictures.file(pixels).array, profile)
        case .webp:
            let plain = try Pictures.file(pixels, .losslessWebP(quality: 20, effort: 0)).array
            return ProfiledFile.webp(plain, profile, width: width, height: height)
        case .tiff, .tiff16:
            let isWide = format == .tiff16
            let samples = isWide ? pixels.array.flatMap { [$0, $0] } : pixels.array
            return ProfiledFile.tiff(
                samples, profile, width: width, height: height,
                photometric: bands == 1 ? 1 : bands == 3 ? 2 : 5, bits: isWide ? 16 : 8)
        }
    }

    /// The samples of each patch as stored: JPEG rounds, and a linear curve amplifies that near black.
    private static func stored(_ patches: [[Int]], _ file: [UInt8], _ format: Format) throws -> [[Int]] {
        guard format == .jpeg else { return patches }
        let pixels = try VipsImage(ImageBytes(copying: file), loader: .jpeg).pixels()
        return patches.indices.map { Pictures.pixel(pixels, $0 * patch + patch / 2, patch / 2) }
    }

    /// The color of each patch after `prepare`.
    private func shown(_ file: [UInt8], patches: Int) throws -> [[Int]] {
        var preflighter = self.preflighter
        // A PNG without a reason to change would be copied.
        preflighter.options = PrepareOptions(outputFormat: file[0] == 0x89 ? .webp : .png)
        let image = try preflighter.prepare(bytes: file)
        let loader: Loader = image.preparation.output.format == .png ? .png : .webp
        #expect(image.preparation.action == .converted)
        let output = ImageBytes(copying: image.bytes)
        let pixels = try VipsImage(output, loader: loader).convertedToSRGB(honorsProfile: false).pixels()
        return (0..<patches).map { index in
            let color = Pictures.pixel(pixels, index * Self.patch + Self.patch / 2, Self.patch / 2)
            return color.count == 1 ? [color[0], color[0], color[0]] : color
        }
    }

    private func compare(
        _ file: [UInt8], with expected: [[Int]], within tolerance: Int, _ what: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for (found, expected) in zip(try shown(file, patches: expected.count), expected) {
            #expect(
                isNear(found, expected, within: tolerance), "\(what): \(found), not \(expected)",
                sourceLocation: sourceLocation)
        }
    }

    /// How the header reader judges a profile.
    private static func judgment(_ file: [UInt8]) throws -> ImageFacts.ColorProfile {
        try #require(HeaderReader.read(bytes: file).facts).colorProfile
    }

    private static func isCurveOfSRGB(_ curve: Curve) -> Bool {
        abs(curve.light(0.5) - ProfileBuilder.lightOfSRGB(0.5)) < 0.001
    }

    // MARK: - Tests

    @Test("RGB by primaries and a curve in any encoding", arguments: Format.allCases)
    func matrices(format: Format) throws {
        for primaries in [Primaries.sRGB, .displayP3, .adobeRGB, .swapped] {
            for curve in Self.curves + Self.curvesOfSRGB {
                let file = try Self.file(Self.colors, ProfileBuilder.matrix(primaries, curve), format)
                let what = "\(primaries.name), \(curve), \(format)"
                let expected = try Self.stored(Self.colors, file, format).map {
                    ProfileBuilder.shown($0, primaries, curve)
                }
                try compare(file, with: expected, within: 2, what)
                let isSRGB = primaries.name == "sRGB" && Self.isCurveOfSRGB(curve)
                #expect(try Self.judgment(file) == (isSRGB ? .sRGB : .other), "\(what)")
            }
        }
    }

    @Test(
        "Gray by its curve in any encoding", arguments: [Format.jpeg, .png, .tiff, .tiff16])
    func grays(format: Format) throws {
        let levels = [[255], [200], [128], [64], [20], [0]]
        for curve in Self.curves + Self.curvesOfSRGB {
            let file = try Self.file(levels, ProfileBuilder.gray(curve), format)
            let expected = try Self.stored(levels, file, format).map { level in
                let sample = ProfileBuilder.sample(curve.light(Double(level[0]) / 255))
                return [sample, sample, sample]
            }
            try compare(file, with: expected, within: 2, "gray, \(curve), \(format)")
            #expect(
                try Self.judgment(file) == (Self.isCurveOfSRGB(curve) ? .sRGB : .other),
                "gray, \(curve), \(format)")
        }
    }

    @Test("RGB by a table, of 8 or 16 bits", arguments: Format.allCases, [false, true])
    func tables(format: Format, isWide: Bool) throws {
        /// Black and white stay; every other corner gets another color.
        func color(_ corner: [Int]) -> [Int] {
            let colors = [
                [0, 0, 0], [40, 60, 200], [30, 180, 60], [20, 200, 190], [200, 30, 40], [190, 40, 180],
                [220, 210, 50], [255, 255, 255],
            ]
            return colors[corner[0] << 2 | corner[1] << 1 | corner[2]]
        }
        let corners = (0..<8).map { corner in (0..<3).map { corner >> (2 - $0) & 1 } }
        let profile = ProfileBuilder.table("RGB ", isWide: isWide, color)
        let file = try Self.file(corners.map { $0.map { $0 * 255 } }, profile, format)
        // In 8 bits, a* and b* are whole numbers.
        try compare(
            file, with: corners.map(color), within: format.tolerance + (isWide ? 1 : 4),
            "table of \(isWide ? 16 : 8) bits, \(format)")
        #expect(try Self.judgment(file) == .other)
    }

    @Test("CMYK by a table", arguments: [Format.jpeg, .tiff], [false, true])
    func cmyk(format: Format, isWide: Bool) throws {
        func color(_ corner: [Int]) -> [Int] {
            guard corner[3] == 0 else { return corner[..<3] == [0, 0, 0] ? [30, 30, 30] : [0, 0, 0] }
            // Inks of no real press, so that the profile cannot be mistaken for the built-in one.
            return [corner[1] == 1 ? 90 : 255, corner[2] == 1 ? 100 : 255, corner[0] == 1 ? 110 : 255]
        }
        let corners = (0..<16).map { corner in (0..<4).map { corner >> (3 - $0) & 1 } }
        let profile = ProfileBuilder.table("CMYK", isWide: isWide, color)
        let file = try Self.file(corners.map { $0.map { $0 * 255 } }, profile, format)
        try compare(
            file, with: corners.map(color), within: format.tolerance + (isWide ? 2 : 5),
            "CMYK, table of \(isWide ? 16 : 8) bits, \(format)")
        #expect(try Self.judgment(file) == .other)
    }

    /// What a PNG states without a profile, and what that means.
    struct Statement: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var chunks: [(name: String, content: [UInt8])]
        var primaries = Primaries.sRGB
        var curve: Curve

        /// Red, green, blue and white of Display P3, the white first, in 1/100,000.
        static let chromaticitiesOfP3 = [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000]

        static func gamma(_ value: Int) -> (String, [UInt8]) { ("gAMA", ProfiledFile.numbers([value])) }

        static func codePoints(_ primaries: UInt8, _ transfer: UInt8) -> (String, [UInt8]) {
            ("cICP", [primaries, transfer, 0, 1])
        }
    }

    private static let curveOfSRGB = Curve.formula(3, sRGBFormula)

    @Test(
        "A PNG by its cICP, sRGB, gAMA and cHRM, in that order",
        arguments: [
            Statement(
                testDescription: "a straight gAMA", chunks: [Statement.gamma(100_000)],
                curve: .formula(0, [1])),
            Statement(
                testDescription: "gAMA 1.8", chunks: [Statement.gamma(55_556)], curve: .formula(0, [1.8])),
            Statement(
                testDescription: "gAMA of sRGB", chunks: [Statement.gamma(45_455)], curve: curveOfSRGB),
            Statement(
                testDescription: "gAMA and cHRM",
                chunks: [
                    Statement.gamma(45_455), ("cHRM", ProfiledFile.numbers(Statement.chromaticitiesOfP3)),
                ], primaries: .displayP3, curve: .formula(0, [1 / 0.45455])),
            Statement(
                testDescription: "sRGB before gAMA", chunks: [("sRGB", [0]), Statement.gamma(100_000)],
                curve: curveOfSRGB),
            Statement(
                testDescription: "cICP, Display P3", chunks: [Statement.codePoints(12, 13)],
                primaries: .displayP3, curve: curveOfSRGB),
            Statement(
                testDescription: "cICP, straight", chunks: [Statement.codePoints(12, 8)],
                primaries: .displayP3, curve: .formula(0, [1])),
            Statement(
                testDescription: "cICP, gamma 2.2", chunks: [Statement.codePoints(1, 4)],
                curve: .formula(0, [2.2])),
            Statement(
                testDescription: "cICP before sRGB and gAMA",
                chunks: [("sRGB", [0]), Statement.gamma(100_000), Statement.codePoints(12, 13)],
                primaries: .displayP3, curve: curveOfSRGB),
            Statement(
                testDescription: "reserved code points", chunks: [Statement.codePoints(3, 13)],
                curve: curveOfSRGB),
        ])
    func statements(_ statement: Statement) throws {
        let pixels = PixelBuffer(
            width: Self.colors.count * Self.patch, height: Self.patch, bands: 3, colors: .rgb)
        for index in 0..<pixels.samples.count {
            let x = index % pixels.stride / 3
            pixels.samples[index] = UInt8(Self.colors[x / Self.patch][index % 3])
        }
        var file = try Pictures.file(pixels).array
        for chunk in statement.chunks { file = ProfiledFile.png(file, chunk: chunk.name, chunk.content) }
        let expected = Self.colors.map { ProfileBuilder.shown($0, statement.primaries, statement.curve) }
        try compare(file, with: expected, within: 2, statement.testDescription)
        // A profile takes precedence over everything below cICP.
        let profiled = ProfiledFile.png(file, ProfileBuilder.matrix(.swapped, .exponent(1.8)))
        let hasCodePoints = statement.chunks.contains { $0.name == "cICP" }
        let isReserved = statement.testDescription == "reserved code points"
        let winner =
            hasCodePoints && !isReserved
            ? expected : Self.colors.map { ProfileBuilder.shown($0, .swapped, .exponent(1.8)) }
        try compare(profiled, with: winner, within: 2, "\(statement.testDescription) beside a profile")
    }

    @Test("8-bit L*a*b*, signed or with an offset, whose RGB profile does not fit", arguments: [8, 9])
    func lab(photometric: Int) throws {
        let colors = [[255, 255, 255], [128, 128, 128], [200, 30, 40], [30, 180, 60], [40, 60, 200]]
        let samples = colors.flatMap { color -> [UInt8] in
            let lab = ProfileBuilder.lab(color)
            let offset = photometric == 8 ? 0.0 : 128
            let bytes =
                [UInt8((lab[0] * 2.55).rounded())]
                + lab[1...].map { UInt8(truncatingIfNeeded: Int(($0 + offset).rounded())) }
            return (0..<Self.patch).flatMap { _ in bytes }
        }
        let rows = (0..<Self.patch).flatMap { _ in samples }
        let file = ProfiledFile.tiff(
            rows, ProfileBuilder.matrix(.swapped, .exponent(1.8)), width: colors.count * Self.patch,
            height: Self.patch, photometric: photometric, bits: 8)
        try compare(file, with: colors, within: 4, "photometric \(photometric)")
    }

    @Test("A profile for other samples is ignored", arguments: Format.allCases)
    func unfitting(format: Format) throws {
        let gray = ProfileBuilder.gray(.exponent(1.8))
        let matrix = ProfileBuilder.matrix(.swapped, .exponent(1.8))
        let press = ProfileBuilder.table("CMYK", isWide: true) { _ in [0, 255, 0] }
        for profile in [gray, press] {
            let file = try Self.file(Self.colors, profile, format)
            try compare(file, with: Self.colors, within: format.tolerance, "RGB, \(format)")
            #expect(try Self.judgment(file) != .other)
        }
        guard format != .webp else { return }
        for profile in [matrix, press] {
            let levels = [[255], [128], [20]]
            let file = try Self.file(levels, profile, format)
            try compare(
                file, with: levels.map { [$0[0], $0[0], $0[0]] }, within: format.tolerance, "gray, \(format)")
            #expect(try Self.judgment(file) != .other)
        }
    }
}
