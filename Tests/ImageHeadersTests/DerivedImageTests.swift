import ImageHeaders
import Testing

@Suite("Derived images in HEIC and AVIF")
struct DerivedImageTests {
    /// A file whose items are derived from others, as given by `iref`.
    private func file(_ references: [(from: Int, to: [Int])], isWide: Bool = false, kind: String = "dimg")
        -> Bytes
    {
        func id(_ number: Int) -> Bytes { isWide ? .be32(number) : .be16(number) }
        let boxes = references.map { reference in
            ISO.box(
                kind, id(reference.from) + .be16(reference.to.count) + reference.to.map(id).reduce(Bytes(), +)
            )
        }
        let iref = ISO.box("iref", [isWide ? 1 : 0, 0, 0, 0] + boxes.reduce(Bytes(), +))
        return ISO.file(meta: iref, ISO.size(9, 9), ISO.size(640, 480))
    }

    @Test("Grids, overlays and identities as written by cameras are accepted")
    func usual() throws {
        #expect(try file([]).facts.size == PixelSize(width: 640, height: 480))
        for isWide in [false, true] {
            #expect(try file([(2, Array(10..<58))], isWide: isWide).facts.size.width == 640)
            #expect(
                try file([(2, [3]), (3, [4, 5]), (4, Array(6..<30)), (5, [40, 40])], isWide: isWide).facts
                    .size.width == 640)
        }
        // References of other kinds may be circular: a thumbnail of an image with a thumbnail.
        #expect(try file([(2, [3]), (3, [2])], kind: "cdsc").facts.size.width == 640)
    }

    @Test("Images derived from each other in a cycle are refused")
    func circles() {
        for isWide in [false, true] {
            for references in [
                [(2, [2])], [(2, [3]), (3, [2])], [(2, [3, 4]), (3, [5]), (4, [5]), (5, [6, 2])],
                [(2, [3]), (7, [8]), (8, [7])],
            ] as [[(Int, [Int])]] {
                #expect(
                    file(references, isWide: isWide).error == .malformed(.heic, .endlessDerivation),
                    "\(references)")
            }
        }
    }

    @Test("Chains of grids that double and endless chains are refused")
    func doubling() {
        let doubling = (2..<34).map { ($0, [$0 + 1, $0 + 1]) }
        #expect(file(doubling).error == .malformed(.heic, .endlessDerivation))
        let long = (2..<40).map { ($0, [$0 + 1]) }
        #expect(file(long).error == .malformed(.heic, .endlessDerivation))
        let wide = [(2, Array(100..<5100))]
        #expect(file(wide).error == .malformed(.heic, .endlessDerivation))
    }

    @Test("A box that is truncated or has wrong lengths is malformed")
    func lengths() {
        let lying = ISO.box("iref", .zeros(4) + ISO.box("dimg", .be16(2) + .be16(500) + .be16(3)))
        #expect(
            ISO.file(meta: lying, ISO.size(9, 9), ISO.size(640, 480)).error == .malformed(.heic, .badLength))
    }
}
