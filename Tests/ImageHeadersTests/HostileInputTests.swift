import Testing

@testable import ImageHeaders

/// SplitMix64: the same numbers on every machine.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

@Suite("Hostile input")
struct HostileInputTests {
    @Test("The size of every sample is read")
    func whole() throws {
        for sample in samples {
            let facts = try sample.bytes.facts
            #expect(facts.format == sample.format)
            #expect(facts.size.width > 0 && facts.size.height > 0)
        }
    }

    @Test("A file truncated at any length gives the full file's size or an error about truncation")
    func truncation() throws {
        for sample in samples {
            let whole = try sample.bytes.facts
            for length in 0..<sample.bytes.array.count {
                switch Bytes(Array(sample.bytes.array.prefix(length))).header {
                case .success(let facts): #expect(facts.size == whole.size, "\(sample.format) \(length)")
                case .failure(let error):
                    switch error.reason {
                    case .empty: #expect(length == 0)
                    case .truncated(let format): #expect(format == sample.format)
                    case .unrecognized, .noPixelSize:
                        // Too short to identify, or text so far.
                        #expect(length < 24, "\(sample.format) \(length)")
                    case .malformed(let format, let defect):
                        Issue.record("\(format) cut to \(length) bytes: \(defect)")
                    }
                }
            }
        }
    }

    @Test("Random bytes after every signature and random changes to every sample give facts or an error")
    func random() {
        var generator = Generator(state: 20_261_121)
        var successes = 0
        for round in 0..<100_000 {
            let sample = samples[round % samples.count]
            var bytes = sample.bytes.array
            if round % 3 == 0 {
                let kept = Int.random(in: 2...14, using: &generator)
                for index in bytes.indices.dropFirst(kept) { bytes[index] = generator.next(upperBound: 255) }
            } else {
                for _ in 0...(round % 7) {
                    let index = Int.random(in: bytes.indices, using: &generator)
                    // Boundary values find more bugs than the values between them.
                    bytes[index] =
                        [0, 1, 0x7F, 0x80, 0xFF, generator.next(upperBound: 255)].randomElement(
                            using: &generator) ?? 0
                }
            }
            if case .success(let facts) = Bytes(bytes).header {
                successes += 1
                if facts.size.width <= 0 || facts.size.height <= 0 || facts.frames < 1 {
                    Issue.record("\(facts.format) gave \(facts.size), \(facts.frames) frames")
                }
            }
            if round % 10 == 0 { _ = bytes.withUnsafeBytes { HeaderReader.countFrames(bytes: $0) } }
        }
        // Neither all nor none: the changes reach beyond the signatures.
        #expect((10_000...90_000).contains(successes))
    }

    @Test("The largest sides that a format can express do not overflow")
    func largestSides() throws {
        #expect(try JPEG.file(JPEG.frame(width: 65535, height: 65535)).facts.size.pixelCount == 65535 * 65535)
        let psd =
            Bytes("8BPS") + .be16(1) + .zeros(6) + .be16(3) + .be32(-1) + .be32(-1) + .be16(8) + .be16(3)
        #expect(psd.error == .malformed(.psd, .impossibleSize))
        let item = ISO.file(ISO.size(9, 9), ISO.size(0xFFFF_FFFF, 0xFFFF_FFFF))
        #expect(try item.facts.size.width == 0xFFFF_FFFF)
        let wide = tiff([(256, 4, 0xFFFF_FFFF), (257, 4, 1), (258, 3, 8)])
        #expect(try wide.facts.size.width == 0xFFFF_FFFF)
    }

    @Test("The reader gives up on endless segments")
    func endlessSegments() {
        let segment = JPEG.segment(0xE1, []).array
        let jpeg = Bytes([0xFF, 0xD8] + Array(repeating: segment, count: 5000).flatMap { $0 })
        #expect(jpeg.error == .malformed(.jpeg, .tooManySegments))
        let chunk = PNG.chunk("tEXt").array
        let png = PNG.signature + PNG.header() + Bytes(Array(repeating: chunk, count: 5000).flatMap { $0 })
        #expect(png.error == .malformed(.png, .tooManySegments))
        let gif = GIF.screen() + Bytes(Array(repeating: GIF.loop.array, count: 5000).flatMap { $0 })
        #expect(gif.error == .malformed(.gif, .tooManySegments))
        let other = WebP.chunk("XMP ", []).array
        let webp = WebP.file(WebP.extended(0), Bytes(Array(repeating: other, count: 5000).flatMap { $0 }))
        #expect(webp.error == .malformed(.webp, .tooManySegments))
        let box = ISO.box("free", []).array
        let heic = ISO.box("ftyp", "heic") + Bytes(Array(repeating: box, count: 5000).flatMap { $0 })
        #expect(heic.error == .malformed(.heic, .tooManySegments))
    }

    @Test("The reader gives up on endless garbage and fill bytes")
    func endlessJunk() {
        for pattern in [[0xFF], [0], [0xFF, 0]] as [[UInt8]] {
            let junk = Array(repeating: pattern, count: 200_000 / pattern.count).flatMap { $0 }
            #expect(Bytes([0xFF, 0xD8] + junk).error == .malformed(.jpeg, .badLength))
        }
    }

    @Test("Lengths that point outside the file or into themselves are errors")
    func lengths() {
        for length in [0, 1, 7, 0xFFFF_FFFF] {
            let box = ISO.box("ftyp", "heic") + .be32(length) + Bytes("abcd") + .be32(-1) + .be32(-1)
            #expect(box.error != nil)
            let chunk = PNG.signature + PNG.header() + .be32(length) + Bytes("tEXt")
            #expect(chunk.error != nil)
            let riff = Bytes("RIFF") + .le32(length) + Bytes("WEBPVP8X") + .le32(length) + .zeros(30)
            #expect(riff.error != nil)
            let big = Bytes("II") + .le16(43) + .le16(8) + .le16(0) + .le32(length) + .le32(length)
            #expect(big.error != nil)
        }
        let nested =
            ISO.box("ftyp", "heic") + ISO.box("meta", .zeros(4) + .be32(999) + Bytes("iprp")) + .zeros(9)
        #expect(nested.error == .malformed(.heic, .badLength))
    }
}

extension Generator {
    fileprivate mutating func next(upperBound: UInt8) -> UInt8 { .random(in: 0...upperBound, using: &self) }
}
