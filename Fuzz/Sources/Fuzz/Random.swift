internal import CFuzz

/// SplitMix64: a mutator's choices depend on libFuzzer's seed, so a run is reproducible.
struct Random {
    private var state: UInt64

    /// A generator with a seed.
    init(seed: UInt32) { state = UInt64(seed) }

    /// The next number below a bound, which is above 0.
    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    /// True once in the given number of times.
    mutating func oneIn(_ times: Int) -> Bool { below(times) == 0 }

    /// One of the elements, of which there is at least one.
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// Bytes at random.
    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(below(256)) } }
}

extension [UInt8] {
    /// The bytes after one of libFuzzer's own mutations.
    func mutated(atMost room: Int) -> [UInt8] {
        let size = Swift.max(room, count, 1)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, written in
            _ = buffer.update(fromContentsOf: self)
            guard let start = buffer.baseAddress else { return }
            written = fuzz_mutate(start, count, size)
        }
    }

    /// Replaces a libFuzzer input with these bytes.
    ///
    /// - Returns: their number; nil if there is no room for them.
    func replace(_ input: UnsafeMutablePointer<UInt8>, room: Int) -> Int? {
        guard count <= room else { return nil }
        input.update(from: self, count: count)
        return count
    }
}
