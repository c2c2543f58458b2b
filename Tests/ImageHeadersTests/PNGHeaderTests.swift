import ImageHeaders
import Testing

@Suite("PNG headers")
struct PNGHeaderTests {
    @Test(
        "Depth and color type give the color model",
        arguments: [
            (8, 0, ImageFacts.ColorModel.grayscale, false), (16, 2, .rgb, false), (4, 3, .indexed, false),
            (8, 4, .grayscale, true), (16, 6, .rgb, true),
        ] as [(UInt8, UInt8, ImageFacts.ColorModel, Bool)])
    func colors(depth: UInt8, type: UInt8, model: ImageFacts.ColorModel, alpha: Bool) throws {
        let palette = type == 3 ? PNG.chunk("PLTE", .zeros(48)) : []
        let facts = try PNG.file(PNG.header(depth: depth, color: type, interlace: 1), palette).facts
        #expect(facts.size == PixelSize(width: 640, height: 480))
        #expect(facts.colorModel == model)
        #expect(facts.bitDepth == Int(depth))
        #expect(facts.hasAlpha == alpha)
        #expect(facts.isInterlaced)
    }

    @Test("An indexed image without a palette is malformed")
    func missingPalette() throws {
        #expect(throws: HeaderError.malformed(.png, .missingHeader)) {
            try PNG.file(PNG.header(color: 3)).facts
        }
    }

    @Test("A transparent color counts as alpha")
    func transparentColor() throws {
        #expect(try PNG.file(PNG.header(), PNG.chunk("tRNS", .zeros(6))).facts.hasAlpha)
        #expect(try !PNG.file(PNG.header()).facts.hasAlpha)
    }

    @Test("An animation gives its number of frames")
    func animation() throws {
        let facts = try PNG.file(PNG.header(), PNG.chunk("acTL", .be32(17) + .be32(0))).facts
        #expect(facts.frames == 17)
        #expect(facts.framesAreExact)
        #expect(try (PNG.file(PNG.header()) + PNG.chunk("acTL", .be32(17) + .be32(0))).facts.frames == 1)
        #expect(try PNG.file(PNG.header(), PNG.chunk("acTL", .zeros(8))).facts.frames == 1)
    }

    @Test("Frames are counted by their data, not by the animation's own number")
    func countedFrames() throws {
        let claim = PNG.signature + PNG.header() + PNG.chunk("acTL", .be32(5) + .be32(0))
        let control = PNG.chunk("fcTL", .zeros(26))
        let picture = PNG.chunk("IDAT", [1, 2, 3])
        let data = PNG.chunk("fdAT", .zeros(7))
        func count(_ file: Bytes) throws -> Int {
            try file.array.withUnsafeBytes { try HeaderReader.countFrames(bytes: $0).get() }
        }
        let end = PNG.chunk("IEND")
        // The still image need not be the first frame; a frame may have several chunks of data, or none.
        #expect(try count(claim + control + picture + picture + control + data + data + end) == 2)
        #expect(try count(claim + picture + control + data + control + data + control + end) == 2)
        #expect(try count(claim + picture + end) == 1)
        #expect(try count(claim + control + picture + control + data + end + control + data) == 2)
        #expect(try count(claim + control + picture + control + data + control) == 2)
        // One chunk claims to be longer than the file.
        #expect(try count(claim + control + picture + [0x7F, 0xFF, 0xFF, 0xFF] + Bytes("fdAT")) == 1)
    }

    @Test("With a frame count that the standard forbids, the still image is shown")
    func impossibleAnimation() throws {
        for count in [0, 0x8000_0000, 0x8000_0001, 0xFFFF_FFFF] {
            let facts = try PNG.file(PNG.header(), PNG.chunk("acTL", .be32(count) + .be32(0))).facts
            #expect((facts.frames, facts.framesAreExact) == (1, true))
        }
        let most = PNG.chunk("acTL", .be32(0x7FFF_FFFF) + .be32(0))
        #expect(try PNG.file(PNG.header(), most).facts.frames == 0x7FFF_FFFF)
    }

    @Test("A header with a wrong checksum is malformed")
    func checksum() {
        let file = PNG.file(PNG.header())
        for offset in 16..<33 {
            let error = file.setting(offset, to: file.array[offset] ^ 1).error
            #expect(error == .malformed(.png, .badChecksum), "\(offset)")
        }
    }

    @Test("The largest side is 2^31 - 1 px")
    func sides() throws {
        #expect(try PNG.file(PNG.header(width: 0x7FFF_FFFF)).facts.size.width == 0x7FFF_FFFF)
        #expect(PNG.file(PNG.header(width: 0x8000_0000)).error == .malformed(.png, .impossibleSize))
        #expect(PNG.file(PNG.header(height: 0)).error == .malformed(.png, .impossibleSize))
    }

    @Test("An invalid header is malformed, and the error says why")
    func malformed() {
        #expect(PNG.file(PNG.header(depth: 16, color: 3)).error == .malformed(.png, .badField))
        #expect(PNG.file(PNG.header(depth: 3)).error == .malformed(.png, .badField))
        #expect(PNG.file(PNG.header(color: 5)).error == .malformed(.png, .badField))
        #expect(PNG.file(PNG.header(interlace: 2)).error == .malformed(.png, .badField))
        #expect(
            PNG.file(PNG.chunk("gAMA", .zeros(4)), PNG.header()).error == .malformed(.png, .missingHeader))
        #expect(PNG.file(PNG.header(), PNG.header()).error == .malformed(.png, .badField))
        #expect((PNG.signature + PNG.header() + PNG.chunk("IEND")).error == .malformed(.png, .noImage))
        #expect((PNG.signature + PNG.header()).error == .truncated(.png))
        let chunk = Bytes.be32(0xFFFF_FFFF) + Bytes("tEXt")
        #expect(PNG.file(PNG.header(), chunk).error == .malformed(.png, .badLength))
    }

    @Test("A PNG rewritten for iOS is identified as such")
    func apple() {
        #expect(PNG.file(PNG.chunk("CgBI", .zeros(4)), PNG.header()).error == .malformed(.png, .appleCgBI))
    }
}
