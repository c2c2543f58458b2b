import ImageHeaders
import Testing

@Suite("EXIF blocks")
struct ExifBlockTests {
    /// The same block in each format that can carry one.
    private func carriers(_ block: Bytes) -> [Bytes] {
        [
            JPEG.file(JPEG.exif(block), JPEG.frame()),
            PNG.file(PNG.header(), PNG.chunk("eXIf", block)),
            WebP.file(WebP.extended(8), WebP.lossy(), WebP.chunk("EXIF", block)),
            WebP.file(WebP.extended(8), WebP.lossy(), WebP.chunk("EXIF", Bytes("Exif\0\0") + block)),
        ]
    }

    @Test(
        "All eight orientations are read in both byte orders", arguments: Orientation.allCases, [true, false])
    func orientations(orientation: Orientation, bigEndian: Bool) throws {
        for file in carriers(tiff([(0x010F, 3, 1), (0x0112, 3, orientation.rawValue)], bigEndian: bigEndian))
        {
            #expect(try file.facts.orientation == orientation)
        }
    }

    @Test("An orientation is read from a byte, a short or a long", arguments: [1, 3, 4])
    func types(type: Int) throws {
        for file in carriers(tiff([(0x0112, type, 6)], bigEndian: false)) {
            #expect(try file.facts.orientation == .right)
        }
    }

    @Test("An invalid orientation counts as upright", arguments: [0, 9, 65535])
    func unknown(value: Int) throws {
        for file in carriers(tiff([(0x0112, 3, value)])) { #expect(try file.facts.orientation == .up) }
    }

    @Test("A GPS directory counts as a location")
    func location() throws {
        for file in carriers(tiff([(0x8825, 4, 26)])) { #expect(try file.facts.hasLocation) }
        for file in carriers(tiff([(0x8769, 4, 26)])) { #expect(try !file.facts.hasLocation) }
    }

    @Test("An image with a broken block is valid and upright")
    func broken() throws {
        let whole = tiff([(0x0112, 3, 6)])
        for block in [Bytes(), "MM", "XX\0*....", Bytes(Array(whole.array.prefix(15)))]
            + [Bytes("MM") + .be16(42) + .be32(0xFFFF_FFFF), Bytes("II") + .le16(43) + .zeros(2)]
        {
            for file in carriers(block) { #expect(try file.facts.orientation == .up) }
        }
    }
}
