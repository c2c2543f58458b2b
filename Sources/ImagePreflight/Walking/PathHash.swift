/// A hash of a path that is the same in every run, unlike Swift's seeded `Hasher`: FNV-1a, 64 bit.
enum PathHash {
    /// The hash of some bytes.
    static func of(_ path: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in path {
            hash ^= UInt64(byte)
            hash = hash &* 0x0000_0100_0000_01b3
        }
        return hash
    }

    /// The hash of a name in ASCII lower case.
    static func ignoringCase(_ name: ArraySlice<UInt8>) -> UInt64 { of(name.lazy.map(\.asciiLowercased)) }
}
