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

    @Test("The scaling bits are not part of a lossy size")
    func scaling() throws {
        #expect(try WebP.file(WebP.lossy(width: 640 | 1 << 14)).facts.size.width == 640)
    }

    @Test("Alpha is found in the flag, the bitstream or its own chunk")
    func alpha() throws {
        #expect(try WebP.file(WebP.lossless(alpha: true)).facts.hasAlpha)
        #expect(try WebP.file(WebP.extended(0x10), WebP.lossy()).facts.hasAlpha)
        #expect(try WebP.file(WebP.extended(0), WebP.chunk("ALPH", [0]), WebP.lossy()).facts.hasAlpha)
        #expect(try !WebP.file(WebP.extended(0), WebP.lossy()).facts.hasAlpha)
    }

    @Test("A container that ends inside its picture is malformed", arguments: [1, 2, 5])
    func containerTooSmall(missing: Int) throws {
        for parts in [
            [WebP.lossless()], [WebP.extended(0), WebP.lossless()], [WebP.extended(2), WebP.frame],
        ] {
            var bytes = WebP.file(parts.reduce(Bytes()) { $0 + $1 }).array
            #expect(HeaderReader.read(bytes: bytes).facts != nil)
            bytes[4] -= UInt8(missing)
            #expect(HeaderReader.read(bytes: bytes).header == .failure(.malformed(.webp, .badLength)))
        }
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

    @Test("EXIF and profile are read only if the flags announce them")
    func metadata() throws {
        let exif = WebP.chunk("EXIF", tiff([(0x0112, 3, 6)]))
        #expect(try WebP.file(WebP.extended(8), WebP.frame, WebP.lossy(), exif).facts.orientation == .right)
        #expect(try WebP.file(WebP.extended(8), exif, WebP.lossy()).facts.orientation == .right)
        #expect(try WebP.file(WebP.extended(0), WebP.lossy(), exif).facts.orientation == .up)
        let color = WebP.chunk("ICCP", ICC.profile())
        #expect(try WebP.file(WebP.extended(0x20), color, WebP.lossy()).facts.colorProfile == .sRGB)
        #expect(try WebP.file(WebP.extended(0), color, WebP.lossy()).facts.colorProfile == .none)
    }

    @Test("The start of a file gives the same result or is truncated, because EXIF comes last")
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

    @Test("A container that is larger than the file, even by a byte, is truncated")
    func cutShort() throws {
        for file in [
            WebP.file(WebP.lossy()), WebP.file(WebP.lossless()), WebP.file(WebP.extended(0), WebP.lossy()),
            WebP.file(WebP.extended(2), WebP.frame, WebP.frame),
        ] {
            #expect(try !file.facts.isCutShort)
            #expect(try !(file + [0, 0]).facts.isCutShort)
            #expect(try Bytes(Array(file.array.dropLast())).facts.isCutShort)
            let start = file.array.prefix(file.array.count - 4).withUnsafeBytes {
                HeaderReader.read(start: $0, byteCount: file.array.count).facts
            }
            #expect(start?.isCutShort == false)
        }
    }

    @Test("A frame that extends beyond the canvas is malformed, as in libwebp")
    func frames() {
        func frame(_ left: Int, _ top: Int, _ width: Int, _ height: Int) -> Bytes {
            WebP.chunk(
                "ANMF",
                .le24(left / 2) + .le24(top / 2) + .le24(width - 1) + .le24(height - 1) + .zeros(4)
                    + WebP.lossy())
        }
        let canvas = WebP.extended(2, width: 100, height: 50)
        #expect(WebP.file(canvas, frame(0, 0, 100, 50)).error == nil)
        #expect(WebP.file(canvas, frame(98, 48, 2, 2)).error == nil)
        for wrong in [frame(0, 0, 101, 50), frame(2, 0, 99, 50), frame(0, 2, 9, 49), frame(0, 0, 1, 51)] {
            #expect(WebP.file(canvas, wrong).error == .malformed(.webp, .badField))
        }
    }

    @Test("An invalid header is malformed, and the error says why")
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
