import ImageHeaders
import Testing

@Suite("The size of metadata")
struct MetadataSizeTests {
    private func size(_ bytes: Bytes, _ format: ImageFormat) -> MetadataSize {
        bytes.array.withUnsafeBytes { MetadataSize(of: $0, format: format) }
    }

    private func segment(_ marker: UInt8, _ content: Bytes) -> Bytes {
        [0xFF, marker] + .be16(content.array.count + 2) + content
    }

    private func chunk(_ type: String, _ length: Int) -> Bytes {
        .be32(length) + Bytes(type) + .zeros(length) + .zeros(4)
    }

    private func riff(_ type: String, _ length: Int) -> Bytes {
        Bytes(type) + .le32(length) + .zeros(length + length % 2)
    }

    @Test("of a JPEG: all application segments and comments before the scan, except profiles")
    func jpeg() {
        let file =
            Bytes([0xFF, 0xD8]) + segment(0xE1, .zeros(100)) + [0xFF, 0xFF] + segment(0xFE, .zeros(8))
            + segment(0xE2, Bytes("ICC_PROFILE\0") + .zeros(500)) + segment(0xDB, .zeros(65))
            + segment(0xE2, Bytes("MPF\0")) + segment(0xDA, .zeros(10)) + segment(0xE1, .zeros(3000))
        let size = size(file, .jpeg)
        #expect(size.profile == 4 + 512)
        #expect(size.other == 4 + 100 + 4 + 8 + 4 + 4)
    }

    @Test("of a PNG: all chunks before the data that the pixels do not need")
    func png() {
        let file =
            Bytes.zeros(8) + chunk("IHDR", 13) + chunk("iCCP", 40) + chunk("tEXt", 5) + chunk("PLTE", 6)
            + chunk("zTXt", 70) + chunk("IDAT", 9) + chunk("eXIf", 1000)
        let size = size(file, .png)
        #expect(size.profile == 52)
        #expect(size.other == 17 + 82)
    }

    @Test("of a WebP: profile, EXIF, XMP and unknown chunks, wherever they are")
    func webp() {
        let file =
            Bytes("RIFF") + .le32(0) + Bytes("WEBP") + riff("VP8X", 10) + riff("ICCP", 21) + riff("VP8 ", 300)
            + riff("EXIF", 33) + riff("XMP ", 44) + riff("HUH?", 2)
        let size = size(file, .webp)
        #expect(size.profile == 30)
        #expect(size.other == 42 + 52 + 10)
    }

    @Test("wrong lengths are clamped to the bytes present", arguments: [ImageFormat.jpeg, .png, .webp, .gif])
    func lies(format: ImageFormat) {
        let claims: [ImageFormat: Bytes] = [
            .jpeg: [0xFF, 0xD8, 0xFF, 0xE1, 0xFF, 0xFF, 1], .png: .zeros(8) + .be32(-1) + Bytes("tEXt") + [1],
            .webp: .zeros(12) + Bytes("EXIF") + .le32(-1) + [1],
        ]
        let file = claims[format] ?? .zeros(9)
        let size = size(file, format)
        #expect(size.profile == 0)
        #expect(size.other == [.jpeg: 5, .png: 9, .webp: 9][format, default: 0])
    }
}
