internal import PreflightFiles

/// What a picture looks like, in 255 bits that hardly change with its size, its format and its quality.
///
/// The picture, squeezed to 32×32 px of grey, goes through a discrete cosine transform; each bit is the sign of
/// one of the 16×16 lowest frequencies, without the mean. All of it is whole numbers, so that the same pixels
/// have the same hash on every machine.
///
/// Measured on the pictures of `testdata` and 30 pages of text laid out alike: the same picture at a quarter of
/// its size and JPEG quality 30 differs in at most 28 bits, different ones in at least 70. A picture that is
/// its own mirror image has signs that are chance, so two of its copies may not be recognised.
public struct PerceptualHash: Sendable, Hashable {
    /// The most bits in which two hashes of the same picture differ.
    public static let maxDistance = 32
    /// The most of the 63 lowest frequencies that may be among them.
    public static let maxLowDistance = 7
    /// Pictures with a shorter side, px, have no hash: there is too little to compare.
    public static let minEdge = side

    /// The side of the picture that is transformed, px.
    static let side = 32
    private static let frequencies = 16

    /// The signs of the 8×8 lowest frequencies; the first bit, the mean, is 0.
    let low: UInt64
    /// The signs of the rest.
    let high: SIMD3<UInt64>

    private init(low: UInt64, high: SIMD3<UInt64>) {
        self.low = low
        self.high = high
    }

    /// The number of bits in which two hashes differ.
    public func distance(to other: PerceptualHash) -> Int {
        let high = high ^ other.high
        return (low ^ other.low).nonzeroBitCount + high[0].nonzeroBitCount + high[1].nonzeroBitCount
            + high[2].nonzeroBitCount
    }

    /// The same for the lowest frequencies alone.
    func lowDistance(to other: PerceptualHash) -> Int { (low ^ other.low).nonzeroBitCount }
}

// MARK: - Pixels

extension PerceptualHash {
    /// The hash of a picture; nil where it is so even that its frequencies are noise.
    ///
    /// - Parameter gray: 32 rows of 32 samples from 0 to 255.
    init?(gray: [Int]) {
        let side = Self.side
        precondition(gray.count == side * side, "the picture is 32×32 px")
        let sum = gray.reduce(0, +)
        let squares = gray.reduce(0) { $0 + $1 * $1 }
        // The variance, times the square of the number of px: a standard deviation below 2 is noise.
        guard squares * gray.count - sum * sum >= 4 * gray.count * gray.count else { return nil }
        let mean = sum / gray.count

        var columns = [Int](repeating: 0, count: Self.frequencies * side)
        for frequency in 0..<Self.frequencies {
            for y in 0..<side {
                let factor = Self.cosines[frequency * side + y]
                for x in 0..<side {
                    columns[frequency * side + x] += factor * (gray[y * side + x] - mean)
                }
            }
        }
        var words: [UInt64] = [0, 0, 0, 0]
        for vertical in 0..<Self.frequencies {
            for horizontal in 0..<Self.frequencies where vertical + horizontal > 0 {
                var value = 0
                for x in 0..<side {
                    value += columns[vertical * side + x] * Self.cosines[horizontal * side + x]
                }
                guard value > 0 else { continue }
                // The four quarters of the 16×16 frequencies, the lowest first.
                let word = vertical / 8 * 2 + horizontal / 8
                words[word] |= 1 << UInt64(vertical % 8 * 8 + horizontal % 8)
            }
        }
        self.init(low: words[0], high: SIMD3(words[1], words[2], words[3]))
    }

    /// `cos(π (2x + 1) f / 64)` in units of 1/4096, for each frequency f and each x.
    private static let cosines: [Int] = (0..<frequencies).flatMap { frequency in
        (0..<side).map { x in
            Int((cos(Double.pi * Double((2 * x + 1) * frequency) / Double(2 * side)) * 4096).rounded())
        }
    }
}

// MARK: - Text

extension PerceptualHash: Codable, CustomStringConvertible {
    /// 64 hexadecimal digits, the lowest frequencies first.
    public var description: String {
        [low, high[0], high[1], high[2]].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// A hash from its text; nil when that is none.
    public init?(_ text: String) {
        guard text.utf8.count == 64 else { return nil }
        var words: [UInt64] = []
        var rest = text[...]
        while !rest.isEmpty {
            guard let word = UInt64(rest.prefix(16), radix: 16) else { return nil }
            words.append(word)
            rest = rest.dropFirst(16)
        }
        self.init(low: words[0], high: SIMD3(words[1], words[2], words[3]))
    }

    /// Reads a hash from its text.
    public init(from decoder: any Swift.Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let hash = PerceptualHash(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a perceptual hash")
        }
        self = hash
    }

    /// Writes the hash as its text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
