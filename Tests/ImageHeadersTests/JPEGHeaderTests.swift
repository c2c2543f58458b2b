import ImageHeaders
import Testing

@Suite("JPEG headers")
struct JPEGHeaderTests {
    @Test("A baseline frame gives size, depth and color")
    func baseline() throws {
        let facts = try JPEG.file(JPEG.frame(width: 300, height: 7)).facts
        #expect(facts == ImageFacts(format: .jpeg, size: PixelSize(width: 300, height: 7)))
    }

    @Test(
        "Every frame marker is read, and only progressive ones are costly",
        arguments: [0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF] as [UInt8])
    func frames(marker: UInt8) throws {
        let facts = try JPEG.file(JPEG.segment(0xC4, .zeros(4)), JPEG.frame(marker)).facts
        #expect(facts.size == PixelSize(width: 640, height: 480))
        #expect(facts.isInterlaced == [0xC2, 0xC6, 0xCA, 0xCE].contains(marker))
    }

    @Test(
        "Components and Adobe's transform give the color model",
        arguments: [
            (1, nil, ImageFacts.ColorModel.grayscale), (3, 1, .rgb), (4, nil, .cmyk), (4, 0, .cmyk),
            (4, 2, .ycck),
        ] as [(Int, UInt8?, ImageFacts.ColorModel)])
    func colors(components: Int, transform: UInt8?, model: ImageFacts.ColorModel) throws {
        let adobe = transform.map(JPEG.adobe) ?? Bytes()
        #expect(try JPEG.file(JPEG.frame(components: components), adobe).facts.colorModel == model)
    }

    @Test("Twelve-bit depth is reported")
    func depth() throws {
        #expect(try JPEG.file(JPEG.frame(0xC1, depth: 12)).facts.bitDepth == 12)
    }

    @Test("The first of several EXIF blocks counts, even if broken, as in libvips")
    func firstExif() throws {
        let turned = JPEG.exif(tiff([(0x0112, 3, 6)]))
        let down = JPEG.exif(tiff([(0x0112, 3, 3)]))
        #expect(try JPEG.file(turned, down, JPEG.frame()).facts.orientation == .right)
        #expect(try JPEG.file(JPEG.exif("XX"), down, JPEG.frame()).facts.orientation == .up)
        #expect(
            try JPEG.file(JPEG.segment(0xE1, "http://ns.adobe.com/xap/1.0/\0"), down, JPEG.frame())
                .facts.orientation == .down)
    }

    @Test("EXIF after the frame counts; a block without the full prefix does not")
    func placeAndPrefixOfExif() throws {
        #expect(try JPEG.file(JPEG.frame(), JPEG.exif(tiff([(0x0112, 3, 6)]))).facts.orientation == .right)
        let wrong = JPEG.segment(0xE1, Bytes("Exif\0\u{1}") + tiff([(0x0112, 3, 6)]))
        #expect(try JPEG.file(wrong, JPEG.frame()).facts.orientation == .up)
    }

    @Test(
        "A kind of JPEG that common decoders do not read is identified from the frame",
        arguments: [
            (0xC0, 8, nil), (0xC1, 8, nil), (0xC2, 8, nil), (0xC1, 12, .twelveBitJPEG),
            (0xC2, 12, .twelveBitJPEG),
            (0xC3, 8, .losslessJPEG), (0xC3, 16, .losslessJPEG), (0xC9, 8, .arithmeticJPEG),
            (0xCA, 8, .arithmeticJPEG), (0xC9, 12, .twelveBitJPEG), (0xCB, 8, .losslessJPEG),
            (0xC5, 8, .hierarchicalJPEG), (0xCF, 8, .hierarchicalJPEG), (0xF7, 8, .jpegLS),
        ] as [(UInt8, UInt8, ImageFacts.UnsupportedKind?)])
    func kinds(marker: UInt8, depth: UInt8, kind: ImageFacts.UnsupportedKind?) throws {
        let facts = try JPEG.file(JPEG.frame(marker, depth: depth)).facts
        #expect(facts.unsupportedKind == kind)
        #expect(facts.isSendable == (kind == nil))
        #expect(facts.size == PixelSize(width: 640, height: 480))
    }

    @Test("A depth that the kind of frame does not allow is malformed")
    func depths() {
        for (marker, depth) in [(0xC0, 12), (0xC1, 9), (0xC2, 16), (0xC9, 10), (0xC3, 1), (0xC3, 17)]
            as [(UInt8, UInt8)]
        {
            #expect(JPEG.file(JPEG.frame(marker, depth: depth)).error == .malformed(.jpeg, .badField))
        }
    }

    @Test("Fill bytes, standalone markers and garbage between segments are skipped, as in libjpeg")
    func tolerance() throws {
        let odd: Bytes = [0xFF, 0xFF, 0xFF, 0xD0, 0xFF, 0x01, 1, 2, 3, 0xFF, 0x00, 4]
        #expect(try JPEG.file(odd, JPEG.frame()).facts.size == PixelSize(width: 640, height: 480))
    }

    @Test("A header that no decoder accepts is malformed, and the error says why")
    func malformed() {
        #expect(JPEG.file(JPEG.frame(width: 0)).error == .malformed(.jpeg, .impossibleSize))
        #expect(JPEG.file(JPEG.frame(height: 0)).error == .malformed(.jpeg, .impossibleSize))
        #expect(JPEG.file(JPEG.frame(), JPEG.frame()).error == .malformed(.jpeg, .badField))
        #expect(JPEG.file(JPEG.frame(components: 5)).error == .malformed(.jpeg, .badField))
        #expect(JPEG.file([0xFF, 0xD8], JPEG.frame()).error == .malformed(.jpeg, .badField))
        #expect(JPEG.file([0xFF, 0xE0, 0, 0], JPEG.frame()).error == .malformed(.jpeg, .badLength))
        #expect(JPEG.file([0xFF, 0xE0, 0, 1], JPEG.frame()).error == .malformed(.jpeg, .badLength))
        #expect(JPEG.file().error == .malformed(.jpeg, .noImage))
        #expect(([0xFF, 0xD8, 0xFF, 0xD9] as Bytes).error == .malformed(.jpeg, .noImage))
        #expect((([0xFF, 0xD8] as Bytes) + JPEG.frame()).error == .truncated(.jpeg))
    }
}
