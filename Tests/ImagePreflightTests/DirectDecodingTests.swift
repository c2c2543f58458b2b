import Foundation
import ImageHeaders
import TestSupport
import Testing
import Vips

@testable import ImagePreflight
@testable import VisionRules

@Suite struct DirectDecodingTests {
    private static let size = PixelSize(width: 320, height: 240)
    private static let target = PixelSize(width: 200, height: 150)

    private static func extraMemory(
        _ format: ImageFormat, maxMemory: Int = 1 << 30, change: (inout ImageFacts) -> Void = { _ in }
    ) throws -> Int {
        var facts = ImageFacts(format: format, size: size)
        change(&facts)
        return DecodingMemory(
            of: facts, target: target, byteCount: 1000, limits: try DecodeLimits(maxMemory: maxMemory)
        ).extra
    }

    @Test("A frame is decoded in one piece only if it fits in memory with the rest")
    func memory() throws {
        let usual = DecodeLimits.memory(
            of: ImageFacts(format: .png, size: Self.size), target: Self.target, byteCount: 1000)
        // RGBA, one filter byte per row, 16 bytes for vectors, and another copy of the file.
        let extra = 320 * 240 * 4 + 240 + 16 + 1000
        #expect(try Self.extraMemory(.png, maxMemory: usual + extra) == extra)
        #expect(try Self.extraMemory(.png, maxMemory: usual + extra - 1) == 0)
    }

    @Test("Interlaced, deep, animated and huge files and other formats are left to libvips")
    func unusual() throws {
        #expect(try Self.extraMemory(.png) { $0.isInterlaced = true } == 0)
        #expect(try Self.extraMemory(.png) { $0.bitDepth = 16 } == 0)
        #expect(try Self.extraMemory(.png) { $0.size = PixelSize(width: 8000, height: 8000) } == 0)
        #expect(try Self.extraMemory(.webp) { $0.frames = 2 } == 0)
        #expect(try Self.extraMemory(.webp) > 0)
        #expect(try Self.extraMemory(.gif) == 0)
        #expect(try Self.extraMemory(.jpeg) { $0.colorModel = .cmyk } == 0)
        #expect(try Self.extraMemory(.jpeg) { $0.bitDepth = 12 } == 0)
    }

    @Test(
        "An image counts as whole only if libvips reads it to the end, for any damaged byte",
        .enabled(if: DirectCodecs.hasJPEG && DirectCodecs.hasPNG, "no direct codecs, or switched off"),
        arguments: ["baseline.jpg", "progressive.jpg", "plain.png", "profile.png"])
    func isWhole(name: String) throws {
        let file =
            switch name {
            case "plain.png": try Pictures.file(Pictures.photo(40, 30)).array
            case "profile.png":
                Array(
                    try Data(
                        contentsOf: Resources.testdata.appending(path: "formats/png/iccp-display-p3.png")))
            default:
                try Pictures.file(
                    Pictures.photo(40, 30), .jpeg(quality: 80, isProgressive: name == "progressive.jpg")
                ).array
            }
        func isWhole(_ bytes: ImageBytes) throws -> Bool? {
            let reading = bytes.withUnsafeBytes { HeaderReader.read(bytes: $0) }
            guard let facts = reading.facts else { return nil }
            let memory = DecodingMemory(
                of: facts, target: PixelSize(width: 1, height: 1), byteCount: bytes.count, limits: .standard)
            var text: TextMeasure?
            return DirectDecoding.isWhole(bytes, facts: facts, memory: memory)
                ? try Pipeline.damage(
                    in: bytes, facts: facts, memory: .init(usual: 0, extra: 0), onlyDirectly: false,
                    text: &text, measuresText: false)?
                    .isEmpty : nil
        }
        #expect(try isWhole(ImageBytes(copying: file)) == true)
        for index in stride(from: 0, to: file.count, by: max(file.count / 400, 1)) {
            var changed = file
            changed[index] ^= 1 << (index % 8)
            #expect(try isWhole(ImageBytes(copying: changed)) != false, "byte \(index)")
            #expect(try isWhole(ImageBytes(copying: Array(file[..<index]))) != false, "cut at \(index)")
        }
    }

    @Test("With little memory the result has identical pixels", arguments: [ImageFormat.png, .webp])
    func rowByRow(format: ImageFormat) throws {
        let encoding: Encoding = format == .png ? Pictures.losslessPNG : .webp(quality: 90, effort: 0)
        let file = try Pictures.file(Pictures.photo(320, 240), encoding)
        func made(_ limits: DecodeLimits) throws -> [UInt8] {
            let options = PrepareOptions(outputFormat: .png, limits: limits)
            return try Pipeline(format, Self.size, to: Self.target, options: options).run(file).decoded()
                .array
        }
        let usual = DecodeLimits.memory(
            of: ImageFacts(format: format, size: Self.size), target: Self.target, byteCount: file.count)
        #expect(try made(DecodeLimits()) == made(DecodeLimits(maxMemory: usual)))
    }
}
