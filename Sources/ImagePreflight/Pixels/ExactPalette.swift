import Vips

/// The colors of a picture that has few of them, in the order in which they appear.
struct ExactPalette {
    /// Red, green, blue and alpha of each, at most 256.
    private(set) var colors: [UInt8] = []
    /// The number of each px's color.
    private(set) var indices: [UInt8] = []

    /// The most colors of a palette.
    static let maxColors = 256

    /// The palette of a picture.
    ///
    /// - Parameters:
    ///   - pixels: 8-bit gray or RGB, with or without alpha.
    ///   - maxColors: the most colors, up to 256.
    ///
    /// Nil for a picture that has more.
    init?(_ pixels: PixelBuffer, maxColors: Int = Self.maxColors) {
        let bands = pixels.bands
        let count = pixels.width * pixels.height
        guard bands <= 4, let samples = pixels.samples.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
            return nil
        }
        // Open addressing: at most a quarter of the slots is used.
        let places = 1024
        var keys = [UInt32](repeating: 0, count: places)
        var numbers = [Int](repeating: -1, count: places)
        var found: [UInt32] = []
        var (lastKey, lastNumber) = (UInt32(0), -1)
        indices.reserveCapacity(count)
        for index in 0..<count {
            let key = Self.key(samples + index * bands, bands: bands)
            if key != lastKey || lastNumber < 0 {
                var place = Int((key &* 0x9E37_79B1) >> 22)
                while numbers[place] >= 0, keys[place] != key { place = (place + 1) & (places - 1) }
                if numbers[place] < 0 {
                    guard found.count < maxColors else { return nil }
                    (keys[place], numbers[place]) = (key, found.count)
                    found.append(key)
                }
                (lastKey, lastNumber) = (key, numbers[place])
            }
            indices.append(UInt8(truncatingIfNeeded: lastNumber))
        }
        withExtendedLifetime(pixels) {}
        colors = found.flatMap { key in
            [UInt8(key & 0xFF), UInt8(key >> 8 & 0xFF), UInt8(key >> 16 & 0xFF), UInt8(key >> 24)]
        }
    }

    /// Red, green, blue and alpha of a px in one number, red in the lowest bits.
    @inline(__always)
    private static func key(_ px: UnsafePointer<UInt8>, bands: Int) -> UInt32 {
        switch bands {
        case 1: UInt32(px[0]) * 0x010101 | 0xFF00_0000
        case 2: UInt32(px[0]) * 0x010101 | UInt32(px[1]) << 24
        case 3: UInt32(px[0]) | UInt32(px[1]) << 8 | UInt32(px[2]) << 16 | 0xFF00_0000
        default: UInt32(px[0]) | UInt32(px[1]) << 8 | UInt32(px[2]) << 16 | UInt32(px[3]) << 24
        }
    }
}
