import ImageHeaders
import Testing
import VisionRules

@testable import ImagePreflight

@Suite("Hashes of pictures")
struct PerceptualHashTests {
    /// The hash of a 32×32 px picture from a function of x and y.
    private func hash(_ sample: (Int, Int) -> Int) throws -> PerceptualHash {
        try #require(PerceptualHash(gray: (0..<1024).map { sample($0 % 32, $0 / 32) }))
    }

    @Test("brightness and contrast do not change the hash, and a flat picture has none")
    func invariants() throws {
        let one = try hash { x, y in (x * 37 + y * 59 + x * y * 11) % 151 }
        #expect(one.distance(to: try hash { x, y in (x * 37 + y * 59 + x * y * 11) % 151 + 40 }) == 0)
        #expect(one.distance(to: try hash { x, y in ((x * 37 + y * 59 + x * y * 11) % 151) / 2 }) < 20)
        #expect(one.distance(to: try hash { x, y in 255 - ((x * 37 + y * 59 + x * y * 11) % 151) }) > 230)
        #expect(PerceptualHash(gray: [Int](repeating: 200, count: 1024)) == nil)
        #expect(PerceptualHash(gray: (0..<1024).map { 200 + $0 % 2 }) == nil)
    }

    @Test("the sign of a lone frequency is the only bit that counts")
    func frequencies() throws {
        // Brighter to the left: the first horizontal frequency is positive, and all odd ones with it.
        let left = try hash { x, _ in 255 - 8 * x }
        #expect(left.low & 0b10 != 0)
        let right = try hash { x, _ in 8 * x }
        #expect(right.low & 0b10 == 0)
        let top = try hash { _, y in 255 - 8 * y }
        #expect(top.low & 1 << 8 != 0)
        #expect(top.low & 0b10 == 0)
    }

    @Test("a hash survives a round trip through text")
    func text() throws {
        let one = try hash { x, y in (x * 37 + y * 59 + x * y * 11) % 151 }
        #expect(one.description.count == 64)
        #expect(PerceptualHash(one.description) == one)
        #expect(PerceptualHash("") == nil)
        #expect(PerceptualHash(String(repeating: "g", count: 64)) == nil)
        #expect(PerceptualHash(String(repeating: "+", count: 64)) == nil)
    }
}

@Suite("The nearest of many hashes")
struct HammingIndexTests {
    /// A fixed sequence of hashes.
    private struct Hashes {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }

        mutating func hash() throws -> PerceptualHash {
            let digits = (0..<4).map { _ in
                let text = String(next(), radix: 16)
                return String(repeating: "0", count: 16 - text.count) + text
            }
            return try #require(PerceptualHash(digits.joined()))
        }

        /// The same hash with some of its bits flipped.
        mutating func changed(_ hash: PerceptualHash, bits: Int, lowest: Int) throws -> PerceptualHash {
            var digits = Array(hash.description.utf8)
            func turn(_ bit: Int) {
                let digit = digits[bit / 4]
                let value = digit < 0x60 ? digit - 0x30 : digit - 0x57
                let turned = value ^ 1 << UInt8(bit % 4)
                digits[bit / 4] = turned < 10 ? 0x30 + turned : 0x57 + turned
            }
            var turned: Set<Int> = []
            while turned.count < lowest { turned.insert(Int(next() % 64)) }
            while turned.count < bits { turned.insert(64 + Int(next() % 192)) }
            for bit in turned { turn(bit) }
            return try #require(PerceptualHash(String(decoding: digits, as: UTF8.self)))
        }
    }

    @Test("finds the same as an exhaustive search")
    func exhaustive() throws {
        var random = Hashes(state: 7)
        var index = HammingIndex()
        var all: [PerceptualHash] = []
        let size = PixelSize(width: 400, height: 300)
        for _ in 0..<60 {
            let hash = try random.hash()
            for (bits, lowest) in [(0, 0), (10, 3), (30, 6), (40, 7)] {
                let hash = try random.changed(hash, bits: bits, lowest: lowest)
                all.append(hash)
                index.insert(hash, size: size)
            }
        }
        for start in stride(from: 0, to: all.count, by: 3) {
            for (bits, lowest) in [(0, 0), (7, 7), (8, 8), (32, 7), (33, 7), (20, 4)] {
                let wanted = try random.changed(all[start], bits: bits, lowest: lowest)
                let near = all.indices.filter {
                    wanted.distance(to: all[$0]) <= 32 && wanted.lowDistance(to: all[$0]) <= 7
                }
                let best = near.min { wanted.distance(to: all[$0]) < wanted.distance(to: all[$1]) }
                let found = index.nearest(to: wanted, size: size)
                #expect(found?.index == best)
                #expect(found?.distance == best.map { wanted.distance(to: all[$0]) })
            }
        }
    }

    @Test("a different aspect ratio is a different picture")
    func shape() throws {
        var random = Hashes(state: 9)
        let hash = try random.hash()
        var index = HammingIndex()
        index.insert(hash, size: PixelSize(width: 4000, height: 3000))
        #expect(index.nearest(to: hash, size: PixelSize(width: 100, height: 75))?.distance == 0)
        #expect(index.nearest(to: hash, size: PixelSize(width: 101, height: 75))?.distance == 0)
        #expect(index.nearest(to: hash, size: PixelSize(width: 110, height: 75)) == nil)
        #expect(index.nearest(to: hash, size: PixelSize(width: 75, height: 100)) == nil)
    }
}

@Suite("Duplicates in the order of the input")
struct DuplicateFinderTests {
    @Test("the first is the original, and later ones name it")
    func order() throws {
        var finder = DuplicateFinder()
        let (one, other) = (String(repeating: "a1", count: 32), String(repeating: "b2", count: 32))
        #expect(finder.look(at: PathBytes("x/1.png"), sha256: one) == nil)
        #expect(finder.look(at: PathBytes("x/2.png"), sha256: other) == nil)
        #expect(finder.look(at: PathBytes("x/3.png"), sha256: nil) == nil)
        #expect(finder.look(at: PathBytes("x/4.png"), sha256: one)?.message == "the same bytes as x/1.png")
        #expect(finder.look(at: PathBytes("x/5.png"), sha256: other)?.message == "the same bytes as x/2.png")
        #expect(finder.look(at: PathBytes("x/1.png"), sha256: one)?.message == "listed twice")
    }

    @Test("of pictures that look the same, the nearest is named with its distance")
    func pictures() throws {
        var finder = DuplicateFinder()
        let size = PixelSize(width: 640, height: 480)
        func look(_ name: String, _ digits: String) -> Finding? {
            finder.look(
                at: PathBytes(name), sha256: nil,
                picture: PerceptualHash(digits + String(repeating: "5", count: 64 - digits.count)), size: size
            )
        }
        #expect(look("a", "") == nil)
        #expect(look("b", "7")?.message == "looks like a: 1 of 255 bits differ")
        let found = look("c", "77")
        #expect(found?.message == "looks like b: 1 of 255 bits differ")
        #expect(found?.code == .duplicateImage && found?.measured == 1 && found?.limit == 32)
        #expect(look("d", "aaaa") == nil, "16 of the lowest bits")
        #expect(look("e", "")?.message == "looks like a: 0 of 255 bits differ")
    }
}
