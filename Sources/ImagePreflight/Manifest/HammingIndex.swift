internal import PreflightRecords
internal import ImageHeaders

/// Finds the nearest hash to another among very many, without comparing with all of them.
///
/// The 64 lowest bits are cut into four words of 16. Two hashes with at most 7 different bits among these
/// have a word in which at most one differs (pigeonhole), so looking up each word and its 16 neighbors finds
/// all of them: 68 short lists instead of everything.
struct HammingIndex {
    private var hashes: [PerceptualHash] = []
    private var sizes: [PixelSize] = []
    /// For each of the four words, the hashes with each value; created with the first of them, as it takes 2
    /// MB.
    private var lists: [[UInt32]] = []

    /// The number of hashes.
    var count: Int { hashes.count }

    /// Adds a hash.
    ///
    /// - Parameters:
    ///   - hash: the hash of a picture.
    ///   - size: its size in px.
    mutating func insert(_ hash: PerceptualHash, size: PixelSize) {
        if lists.isEmpty { lists = [[UInt32]](repeating: [], count: 4 << 16) }
        let index = UInt32(hashes.count)
        hashes.append(hash)
        sizes.append(size)
        for word in 0..<4 { lists[Self.list(word, hash)].append(index) }
    }

    /// The nearest hash of a picture of the same shape.
    ///
    /// - Parameters:
    ///   - hash: what to look for.
    ///   - size: its picture's size in px; shapes that differ by more than 5 % are never the same picture.
    /// - Returns: its number, counted from 0 in the order of addition, and the bits that differ; the first
    ///   of several that are equally near; nil when none is near enough.
    func nearest(to hash: PerceptualHash, size: PixelSize) -> (index: Int, distance: Int)? {
        guard !lists.isEmpty else { return nil }
        var best: (index: Int, distance: Int)?
        for word in 0..<4 {
            let list = Self.list(word, hash)
            for bit in -1..<16 {
                for candidate in lists[bit < 0 ? list : list ^ (1 << bit)] {
                    let index = Int(candidate)
                    let distance = hash.distance(to: hashes[index])
                    guard distance <= PerceptualHash.maxDistance,
                        hash.lowDistance(to: hashes[index]) <= PerceptualHash.maxLowDistance,
                        Self.haveSameShape(size, sizes[index])
                    else { continue }
                    if let best, (best.distance, best.index) <= (distance, index) { continue }
                    best = (index, distance)
                }
            }
        }
        return best
    }

    /// The size of a picture.
    func size(at index: Int) -> PixelSize { sizes[index] }

    private static func list(_ word: Int, _ hash: PerceptualHash) -> Int {
        word << 16 | Int(truncatingIfNeeded: hash.low >> UInt64(16 * word) & 0xFFFF)
    }

    private static func haveSameShape(_ one: PixelSize, _ other: PixelSize) -> Bool {
        let left = Double(one.width) * Double(other.height)
        let right = Double(one.height) * Double(other.width)
        return abs(left - right) <= 0.05 * max(left, right)
    }
}
