/// A picture's appearance, in 255 bits that hardly change with its size, its format and its quality.
///
/// The picture, reduced to 32×32 px of gray, goes through a discrete cosine transform; each bit is the sign
/// of one of the 16×16 lowest frequencies, without the mean. Everything is computed in integers, so the same
/// pixels have the same hash on every machine.
///
/// Measured on the pictures of `testdata` and 30 pages of text laid out alike: the same picture at a quarter
/// of its size and JPEG quality 30 differs in at most 28 bits, different ones in at least 70. A picture that
/// is its own mirror image has random signs, so two of its copies may not be recognized.
package struct PerceptualHash: Sendable, Hashable {
    /// The most bits in which two hashes of the same picture differ.
    package static let maxDistance = 32
    /// The most of these that may be among the 63 lowest frequencies.
    package static let maxLowDistance = 7
    /// Pictures with a shorter side, px, have no hash: there is too little to compare.
    package static let minEdge = side

    /// The side of the picture that is transformed, px.
    package static let side = 32

    /// The signs of the 8×8 lowest frequencies; the first bit, the mean, is 0.
    package let low: UInt64
    /// The signs of the rest.
    package let high: SIMD3<UInt64>

    /// A hash from its signs.
    package init(low: UInt64, high: SIMD3<UInt64>) {
        self.low = low
        self.high = high
    }

    /// The number of bits in which two hashes differ.
    package func distance(to other: PerceptualHash) -> Int {
        let high = high ^ other.high
        return (low ^ other.low).nonzeroBitCount + high[0].nonzeroBitCount + high[1].nonzeroBitCount
            + high[2].nonzeroBitCount
    }

    /// The same for the lowest frequencies alone.
    package func lowDistance(to other: PerceptualHash) -> Int { (low ^ other.low).nonzeroBitCount }
}

extension PerceptualHash: Codable, CustomStringConvertible {
    /// 64 hexadecimal digits, the lowest frequencies first.
    package var description: String {
        [low, high[0], high[1], high[2]].map { Hex.text($0, digits: 16) }.joined()
    }

    /// A hash from its text; nil if it is invalid.
    package init?(_ text: String) {
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
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let hash = PerceptualHash(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a perceptual hash")
        }
        self = hash
    }

    /// Writes the hash as its text.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
