import ImageHeaders
import Testing

@Suite("WebP headers")
struct WebPHeaderTests {
    @Test("Each of the three kinds gives its size")
    func sizes() throws {
        #expect(
            try WebP.file(WebP.lossy(width: 16383, height: 1)).facts.size
                == PixelSize(width: 16383, height: 1))
        #expect(
            try WebP.file(WebP.lossless(width: 16384, height: 2)).facts.size
                == PixelSize(width: 16384, height: 2))
        #expect(
            try WebP.file(WebP.extended(0, width: 70, height: 5), WebP.lossy(width: 70, height: 5)).facts.size
                == PixelSize(width: 70, height: 5))
    }

    @Test("The scaling bits of a lossy size are not part of it")
    func scaling() throws {
        #expect(try WebP.file(WebP.lossy(width: 640 | 1 << 14)).facts.size.width == 640)
    }

    @Test("Alpha is told by the flag, the bitstream or its own chunk")
    func alpha() throws {
        #expect(try WebP.file(WebP.lossless(alpha: true)).facts.hasAlpha)
        #expect(try WebP.file(WebP.extended(0x10), WebP.lossy()).facts.hasAlpha)
        #expect(try WebP.file(WebP.extended(0), WebP.chunk("ALPH", [0]), WebP.lossy()).facts.hasAlpha)
        #expect(try !WebP.file(WebP.extended(0), WebP.lossy()).facts.hasAlpha)
    }

    @Test("An animation has two frames or more, and is counted on demand")
    func animation() throws {
        let file = WebP.file(WebP.extended(2), WebP.frame, WebP.frame, WebP.frame)
        let facts = try file.facts
        #expect((facts.frames, facts.framesAreExact) == (2, false))
        #expect(file.array.withUnsafeBytes { HeaderReader.countFrames(bytes: $0) } == .success(3))
        let one = try WebP.file(WebP.extended(2), WebP.frame).facts
        #expect((one.frames, one.framesAreExact) == (1, true))
    }

    @Test("EXIF and profile are read where the flags announce them, and only there")
    func metadata() throws {
        let exif = WebP.chunk("EXIF", tiff([(0x0112, 3, 6)]))
        #expect(try WebP.file(WebP.extended(8), WebP.frame, WebP.lossy(), exif).facts.orientation == .right)
        #expect(try WebP.file(WebP.extended(8), exif, WebP.lossy()).facts.orientation == .right)
        #expect(try WebP.file(WebP.extended(0), WebP.lossy(), exif).facts.orientation == .up)
        let color = WebP.chunk("ICCP", ICC.profile())
        #expect(try WebP.file(WebP.extended(0x20), color, WebP.lossy()).facts.colorProfile == .sRGB)
        #expect(try WebP.file(WebP.extended(0), color, WebP.lossy()).facts.colorProfile == .none)
    }

    @Test("The start of a file says what the whole says, or that it is cut: its EXIF comes last")
    func starts() throws {
        let image = WebP.extended(8) + WebP.lossy() + WebP.chunk("JUNK", .zeros(50))
        for prefix in ["", "Exif\0\0"] as [Bytes] {
            let block = prefix + tiff([(0x0100, 3, 9), (0x0112, 3, 6), (0x8825, 4, 8)])
            let file = WebP.file(image, WebP.chunk("EXIF", block))
            let whole = try file.facts
            #expect(whole.orientation == .right && whole.hasLocation)
            for count in 12..<file.array.count {
                let header = file.array.prefix(count).withUnsafeBytes {
                    HeaderReader.read(start: $0, byteCount: file.array.count).header
                }
                #expect(
                    header == .failure(.truncated(.webp)) || header == .success(whole), "\(count) bytes")
            }
        }
    }

    @Test("A header that the format does not allow is malformed, and says how")
    func malformed() {
        #expect(WebP.file(WebP.chunk("XXXX", .zeros(4))).error == .malformed(.webp, .missingHeader))
        #expect(WebP.file(WebP.lossy(width: 0)).error == .malformed(.webp, .impossibleSize))
        #expect(WebP.file(WebP.lossy()).setting(20, to: 0x31).error == .malformed(.webp, .badField))
        #expect(WebP.file(WebP.lossless()).setting(20, to: 0).error == .malformed(.webp, .badField))
        #expect(WebP.file(WebP.extended(0)).error == .malformed(.webp, .noImage))
        #expect(WebP.file(WebP.extended(2), WebP.lossy()).error == .malformed(.webp, .noImage))
        #expect(WebP.file(WebP.extended(0), WebP.lossy(width: 9)).error == .malformed(.webp, .badField))
        #expect(
            WebP.file(WebP.extended(0, width: 1 << 24, height: 1 << 24), WebP.lossy()).error
                == .malformed(.webp, .impossibleSize))
        #expect(WebP.file(WebP.chunk("VP8 ", [0])).error == .malformed(.webp, .badLength))
    }
}
