import Foundation
import Testing

@testable import ImageHeaders

/// ICC profiles made for a test: primaries in XYZ under D50, and one curve for all channels.
enum ICC {
    static let sRGB = [(0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.7141)]
    static let displayP3 = [
        (0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407),
    ]

    static func fixed(_ value: Double) -> Bytes { .be32(Int((value * 65536).rounded())) }
    static func xyz(_ value: (Double, Double, Double)) -> Bytes {
        Bytes("XYZ ") + .zeros(4) + fixed(value.0) + fixed(value.1) + fixed(value.2)
    }

    static func light(_ signal: Double) -> Double {
        signal <= 0.04045 ? signal / 12.92 : pow((signal + 0.055) / 1.055, 2.4)
    }

    static func table(_ count: Int, _ curve: (Double) -> Double = light) -> Bytes {
        let numbers = (0..<count).map {
            Bytes.be16(Int((curve(Double($0) / Double(count - 1)) * 65535).rounded()))
        }
        return Bytes("curv") + .zeros(4) + .be32(count) + numbers.reduce(Bytes(), +)
    }

    static func gamma(_ gamma: Double) -> Bytes {
        Bytes("curv") + .zeros(4) + .be32(1) + .be16(Int(gamma * 256)) + .zeros(2)
    }

    static func formula(_ kind: Int, _ parameters: Double...) -> Bytes {
        Bytes("para") + .zeros(4) + .be16(kind) + .zeros(2) + parameters.map(fixed).reduce(Bytes(), +)
    }

    static let linear = Bytes("curv") + .zeros(8)
    /// The formula in most version 4 sRGB profiles.
    static let formulaOfSRGB = formula(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)

    static func profile(
        _ space: String = "RGB ", primaries: [(Double, Double, Double)] = sRGB,
        curves: [Bytes] = [formulaOfSRGB],
        name: String = "a profile", others: [(String, Bytes)] = []
    ) -> Bytes {
        var tags: [(String, Bytes)] = [
            ("desc", Bytes("desc") + .zeros(4) + .be32(name.utf8.count) + Bytes(name))
        ]
        if space == "GRAY" {
            tags.append(("kTRC", curves[0]))
        } else if space == "RGB " {
            tags += zip(["rXYZ", "gXYZ", "bXYZ"], primaries.map(xyz))
            tags += zip(
                ["rTRC", "gTRC", "bTRC"], curves.count == 3 ? curves : Array(repeating: curves[0], count: 3))
        }
        tags += others
        var table = Bytes.be32(tags.count)
        var data = Bytes()
        for (signature, content) in tags {
            let offset = 132 + 12 * tags.count + data.array.count
            table = table + Bytes(signature) + .be32(offset) + .be32(content.array.count)
            data = data + content + .zeros((4 - content.array.count % 4) % 4)
        }
        let size = 128 + table.array.count + data.array.count
        return .be32(size) + .zeros(4) + .be32(0x0420_0000) + Bytes("mntr") + Bytes(space) + Bytes("XYZ ")
            + .zeros(12) + Bytes("acsp") + .zeros(88) + table + data
    }

    /// zlib data without compression.
    static func stored(_ bytes: Bytes) -> Bytes {
        var packed: Bytes = [0x78, 0x01]
        var rest = bytes.array[...]
        repeat {
            let block = rest.prefix(60_000)
            rest = rest.dropFirst(60_000)
            packed =
                packed + [rest.isEmpty ? 1 : 0] + .le16(block.count) + .le16(block.count ^ 0xFFFF)
                + Bytes(Array(block))
        } while !rest.isEmpty
        return packed + .zeros(4)
    }

    static func chunk(_ profile: Bytes, name: String = "x") -> Bytes {
        PNG.chunk("iCCP", Bytes(name) + [0, 0] + stored(profile))
    }

    /// The first of several segments.
    static func segment(_ profile: Bytes, of count: UInt8 = 1) -> Bytes {
        JPEG.segment(0xE2, Bytes("ICC_PROFILE\0") + [1, count] + profile)
    }
}

@Suite("Colors")
struct ColorTests {
    /// How each format judges a profile around RGB samples.
    private func verdicts(_ profile: Bytes) throws -> [ImageFacts.ColorProfile] {
        let webp = WebP.file(WebP.extended(0x20), WebP.chunk("ICCP", profile), WebP.lossy())
        let heic = ISO.file(ISO.size(9, 9), ISO.size(640, 480), ISO.box("colr", Bytes("prof") + profile))
        return [
            try JPEG.file(ICC.segment(profile), JPEG.frame()).facts.colorProfile,
            try PNG.file(PNG.header(), ICC.chunk(profile)).facts.colorProfile,
            try webp.facts.colorProfile, try heic.facts.colorProfile,
        ]
    }

    @Test("A profile is judged sRGB by its numbers, for any curve encoding and any name")
    func sRGB() throws {
        for curve in [
            ICC.formulaOfSRGB, ICC.table(1024), ICC.table(4096), ICC.table(256),
            ICC.formula(4, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045, 0, 0),
        ] {
            for name in ["sRGB", "Display P3"] {
                #expect(Set(try verdicts(ICC.profile(curves: [curve], name: name))) == [.sRGB])
            }
        }
        #expect(
            Set(try verdicts(ICC.profile(curves: [ICC.formulaOfSRGB, ICC.table(1024), ICC.table(512)]))) == [
                .sRGB
            ])
    }

    @Test("Other primaries or curves are not sRGB, even if the profile's name says so")
    func others() throws {
        for profile in [
            ICC.profile(primaries: ICC.displayP3, name: "sRGB"),
            ICC.profile(primaries: [ICC.sRGB[1], ICC.sRGB[0], ICC.sRGB[2]], name: "sRGB"),
            ICC.profile(primaries: [(0.4370, 0.22249, 0.01392), ICC.sRGB[1], ICC.sRGB[2]], name: "sRGB"),
            ICC.profile(curves: [ICC.linear], name: "sRGB"),
            ICC.profile(curves: [ICC.gamma(2.2)], name: "sRGB"),
            ICC.profile(curves: [ICC.gamma(1.8)]), ICC.profile(curves: [ICC.formula(0, 2.2)]),
            ICC.profile(curves: [ICC.formula(1, 2.4, 1, 0)]),
            ICC.profile(curves: [ICC.formula(2, 2.4, 1, 0, 0.1)]),
            ICC.profile(curves: [ICC.formulaOfSRGB, ICC.formulaOfSRGB, ICC.linear]),
            ICC.profile(curves: [ICC.table(1024) { $0 * $0 }]),
            ICC.profile(others: [("A2B0", Bytes("mft2") + .zeros(60))]),
        ] {
            #expect(Set(try verdicts(profile)) == [.other])
        }
    }

    @Test("A profile that does not fit the samples, or that is broken, is ignored")
    func ignored() throws {
        let gray = ICC.profile("GRAY")
        for profile in [
            gray, ICC.profile("Lab "), ICC.profile("CMYK"), ICC.profile("XYZ "), .zeros(500), Bytes(),
            Bytes(Array(ICC.profile().array.prefix(100))), ICC.profile(curves: [Bytes("what") + .zeros(12)]),
        ] {
            let found = Set(try verdicts(profile))
            #expect(found == [.none], "\(profile.array.count) bytes: \(found)")
        }
        #expect(try JPEG.file(ICC.segment(gray), JPEG.frame(components: 1)).facts.colorProfile == .sRGB)
        #expect(try PNG.file(PNG.header(color: 0), ICC.chunk(gray)).facts.colorProfile == .sRGB)
        #expect(try PNG.file(PNG.header(color: 4), ICC.chunk(ICC.profile())).facts.colorProfile == .none)
        let dotGain = ICC.profile("GRAY", curves: [ICC.gamma(1.75)])
        #expect(try PNG.file(PNG.header(color: 0), ICC.chunk(dotGain)).facts.colorProfile == .other)
        #expect(
            try JPEG.file(ICC.segment(ICC.profile("CMYK")), JPEG.frame(components: 4)).facts.colorProfile
                == .other)
        #expect(
            try JPEG.file(ICC.segment(ICC.profile()), JPEG.frame(components: 4)).facts.colorProfile == .none)
    }

    @Test("A profile that continues in another segment counts as not sRGB, not as missing")
    func parted() throws {
        let profile = ICC.profile(curves: [ICC.table(40_000)])
        let first = Bytes(Array(profile.array.prefix(60_000)))
        #expect(try JPEG.file(ICC.segment(first, of: 2), JPEG.frame()).facts.colorProfile == .other)
        #expect(try PNG.file(PNG.header(), ICC.chunk(profile)).facts.colorProfile == .other)
    }

    @Test("In a PNG, cICP takes precedence over iCCP, sRGB, and cHRM with gAMA")
    func precedence() throws {
        func color(_ chunks: Bytes...) throws -> ImageFacts.ColorProfile {
            try (chunks.reduce(PNG.signature + PNG.header(), +) + PNG.image).facts.colorProfile
        }
        let (p3, srgb) = (PNG.chunk("cICP", [12, 13, 0, 1]), PNG.chunk("cICP", [1, 13, 0, 1]))
        let profileOfSRGB = ICC.chunk(ICC.profile())
        let other = ICC.chunk(ICC.profile(primaries: ICC.displayP3))
        let marked = PNG.chunk("sRGB", [0])
        let (gamma, linear) = (PNG.chunk("gAMA", .be32(45455)), PNG.chunk("gAMA", .be32(100_000)))
        let primaries = PNG.chunk(
            "cHRM",
            [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000].map(Bytes.be32).reduce(Bytes(), +))
        let wide = PNG.chunk(
            "cHRM",
            [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000].map(Bytes.be32).reduce(Bytes(), +))

        #expect(try color() == .none)
        #expect(try color(p3) == .other)
        #expect(try color(profileOfSRGB, marked, p3) == .other)
        #expect(try color(srgb, other) == .sRGB)
        #expect(try color(other, marked) == .other)
        #expect(try color(marked, profileOfSRGB, linear) == .sRGB)
        #expect(try color(marked, wide, linear) == .sRGB)
        #expect(try color(gamma) == .sRGB)
        #expect(try color(gamma, primaries) == .sRGB)
        #expect(try color(gamma, wide) == .other)
        #expect(try color(wide) == .other)
        #expect(try color(linear) == .other)
        #expect(try color(linear, primaries) == .other)
        // Values without meaning: unspecified code points, a matrix that PNG does not have, a gamma of 0.
        #expect(try color(PNG.chunk("cICP", [2, 2, 0, 1]), other) == .other)
        #expect(try color(PNG.chunk("cICP", [9, 16, 9, 1])) == .none)
        #expect(try color(PNG.chunk("gAMA", .be32(0))) == .none)
        #expect(try color(PNG.chunk("cHRM", .zeros(32))) == .none)
    }

    @Test("The values of the chunks are kept for the conversion")
    func values() throws {
        let facts = try PNG.file(
            PNG.header(), PNG.chunk("cICP", [9, 18, 0, 0]), PNG.chunk("gAMA", .be32(50_000)),
            PNG.chunk("cHRM", (1...8).map(Bytes.be32).reduce(Bytes(), +))
        ).facts
        #expect(facts.color.codePoints == ColorCodePoints(primaries: 9, transfer: 18, isFullRange: false))
        #expect(facts.color.gamma == 50_000)
        #expect(facts.color.chromaticities?.blue == ColorChromaticities.Point(x: 7, y: 8))
        #expect(
            facts.color.governing
                == .codePoints(ColorCodePoints(primaries: 9, transfer: 18, isFullRange: false)))
    }

    @Test("High dynamic range is reported from code points or from a profile")
    func highDynamicRange() throws {
        #expect(try PNG.file(PNG.header(), PNG.chunk("cICP", [9, 16, 0, 1])).facts.highDynamicRange == .pq)
        #expect(try PNG.file(PNG.header(), PNG.chunk("cICP", [9, 18, 0, 1])).facts.highDynamicRange == .hlg)
        #expect(try PNG.file(PNG.header(), PNG.chunk("cICP", [12, 13, 0, 1])).facts.highDynamicRange == nil)
        let profile = ICC.profile(others: [("cicp", Bytes("cicp") + .zeros(4) + [9, 16, 0, 1])])
        let jpeg = try JPEG.file(ICC.segment(profile), JPEG.frame()).facts
        #expect((jpeg.highDynamicRange, jpeg.colorProfile) == (.pq, .other))
        let nclx = ISO.box("colr", Bytes("nclx") + .be16(9) + .be16(16) + .be16(9) + [0x80])
        let heic = try ISO.file(ISO.size(9, 9), ISO.size(640, 480), nclx).facts
        #expect((heic.highDynamicRange, heic.colorProfile) == (.pq, .other))
    }

    @Test("The start of a file gives the same profile as the whole file, or is reported as truncated")
    func starts() throws {
        for file in [
            JPEG.file(ICC.segment(ICC.profile(primaries: ICC.displayP3)), JPEG.frame()),
            PNG.file(PNG.header(), ICC.chunk(ICC.profile())),
            WebP.file(WebP.extended(0x20), WebP.chunk("ICCP", ICC.profile()), WebP.lossy()),
        ] {
            let whole = file.header
            for count in 30..<file.array.count {
                let header = file.array.prefix(count).withUnsafeBytes {
                    HeaderReader.read(start: $0, byteCount: file.array.count).header
                }
                if case .success = header { #expect(header == whole, "\(count) bytes") }
            }
        }
    }
}
