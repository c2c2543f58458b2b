import Testing
import Vips

@testable import ImagePreflight

@Suite("Icons")
struct ICOReaderTests {
    /// An icon of 8×6 px with 24 bits a px, whose bitmap claims another size.
    private func icon(bitmapWidth: UInt8 = 8, bitmapHeight: UInt8 = 12) -> ImageBytes {
        let pixels = [UInt8](repeating: 200, count: 6 * 24) + [UInt8](repeating: 0, count: 6 * 4)
        let header: [UInt8] =
            [40, 0, 0, 0, bitmapWidth, 0, 0, 0, bitmapHeight, 0, 0, 0, 1, 0, 24, 0]
            + [UInt8](repeating: 0, count: 24)
        let size = UInt8(header.count + pixels.count)
        return ImageBytes(
            copying: [0, 0, 1, 0, 1, 0, 8, 6, 0, 0, 1, 0, 24, 0, size, 0, 0, 0, 22, 0, 0, 0] + header + pixels
        )
    }

    @Test("A bitmap of the size in the directory is read")
    func whole() throws {
        let pixels = try ICOReader.image(of: icon()).pixels()
        #expect(pixels.width == 8 && pixels.height == 6)
        #expect(Array(pixels.samples[..<4]) == [200, 200, 200, 255])
    }

    @Test(
        "Where the bitmap has no height, the directory counts, and another width is damage",
        arguments: [1, 4, 7, 9])
    func otherWidth(width: UInt8) {
        let error = #expect(throws: PreflightError.self) {
            try ICOReader.image(of: icon(bitmapWidth: width, bitmapHeight: 0))
        }
        #expect(error?.findings.map(\.code) == [.truncatedData])
    }
}
