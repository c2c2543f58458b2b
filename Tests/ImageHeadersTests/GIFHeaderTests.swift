import Testing

@testable import ImageHeaders

@Suite("GIF headers")
struct GIFHeaderTests {
    @Test("A single image is exactly one frame if its end is near")
    func single() throws {
        let facts = try (GIF.screen() + GIF.image() + GIF.trailer).facts
        var expected = ImageFacts(
            format: .gif, size: PixelSize(width: 10, height: 8), colorModel: .indexed)
        #expect(facts == expected)
        expected.isInterlaced = true
        #expect(try (GIF.screen() + GIF.image(flags: 0x40) + GIF.trailer).facts == expected)
    }

    @Test("The search stops at the second image; counting continues to the last")
    func several() throws {
        let file = GIF.screen() + GIF.image() + GIF.control() + GIF.image() + GIF.image() + GIF.trailer
        let facts = try file.facts
        #expect(facts.frames == 2)
        #expect(!facts.framesAreExact)
        #expect(file.array.withUnsafeBytes { HeaderReader.countFrames(bytes: $0) } == .success(3))
    }

    @Test("A large still image is not scanned to the end, unless it hints at an animation")
    func bounds() throws {
        let blocks = GIFHeader.stillSearchBytes / 256 + 2
        let still = try (GIF.screen() + GIF.image(blocks: blocks) + GIF.image() + GIF.trailer).facts
        #expect((still.frames, still.framesAreExact) == (1, false))
        for hint in [GIF.loop, GIF.control(delay: 4)] {
            let file = GIF.screen() + hint + GIF.image(blocks: blocks) + GIF.image() + GIF.trailer
            let facts = try file.facts
            #expect((facts.frames, facts.framesAreExact) == (2, false))
        }
    }

    @Test("A file truncated in its first image has one frame")
    func cut() throws {
        let file = GIF.screen() + GIF.image(blocks: 3)
        let facts = try Bytes(Array(file.array.dropLast(300))).facts
        #expect((facts.frames, facts.framesAreExact) == (1, true))
    }

    @Test("A first image larger than the screen enlarges the screen; a later one does not")
    func screens() throws {
        let larger = GIF.screen() + GIF.image(left: 2, top: 3, width: 20, height: 30) + GIF.trailer
        #expect(try larger.facts.size == PixelSize(width: 22, height: 33))
        let later = GIF.screen() + GIF.image() + GIF.image(width: 99, height: 99) + GIF.trailer
        #expect(try later.facts.size == PixelSize(width: 10, height: 8))
        let unknown = GIF.screen(width: 0, height: 0) + GIF.image() + GIF.trailer
        #expect(try unknown.facts.size == PixelSize(width: 10, height: 8))
    }

    @Test("A transparent color, or an image that does not cover the screen, counts as alpha")
    func alpha() throws {
        #expect(
            try (GIF.screen() + GIF.control(transparent: true) + GIF.image() + GIF.trailer).facts.hasAlpha)
        #expect(try (GIF.screen() + GIF.image(left: 1, width: 9) + GIF.trailer).facts.hasAlpha)
        #expect(try !(GIF.screen() + GIF.control() + GIF.image() + GIF.trailer).facts.hasAlpha)
    }

    @Test("A file without an image, or with an unknown version, is malformed")
    func malformed() {
        #expect((GIF.screen() + GIF.trailer).error == .malformed(.gif, .noImage))
        #expect((GIF.screen() + [0x77]).error == .malformed(.gif, .badField))
        #expect((GIF.screen() + GIF.image(width: 0)).error == .malformed(.gif, .impossibleSize))
        #expect((GIF.screen() + GIF.image()).setting(4, to: 0x38).error == .malformed(.gif, .missingHeader))
        #expect(GIF.screen().error == .truncated(.gif))
    }
}
