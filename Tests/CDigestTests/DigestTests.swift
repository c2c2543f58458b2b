import CDigest
import Testing

@Suite("SHA-256")
struct DigestTests {
    static let kernels = [CDIGEST_PLAIN, CDIGEST_AVX2, CDIGEST_SHA_NI, CDIGEST_ARMV8].filter {
        cdigest_has_kernel($0)
    }

    /// Hashes the bytes in pieces of the given size.
    private func digest(_ bytes: [UInt8], _ kernel: cdigest_kernel, piece: Int) -> String {
        var state = cdigest_sha256()
        cdigest_sha256_init_with(&state, kernel)
        bytes.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: piece) {
                let part = bytes[start..<min(start + piece, bytes.count)]
                cdigest_sha256_update(&state, UnsafeRawBufferPointer(rebasing: part).baseAddress, part.count)
            }
        }
        var result = [UInt8](repeating: 0, count: 32)
        cdigest_sha256_finish(&state, &result)
        return result.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// FIPS 180-4's examples and the lengths around a block, from NIST's SHA256ShortMsg.rsp and
    /// SHA256LongMsg.rsp and from `sha256sum`.
    @Test(
        "matches NIST's digests",
        arguments: [
            ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        ])
    func vectors(text: String, count: Int, expected: String) {
        let bytes = Array(String(repeating: text, count: count).utf8)
        for kernel in Self.kernels {
            #expect(digest(bytes, kernel, piece: max(bytes.count, 1)) == expected)
        }
    }

    @Test("every kernel gives the same digest for any piece size")
    func pieces() {
        for length in [1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 1000, 4099] {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 3) }
            let expected = digest(bytes, CDIGEST_PLAIN, piece: length)
            for kernel in Self.kernels {
                for piece in [1, 7, 63, 64, 65, 200, length] {
                    #expect(digest(bytes, kernel, piece: piece) == expected, "\(length) bytes by \(piece)")
                }
            }
        }
    }
}
