import Testing
import Vips

@testable import ImagePreflight

@Suite struct BMPReaderTests {
    /// A file of 2×2 px, bottom-up unless the height is negative: red, green over blue, white.
    private static func file(
        bits: Int, compression: Int = 0, height: Int = 2, extra: [UInt8] = [], rows: [UInt8],
        headerLength: Int = 40
    ) -> [UInt8] {
        func bytes(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let offset = 14 + 40 + extra.count
        let header = bytes(headerLength, 4) + bytes(2, 4) + bytes(height, 4) + bytes(1, 2) + bytes(bits, 2)
        let rest = bytes(compression, 4) + [UInt8](repeating: 0, count: 20)
        return Array("BM".utf8) + bytes(offset + rows.count, 4) + bytes(0, 4) + bytes(offset, 4) + header
            + rest + extra + rows
    }

    private static func pixels(_ file: [UInt8]) throws -> [[Int]] {
        let pixels = try file.withUnsafeBytes { try BMPReader.pixels(of: $0) }
        return [(0, 0), (1, 0), (0, 1), (1, 1)].map { Pictures.pixel(pixels, $0.0, $0.1) }
    }

    private static let expected = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]
    /// Blue, white, padding; red, green, padding.
    private static let rows24: [UInt8] = [
        255, 0, 0, 255, 255, 255, 0, 0, 0, 0, 255, 0, 255, 0, 0, 0,
    ]
    private static let palette: [UInt8] = [0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0]

    @Test("24 bits, bottom-up and top-down")
    func trueColor() throws {
        #expect(try Self.pixels(Self.file(bits: 24, rows: Self.rows24)) == Self.expected)
        let topDown = Array(Self.rows24[8...] + Self.rows24[..<8])
        #expect(try Self.pixels(Self.file(bits: 24, height: -2, rows: topDown)) == Self.expected)
    }

    @Test("Palettes of 8 and 4 bits are read; an index past the end is black")
    func palettes() throws {
        let extra = Self.palette + [UInt8](repeating: 0, count: 12 * 4)
        let four = Self.file(bits: 4, extra: extra, rows: [0x23, 0, 0, 0, 0x01, 0, 0, 0])
        #expect(try Self.pixels(four) == Self.expected)
        var eight = Self.file(bits: 8, extra: Self.palette, rows: [2, 3, 0, 0, 0, 9, 0, 0])
        eight[46] = 4
        #expect(try Self.pixels(eight) == [[255, 0, 0], [0, 0, 0], [0, 0, 255], [255, 255, 255]])
    }

    @Test("16 bits are 5-5-5 unless masks say otherwise; 32 bits without masks have no alpha")
    func bitFields() throws {
        let rows555: [UInt8] = [0x1F, 0, 0xFF, 0x7F, 0, 0x7C, 0xE0, 0x03]
        #expect(try Self.pixels(Self.file(bits: 16, rows: rows555)) == Self.expected)
        let masks565: [UInt8] = [0, 0xF8, 0, 0, 0xE0, 7, 0, 0, 0x1F, 0, 0, 0] + [0, 0, 0, 0]
        let rows565: [UInt8] = [0x1F, 0, 0xFF, 0xFF, 0, 0xF8, 0xE0, 0x07]
        #expect(
            try Self.pixels(Self.file(bits: 16, compression: 3, extra: masks565, rows: rows565))
                == Self.expected)
        let rows32: [UInt8] = [255, 0, 0, 9, 255, 255, 255, 9, 0, 0, 255, 9, 0, 255, 0, 9]
        #expect(try Self.pixels(Self.file(bits: 32, rows: rows32)) == Self.expected)
    }

    @Test("Every truncated file is refused without a crash")
    func truncated() {
        let whole = Self.file(bits: 24, rows: Self.rows24)
        for count in 0..<whole.count {
            #expect(throws: PreflightError.self) { _ = try Self.pixels(Array(whole.prefix(count))) }
        }
    }

    @Test("Compression, absurd sizes and masks with gaps are refused")
    func refused() {
        #expect(throws: PreflightError.self) {
            _ = try Self.pixels(Self.file(bits: 8, compression: 1, extra: Self.palette, rows: Self.rows24))
        }
        for field in [18, 22] {
            var absurd = Self.file(bits: 24, rows: Self.rows24)
            absurd.replaceSubrange(field..<(field + 4), with: [0xFF, 0xFF, 0xFF, 0x7F])
            #expect(throws: PreflightError.self) { _ = try Self.pixels(absurd) }
            absurd.replaceSubrange(field..<(field + 4), with: [0, 0, 0, 0x80])
            #expect(throws: PreflightError.self) { _ = try Self.pixels(absurd) }
        }
        let holes: [UInt8] = [5, 0, 0, 0, 0xE0, 7, 0, 0, 0x1F, 0, 0, 0, 0, 0, 0, 0]
        #expect(throws: PreflightError.self) {
            _ = try Self.pixels(Self.file(bits: 16, compression: 3, extra: holes, rows: Self.rows24))
        }
    }
}
