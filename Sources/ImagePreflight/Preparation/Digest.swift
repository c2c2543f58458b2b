import Crypto
import SystemPackage
import Vips

/// Names bytes by what they are.
enum Digest {
    /// The SHA-256 of bytes, in lower-case hexadecimal.
    static func sha256(_ bytes: ImageBytes) -> String {
        bytes.withUnsafeBytes { buffer in
            var hash = SHA256()
            hash.update(bufferPointer: buffer)
            return text(hash.finalize())
        }
    }

    /// The SHA-256 of a file, in lower-case hexadecimal; it is read in pieces.
    ///
    /// - Parameter path: the file.
    /// - Returns: the digest; nil when the file cannot be read to its end.
    static func sha256(of path: FilePath) -> String? {
        guard let file = try? FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
        else { return nil }
        defer { try? file.close() }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { buffer.deallocate() }
        var hash = SHA256()
        while true {
            guard let count = try? file.read(into: buffer) else { return nil }
            if count == 0 { return text(hash.finalize()) }
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    private static func text(_ digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in digest {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 0x0F)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
