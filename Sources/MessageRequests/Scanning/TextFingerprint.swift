/// A 64-bit fingerprint of bytes: equal for equal bytes, and different for others except for one chance in
/// 2⁶⁴. It recognizes a picture that was sent before; it does not protect against forgery.
struct TextFingerprint {
    private var first: UInt64 = 0x9E37_79B9_7F4A_7C15
    private var second: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private var count = 0

    /// The fingerprint of a short text, such as an id; never 0.
    static func of(_ text: some Sequence<UInt8>) -> UInt64 {
        var print = TextFingerprint()
        Array(text).withUnsafeBytes { print.add($0, from: 0, to: $0.count) }
        return max(print.value, 1)
    }

    /// Adds bytes. The result depends on how the bytes are cut, unless every piece but the last is a
    /// multiple of 32 bytes long.
    mutating func add(_ text: UnsafeRawBufferPointer, from start: Int, to end: Int) {
        var offset = start
        while offset &+ 32 <= end {
            mix(
                text.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
                text.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self),
                text.loadUnaligned(fromByteOffset: offset &+ 16, as: UInt64.self),
                text.loadUnaligned(fromByteOffset: offset &+ 24, as: UInt64.self))
            offset &+= 32
        }
        while offset &+ 8 <= end {
            mix(text.loadUnaligned(fromByteOffset: offset, as: UInt64.self), 0, 0, 0)
            offset &+= 8
        }
        if offset < end {
            var rest: UInt64 = 0
            while offset < end {
                rest = rest << 8 | UInt64(text[offset])
                offset &+= 1
            }
            mix(rest, 1, 0, 0)
        }
        count &+= end &- start
    }

    /// The fingerprint of everything that was added.
    var value: UInt64 {
        let last = (first ^ UInt64(count)).multipliedFullWidth(by: second ^ 0x8EBC_6AF0_9C88_C6E3)
        return last.high ^ last.low
    }

    /// Folded 128-bit products, two independent chains so that the multiplier is kept busy.
    @inline(__always)
    private mutating func mix(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) {
        let left = (a ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: b ^ first)
        let right = (c ^ 0xE703_7ED1_A0B4_28DB).multipliedFullWidth(by: d ^ second)
        first = left.high ^ left.low
        second = right.high ^ right.low
    }
}
