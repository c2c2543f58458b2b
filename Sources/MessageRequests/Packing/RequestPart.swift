internal import PreflightRecords

/// A part of a request to write: text, or an image whose base64 text goes there.
package enum RequestPart: Sendable {
    case text(String)
    case picture(RequestImage)
}

/// Reads the parts of a request whose pictures are in memory, in pieces of at most 64 KiB.
package struct RequestPartReader: Sendable {
    private var parts: ArraySlice<RequestPart>
    /// How much of the first part has been read, bytes of the picture.
    private var offset = 0

    package init(_ parts: [RequestPart]) { self.parts = parts[...] }

    /// A multiple of 3, so that only a picture's last piece is padded.
    private static let pieceBytes = 48 * 1024

    /// The next bytes; nil at the end.
    package mutating func next() -> [UInt8]? {
        while let part = parts.first {
            guard case .picture(let image) = part, case .bytes(let bytes, _) = image.source else {
                parts.removeFirst()
                if case .text(let text) = part { return Array(text.utf8) }
                continue
            }
            let end = min(offset + Self.pieceBytes, bytes.count)
            let letters = bytes.withUnsafeBytes { bytes in
                Base64.encoded(UnsafeRawBufferPointer(rebasing: bytes[offset..<end]))
            }
            offset = end
            if end == bytes.count {
                offset = 0
                parts.removeFirst()
            }
            if !letters.isEmpty { return letters }
        }
        return nil
    }
}
