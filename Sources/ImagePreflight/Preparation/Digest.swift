import Crypto
import Vips

/// Names bytes by what they are.
enum Digest {
    /// The SHA-256 of bytes, in lower-case hexadecimal.
    static func sha256(_ bytes: ImageBytes) -> String {
        bytes.withUnsafeBytes { buffer in
            var hash = SHA256()
            hash.update(bufferPointer: buffer)
            let digits = Array("0123456789abcdef".utf8)
            var text: [UInt8] = []
            text.reserveCapacity(64)
            for byte in hash.finalize() {
                text.append(digits[Int(byte >> 4)])
                text.append(digits[Int(byte & 0x0F)])
            }
            return String(decoding: text, as: UTF8.self)
        }
    }
}
