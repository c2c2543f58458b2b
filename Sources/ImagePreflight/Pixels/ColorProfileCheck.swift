internal import PreflightFiles

/// Tells an sRGB profile from others, so that most pictures need no colour conversion.
enum ColorProfileCheck {
    /// Whether an ICC profile calls itself sRGB and has the curve of sRGB: a linear one calls itself that too.
    ///
    /// Its description is ASCII (version 2) or UTF-16 (version 4): without the zero bytes both read the same.
    /// Source: ICC.1:2022, 7.3 (tag table), 9.2.41 (profileDescriptionTag).
    ///
    /// - Parameter profile: the whole profile.
    /// - Returns: false for anything unusual: converting sRGB to sRGB costs time, not colours.
    static func isSRGB(_ profile: UnsafeRawBufferPointer) -> Bool {
        guard profile.count >= 132 else { return false }
        let count = min(Int(profile.bigEndian32(128)), 100)
        var hasName = false
        var hasCurve = false
        for index in 0..<count {
            let entry = 132 + 12 * index
            guard entry + 12 <= profile.count else { return false }
            let offset = Int(profile.bigEndian32(entry + 4))
            let length = Int(profile.bigEndian32(entry + 8))
            guard offset <= profile.count, length <= profile.count - offset else { return false }
            let data = UnsafeRawBufferPointer(rebasing: profile[offset..<(offset + length)])
            switch profile.bigEndian32(entry) {
            case 0x6465_7363:  // "desc"
                hasName = data.prefix(512).filter { $0 != 0 }.contains(sequence: Array("sRGB".utf8))
            case 0x7254_5243, 0x6B54_5243:  // "rTRC", "kTRC"
                hasCurve = isSRGBCurve(data)
            default: break
            }
        }
        return hasName && hasCurve
    }

    /// Whether a curve is that of sRGB, or the gamma of 2.2 that often stands for it, by one point near the half.
    /// Source: ICC.1:2022, 10.6 (curveType), 10.18 (parametricCurveType); IEC 61966-2-1.
    private static func isSRGBCurve(_ data: UnsafeRawBufferPointer) -> Bool {
        guard let (signal, light) = pointNearHalf(data) else { return false }
        return abs(light - pow((signal + 0.055) / 1.055, 2.4)) < 0.01
    }

    /// How much light a signal of about a half is; nil for a kind of curve that no sRGB profile has.
    private static func pointNearHalf(_ data: UnsafeRawBufferPointer) -> (signal: Double, light: Double)? {
        guard data.count >= 14 else { return nil }
        /// A number with 16 bits behind the point.
        func fixed(_ offset: Int) -> Double { Double(Int32(bitPattern: data.bigEndian32(offset))) / 65536 }
        func unsigned16(_ offset: Int) -> Double { Double(Int(data[offset]) << 8 | Int(data[offset + 1])) }
        switch (data.bigEndian32(0), data.bigEndian32(8)) {
        case (0x6375_7276, 0): return (0.5, 0.5)  // "curv", linear
        case (0x6375_7276, 1): return (0.5, pow(0.5, unsigned16(12) / 256))
        case (0x6375_7276, let count):
            guard count <= (data.count - 12) / 2 else { return nil }
            let middle = Int(count / 2)
            return (Double(middle) / Double(count - 1), unsigned16(12 + 2 * middle) / 65535)
        case (0x7061_7261, 0) where data.count >= 16: return (0.5, pow(0.5, fixed(12)))  // "para"
        case (0x7061_7261, 3 << 16) where data.count >= 32:
            return (0.5, pow(fixed(16) * 0.5 + fixed(20), fixed(12)))
        default: return nil
        }
    }
}

extension [UInt8] {
    fileprivate func contains(sequence: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: sequence) }
    }
}
