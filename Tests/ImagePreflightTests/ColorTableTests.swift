import Foundation
import ImageHeaders
import Testing
import Vips
import VisionRules

@testable import ImagePreflight

/// Profiles × formats × encodings of curves, made here, against values that are computed here.
@Suite struct ColorTableTests {
    private static let patch = [213, 115, 42]
    private static let side = 24

    // MARK: - Profiles

    struct Primaries: Sendable {
        let name: String
        /// X, Y and Z of red, green and blue under D50.
        let colors: [[Double]]

        static let all = [
            Primaries(
                name: "sRGB",
                colors: [
                    [0.43607, 0.22249, 0.01392], [0.38512, 0.71690, 0.09706], [0.14307, 0.06061, 0.71410],
                ]),
            Primaries(
                name: "Display P3",
                colors: [
                    [0.51512, 0.24120, -0.00105], [0.29198, 0.69225, 0.04189], [0.15710, 0.06657, 0.78407],
                ]),
            Primaries(
                name: "Adobe RGB",
                colors: [
                    [0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457],
                ]),
        ]
    }

    struct Curve: Sendable {
        let name: String
        let tag: [UInt8]
        let light: @Sendable (Double) -> Double
    }

    private static func light(_ signal: Double) -> Double {
        signal <= 0.04045 ? signal / 12.92 : pow((signal + 0.055) / 1.055, 2.4)
    }

    private static func signal(_ light: Double) -> Double {
        let light = min(max(light, 0), 1)
        return light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055
    }

    private static func big(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(value >> (8 * $0) & 0xFF) }
    }

    private static func fixed(_ value: Double) -> [UInt8] {
        big(Int(UInt32(bitPattern: Int32((value * 65536).rounded()))), 4)
    }

    static let curves: [Curve] = {
        func curv(_ values: [Int]) -> [UInt8] {
            Array("curv".utf8) + [0, 0, 0, 0] + big(values.count, 4) + values.flatMap { big($0, 2) }
        }
        func para(_ kind: Int, _ values: [Double]) -> [UInt8] {
            Array("para".utf8) + [0, 0, 0, 0] + big(kind, 2) + [0, 0] + values.flatMap(fixed)
        }
        func table(_ count: Int, _ curve: (Double) -> Double) -> [UInt8] {
            curv((0..<count).map { Int((curve(Double($0) / Double(count - 1)) * 65535).rounded()) })
        }
        let srgb = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]
        return [
            Curve(name: "curv 0", tag: curv([])) { $0 },
            Curve(name: "curv 1", tag: curv([0x01CD])) { pow($0, Double(0x01CD) / 256) },
            Curve(name: "curv 1024", tag: table(1024, light)) { light($0) },
            Curve(name: "curv 4096 gamma", tag: table(4096) { pow($0, 1.8) }) { pow($0, 1.8) },
            Curve(name: "para 0", tag: para(0, [2.2])) { pow($0, 2.2) },
            Curve(name: "para 1", tag: para(1, [2.2, 1, 0])) { pow($0, 2.2) },
            Curve(name: "para 2", tag: para(2, [2, 1, 0, 0])) { $0 * $0 },
            Curve(name: "para 3", tag: para(3, srgb)) { light($0) },
            Curve(name: "para 4", tag: para(4, srgb + [0, 0])) { light($0) },
        ]
    }()

    private static func profile(space: String, tags: [(String, [UInt8])], name: String = "") -> [UInt8] {
        let text = Array("sRGB IEC61966-2.1 \(name)".utf8)
        let all =
            tags + [
                (
                    "desc",
                    Array("desc".utf8) + [0, 0, 0, 0] + big(text.count + 1, 4) + text
                        + [UInt8](repeating: 0, count: 80)
                )
            ]
        var table = big(all.count, 4)
        var body: [UInt8] = []
        for (tag, content) in all {
            let padded = content + [UInt8](repeating: 0, count: (4 - content.count % 4) % 4)
            table += Array(tag.utf8) + big(132 + 12 * all.count + body.count, 4) + big(content.count, 4)
            body += padded
        }
        var header = big(128 + table.count + body.count, 4) + [0, 0, 0, 0, 4, 0x30, 0, 0]
        header += Array("mntr\(space)XYZ ".utf8) + [UInt8](repeating: 0, count: 12) + Array("acsp".utf8)
        header += [UInt8](repeating: 0, count: 28) + fixed(0.9642) + fixed(1) + fixed(0.8249)
        return header + [UInt8](repeating: 0, count: 128 - header.count) + table + body
    }

    private static func xyz(_ values: [Double]) -> [UInt8] {
        Array("XYZ ".utf8) + [0, 0, 0, 0] + values.flatMap(fixed)
    }

    private static func profile(_ primaries: Primaries, _ curve: Curve) -> [UInt8] {
        profile(
            space: "RGB ",
            tags: [("wtpt", xyz([0.9642, 1, 0.8249]))]
                + zip(["rXYZ", "gXYZ", "bXYZ"], primaries.colors)
                .map { ($0, xyz($1)) } + ["rTRC", "gTRC", "bTRC"].map { ($0, curve.tag) },
            name: primaries.name)
    }

    private static func expected(_ color: [Int], _ primaries: [[Double]], _ light: (Double) -> Double)
        -> [Int]
    {
        let amounts = color.map { light(Double($0) / 255) }
        let xyz = (0..<3).map { row in (0..<3).reduce(0) { $0 + primaries[$1][row] * amounts[$1] } }
        let rows = [
            [3.1338561, -1.6168667, -0.4906146], [-0.9787684, 1.9161415, 0.0334540],
            [0.0719453, -0.2289914, 1.4052427],
        ]
        return rows.map { row in Int((signal((0..<3).reduce(0) { $0 + row[$1] * xyz[$1] }) * 255).rounded()) }
    }

    // MARK: - Files

    private static func picture(_ color: [Int]) -> PixelBuffer {
        Pictures.rgb(side, side) { _, _ in (UInt8(color[0]), UInt8(color[1]), UInt8(color[2])) }
    }

    /// Chunks behind the header of a PNG.
    private static func png(_ pixels: PixelBuffer, _ chunks: [(String, [UInt8])]) throws -> [UInt8] {
        let file = try Pictures.file(pixels).array
        return Array(file[..<33]) + chunks.flatMap { chunk($0, $1) } + Array(file[33...])
    }

    private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + content
        var crc = UInt32.max
        for byte in body {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return big(content.count, 4) + body + big(Int(~crc), 4)
    }

    /// Deflate without compression.
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = [0x78, 0x01]
        var rest = bytes[...]
        repeat {
            let part = rest.prefix(65535)
            rest = rest.dropFirst(65535)
            out += [rest.isEmpty ? 1 : 0, UInt8(part.count & 0xFF), UInt8(part.count >> 8)]
            out += [UInt8(~part.count & 0xFF), UInt8(~part.count >> 8 & 0xFF)] + part
        } while !rest.isEmpty
        var (a, b) = (1, 0)
        for byte in bytes {
            a = (a + Int(byte)) % 65521
            b = (b + a) % 65521
        }
        return out + big(b << 16 | a, 4)
    }

    private static func file(_ format: ImageFormat, _ pixels: PixelBuffer, _ profile: [UInt8]) throws
        -> [UInt8]
    {
        func little(_ value: Int, _ count: Int) -> [UInt8] { big(value, count).reversed() }
        switch format {
        case .jpeg:
            let file = try Pictures.file(pixels, .jpeg(quality: 95)).array
            let segment = Array("ICC_PROFILE\0".utf8) + [1, 1] + profile
            return Array(file[..<2]) + [0xFF, 0xE2] + big(segment.count + 2, 2) + segment + Array(file[2...])
        case .png:
            return try png(pixels, [("iCCP", Array("x\0\0".utf8) + stored(profile))])
        case .webp:
            let file = try Pictures.file(pixels, .losslessWebP(quality: 20, effort: 1)).array
            func riff(_ type: String, _ content: [UInt8]) -> [UInt8] {
                Array(type.utf8) + little(content.count, 4) + content + (content.count % 2 == 1 ? [0] : [])
            }
            let size = little(pixels.width - 1, 3) + little(pixels.height - 1, 3)
            let body =
                Array("WEBP".utf8) + riff("VP8X", [0x20, 0, 0, 0] + size) + riff("ICCP", profile)
                + file[12...]
            return Array("RIFF".utf8) + little(body.count, 4) + body
        default:
            let samples = pixels.array
            let entries: [(Int, Int, Int, Int)] = [
                (256, 3, 1, pixels.width), (257, 3, 1, pixels.height), (258, 3, 1, 8), (259, 3, 1, 1),
                (262, 3, 1, pixels.bands == 1 ? 1 : 2), (273, 4, 1, 8), (277, 3, 1, pixels.bands),
                (278, 3, 1, pixels.height), (279, 4, 1, samples.count),
                (34675, 7, profile.count, 8 + samples.count),
            ]
            let start = 8 + samples.count + profile.count
            return Array("II*\0".utf8) + little(start, 4) + samples + profile + little(entries.count, 2)
                + entries.flatMap { little($0, 2) + little($1, 2) + little($2, 4) + little($3, 4) } + [
                    0, 0, 0, 0,
                ]
        }
    }

    // MARK: - Tests

    private func shown(_ bytes: [UInt8]) throws -> [Int] {
        let catalog = ModelCatalog.builtIn
        let destination = Destination(
            model: try #require(catalog.models.first { $0.id == "claude-sonnet-5-5" }),
            platform: try #require(catalog.platforms.first { $0.id == "portable" }))
        // One px smaller, so that it is never a copy.
        let preflighter = Preflighter(
            destination: destination,
            options: PrepareOptions(fit: FitOptions(maxEdge: Self.side - 1), outputFormat: .png))
        let image = try preflighter.prepare(bytes: bytes)
        let pixels = try VipsImage(ImageBytes(copying: image.bytes), loader: .png)
            .convertedToSRGB(honorsProfile: false).pixels()
        let color = Pictures.pixel(pixels, 10, 10)
        return color.count == 1 ? [color[0], color[0], color[0]] : color
    }

    @Test("Every profile, however its curve is encoded, gives the computed colors in every format")
    func table() throws {
        let picture = Self.picture(Self.patch)
        for primaries in Primaries.all {
            for curve in Self.curves {
                let profile = Self.profile(primaries, curve)
                let expected = Self.expected(Self.patch, primaries.colors, curve.light)
                for format in [ImageFormat.jpeg, .png, .webp, .tiff] {
                    let file = try Self.file(format, picture, profile)
                    let color = try shown(file)
                    #expect(
                        isNear(color, expected, within: format == .jpeg ? 6 : 2),
                        "\(primaries.name), \(curve.name), \(format): \(color), not \(expected)")
                    // `check` and `prepare` are of one mind.
                    let facts = try #require(HeaderReader.read(bytes: file).facts)
                    let moves = zip(expected, Self.patch).contains { abs($0 - $1) > 2 }
                    if moves {
                        #expect(facts.colorProfile == .other, "\(primaries.name), \(curve.name), \(format)")
                    }
                }
            }
        }
    }

    @Test(
        "A profile that is not for the samples is ignored in every format",
        arguments: ["GRAY", "CMYK", "Lab ", "RGB "])
    func unfit(space: String) throws {
        let gray = Self.profile(space: space, tags: [("kTRC", Self.curves[0].tag)])
        for format in [ImageFormat.jpeg, .png, .webp, .tiff] where space != "RGB " {
            let color = try shown(Self.file(format, Self.picture(Self.patch), gray))
            #expect(
                isNear(color, Self.patch, within: format == .jpeg ? 6 : 2), "\(space) in \(format): \(color)")
        }
        let picture = PixelBuffer(width: Self.side, height: Self.side, bands: 1, colors: .gray)
        for index in 0..<picture.samples.count { picture.samples[index] = 90 }
        let profile = space == "RGB " ? Self.profile(Primaries.all[1], Self.curves[4]) : gray
        for format in [ImageFormat.jpeg, .png, .tiff] {
            // The linear curve makes gray lighter where the profile fits.
            let expected = space == "GRAY" ? Int((Self.signal(90.0 / 255) * 255).rounded()) : 90
            let color = try shown(Self.file(format, picture, profile))
            #expect(
                isNear(color, [expected, expected, expected], within: 3), "\(space) in \(format): \(color)")
        }
    }

    @Test("PNG: cICP goes before iCCP, iCCP before sRGB, sRGB before gAMA and cHRM")
    func precedence() throws {
        let picture = Self.picture(Self.patch)
        let wide = ("iCCP", Array("x\0\0".utf8) + Self.stored(Self.profile(Primaries.all[2], Self.curves[4])))
        let adobe = Self.expected(Self.patch, Primaries.all[2].colors) { pow($0, 2.2) }
        let linear = ("gAMA", Self.big(100_000, 4))
        let p3 = ("cICP", [12, 13, 0, 1] as [UInt8])
        let cases: [([(String, [UInt8])], [Int])] = [
            ([p3, wide, ("sRGB", [0])], Self.expected(Self.patch, Primaries.all[1].colors, Self.light)),
            ([("cICP", [1, 13, 0, 1]), wide], Self.patch),
            ([("cICP", [2, 2, 0, 1]), wide], adobe),
            ([wide, ("sRGB", [0]), linear], adobe),
            ([("sRGB", [0]), linear], Self.patch),
            ([linear], Self.patch.map { Int((Self.signal(Double($0) / 255) * 255).rounded()) }),
            ([("gAMA", Self.big(45_455, 4))], Self.patch),
            (
                [("gAMA", Self.big(55_556, 4))],
                Self.expected(Self.patch, Primaries.all[0].colors) { pow($0, 1.8) }
            ),
            (
                [
                    ("gAMA", Self.big(45_455, 4)),
                    (
                        "cHRM",
                        [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000].flatMap { Self.big($0, 4) }
                    ),
                ], Self.expected(Self.patch, Primaries.all[1].colors) { pow($0, 100_000 / 45_455) }
            ),
            (
                [("cICP", [1, 8, 0, 1])],
                Self.patch.map { Int((Self.signal(Double($0) / 255) * 255).rounded()) }
            ),
        ]
        for (index, (chunks, expected)) in cases.enumerated() {
            let color = try shown(Self.png(picture, chunks))
            #expect(isNear(color, expected, within: 2), "case \(index): \(color), not \(expected)")
        }
    }

    @Test("HDR is named, and its white of 203 cd/m² is white")
    func highDynamicRange() throws {
        // PQ 0.58, HLG 0.75 (1,000 cd/m² at the peak).
        for (transfer, white, kind) in [(16, 148, HighDynamicRange.pq), (18, 191, .hlg)]
            as [(UInt8, Int, HighDynamicRange)]
        {
            let file = try Self.png(Self.picture([white, white, white]), [("cICP", [9, transfer, 0, 1])])
            let facts = try #require(HeaderReader.read(bytes: file).facts)
            #expect(facts.highDynamicRange == kind)
            #expect(facts.colorProfile == .other)
            let color = try shown(file)
            #expect(isNear(color, [255, 255, 255], within: 3), "\(kind): \(color)")
        }
        let dark = try shown(Self.png(Self.picture([74, 74, 74]), [("cICP", [9, 16, 0, 1])]))
        #expect(dark[0] > 20 && dark[0] < 120, "\(dark)")
    }
}
