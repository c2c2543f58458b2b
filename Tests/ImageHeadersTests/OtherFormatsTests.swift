import ImageHeaders
import Testing

@Suite("Headers of formats that cannot be sent")
struct OtherFormatsTests {
    private let size = PixelSize(width: 640, height: 480)

    @Test("TIFF gives size, color and orientation in both byte orders", arguments: [true, false])
    func tiffFields(bigEndian: Bool) throws {
        let facts = try tiff(
            [(256, 4, 640), (257, 3, 480), (258, 3, 16), (262, 3, 5), (274, 3, 8), (277, 3, 4)],
            bigEndian: bigEndian
        ).facts
        #expect((facts.format, facts.size, facts.bitDepth) == (.tiff, size, 16))
        #expect((facts.colorModel, facts.orientation, facts.hasAlpha) == (.cmyk, .left, false))
    }

    @Test("BigTIFF is read")
    func big() throws {
        #expect(try bigTIFF.facts.size == size)
    }

    @Test("A TIFF with another page has more than one frame, and a cycle of pages ends")
    func pages() throws {
        let file = tiff([(256, 3, 640), (257, 3, 480)], next: 8)
        let facts = try file.facts
        #expect((facts.frames, facts.framesAreExact) == (2, false))
        #expect(file.array.withUnsafeBytes { HeaderReader.countFrames(bytes: $0) } == .success(4096))
    }

    @Test("A TIFF without a size is malformed")
    func noSize() {
        #expect(tiff([(256, 3, 640)]).error == .malformed(.tiff, .missingHeader))
        #expect(tiff([(256, 3, 0), (257, 3, 480)]).error == .malformed(.tiff, .impossibleSize))
    }

    @Test("BMP rows may run in either direction, and the old header is read")
    func bmp() throws {
        #expect(try bitmap(width: 640, height: -480, bits: 24).facts.size == size)
        #expect(try bitmap(width: 640, height: 480, bits: 32).facts.hasAlpha)
        #expect(try bitmap(width: 640, height: 480, bits: 8).facts.colorModel == .indexed)
        #expect(bitmap(width: -640, height: 480, bits: 24).error == .malformed(.bmp, .impossibleSize))
        let smallest = bitmap(width: 640, height: Int(Int32.min), bits: 24)
        #expect(try smallest.facts.size.height == 1 << 31)
        let old = Bytes("BM") + .zeros(12) + .le32(12) + .le16(640) + .le16(480) + .le16(1) + .le16(24)
        #expect(try old.facts.size == size)
    }

    @Test("An icon has the size of its largest picture, where 0 means 256 px")
    func ico() throws {
        let facts = try icon([(0, 0), (16, 16)]).facts
        #expect((facts.size, facts.frames) == (PixelSize(width: 256, height: 256), 2))
        #expect(try icon([(16, 12), (48, 40)]).facts.size == PixelSize(width: 48, height: 40))
        let picture = PNG.file(PNG.header(width: 300, height: 301))
        let file: Bytes =
            [0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 32, 0] + .le32(picture.array.count) + .le32(22) + picture
        #expect(try file.facts.size == PixelSize(width: 300, height: 301))
    }

    @Test("HEIC has the size of its primary item, rotated and cropped as in libheif")
    func heic() throws {
        let other = ISO.size(9, 9)
        let main = ISO.size(640, 480)
        #expect(try ISO.file(other, main).facts.size == size)
        for angle in 0...3 as ClosedRange<UInt8> {
            let turned = try ISO.file(other, main, ISO.box("irot", [angle])).facts
            #expect(turned.size == (angle % 2 == 0 ? size : size.transposed))
            #expect(turned.orientation == .up)
        }
        let crop = ISO.box("clap", .be32(1278) + .be32(2) + .be32(479) + .be32(1) + .zeros(16))
        let cropped = try ISO.file(other, main, crop, ISO.box("irot", [1])).facts
        #expect(cropped.size == PixelSize(width: 479, height: 639))
    }

    @Test("Depth, profile and alpha come from the properties")
    func heicProperties() throws {
        let facts = try ISO.file(
            brand: "avif", ISO.box("auxC", .be32(0) + "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"),
            ISO.size(640, 480), ISO.box("pixi", .be32(0) + [3, 10, 10, 10]),
            ISO.box("colr", Bytes("nclx") + .be16(1) + .be16(13) + .be16(6) + [0x80])
        ).facts
        #expect(
            (facts.format, facts.bitDepth, facts.colorProfile, facts.hasAlpha) == (.avif, 10, .sRGB, true))
    }

    @Test(
        "Brands distinguish HEIC, AVIF and video",
        arguments: [
            ("heic", ImageFormat.heic), ("hevc", .heic), ("msf1", .heic), ("avif", .avif), ("avis", .avif),
            ("isom", .video), ("qt  ", .video), ("M4V ", .video),
        ])
    func brands(brand: String, format: ImageFormat) {
        let file = ISO.file(brand: brand, ISO.size(9, 9), ISO.size(640, 480))
        #expect(file.array.withUnsafeBytes { MagicBytes.format(of: $0) } == format)
        let listed = ISO.box("ftyp", Bytes("mif1") + .zeros(4) + Bytes("miaf") + Bytes("avif"))
        #expect(listed.array.withUnsafeBytes { MagicBytes.format(of: $0) } == .avif)
    }

    @Test("JPEG XL is read bare and in boxes")
    func jxl() throws {
        #expect(try (([0xFF, 0x0A] as Bytes) + jxlSmall).facts.size == PixelSize(width: 16, height: 8))
        #expect(try jxlContainer.facts.size == PixelSize(width: 16, height: 8))
    }

    @Test("JPEG 2000 is read bare and in boxes")
    func jp2() throws {
        #expect(try codestream.facts.size == size)
        let facts = try jp2Container.facts
        #expect((facts.size, facts.colorProfile, facts.bitDepth) == (size, .sRGB, 8))
    }

    @Test("Photoshop files give size and color")
    func psd() throws {
        let header = Bytes("8BPS") + .be16(1) + .zeros(6) + .be16(5) + .be32(480) + .be32(640)
        let facts = try (header + .be16(16) + .be16(4)).facts
        #expect((facts.size, facts.bitDepth, facts.colorModel, facts.hasAlpha) == (size, 16, .cmyk, true))
        #expect((header + .be16(9) + .be16(4)).error == .malformed(.psd, .badField))
    }
}
