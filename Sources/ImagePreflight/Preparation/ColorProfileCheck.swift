/// Tells an sRGB profile from others, so that most pictures need no colour conversion.
enum ColorProfileCheck {
    /// Whether an ICC profile calls itself sRGB.
    ///
    /// Its description is ASCII (version 2) or UTF-16 (version 4): without the zero bytes both read the same.
    /// Source: ICC.1:2022, 7.3 (tag table), 9.2.41 (profileDescriptionTag).
    ///
    /// - Parameter profile: the whole profile.
    /// - Returns: false for anything unusual: converting sRGB to sRGB costs time, not colours.
    static func isSRGB(_ profile: UnsafeRawBufferPointer) -> Bool {
        guard profile.count >= 132 else { return false }
        let count = min(Int(profile.bigEndian32(128)), 100)
        for index in 0..<count {
            let entry = 132 + 12 * index
            guard entry + 12 <= profile.count else { return false }
            guard profile.bigEndian32(entry) == 0x6465_7363 else { continue }  // "desc"
            let offset = Int(profile.bigEndian32(entry + 4))
            let length = min(Int(profile.bigEndian32(entry + 8)), 512)
            guard offset <= profile.count, length <= profile.count - offset else { return false }
            let text = profile[offset..<(offset + length)].filter { $0 != 0 }
            return text.contains(sequence: Array("sRGB".utf8))
        }
        return false
    }
}

extension [UInt8] {
    fileprivate func contains(sequence: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: sequence) }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func bigEndian32(_ offset: Int) -> UInt32 {
        UInt32(self[offset]) << 24 | UInt32(self[offset + 1]) << 16 | UInt32(self[offset + 2]) << 8
            | UInt32(self[offset + 3])
    }
}
