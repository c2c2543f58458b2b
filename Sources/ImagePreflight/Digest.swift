internal import PreflightRecords
internal import CDigest
internal import PreflightFiles
package import SystemPackage
package import Vips

/// Identifies bytes by their SHA-256, in lower-case hexadecimal.
package struct Digest: ~Copyable {
    private var state = cdigest_sha256()

    /// A digest of no bytes yet.
    package init() { cdigest_sha256_init(&state) }

    /// Adds bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        cdigest_sha256_update(&state, bytes.baseAddress, bytes.count)
    }

    /// The 32 bytes of the digest.
    package consuming func finish() -> [UInt8] {
        var state = state
        return [UInt8](unsafeUninitializedCapacity: 32) { bytes, count in
            cdigest_sha256_finish(&state, bytes.baseAddress)
            count = 32
        }
    }

    /// The digest as text.
    package consuming func text() -> String {
        Hex.text(finish())
    }

    /// The SHA-256 of bytes, 32 bytes.
    package static func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var digest = Digest()
        Array(bytes).withUnsafeBytes { digest.update($0) }
        return digest.finish()
    }

    /// The SHA-256 of bytes.
    package static func sha256(_ bytes: ImageBytes) -> String {
        bytes.withUnsafeBytes { buffer in
            var digest = Digest()
            digest.update(buffer)
            return digest.text()
        }
    }

    /// The SHA-256 of a file, which is read in pieces.
    ///
    /// - Parameter path: the file.
    /// - Returns: the digest; nil when the file cannot be read to its end.
    package static func sha256(of path: FilePath) -> String? {
        guard let file = try? path.openForReading(.nonBlocking) else { return nil }
        defer { try? file.close() }
        return sha256(of: file)
    }

    /// The SHA-256 of an open file, which is read in pieces. Its position is not used.
    ///
    /// - Parameter file: the file.
    /// - Returns: the digest; nil when the file cannot be read to its end.
    package static func sha256(of file: FileDescriptor) -> String? {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { buffer.deallocate() }
        var digest = Digest()
        var offset: Int64 = 0
        while true {
            guard let count = try? file.read(fromAbsoluteOffset: offset, into: buffer) else { return nil }
            if count == 0 { return digest.text() }
            digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += Int64(count)
        }
    }
}
