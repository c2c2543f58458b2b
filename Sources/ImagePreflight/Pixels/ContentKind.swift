import Vips

/// The kind of a picture, which decides how it is compressed.
enum ContentKind: String, Sendable, Hashable, CaseIterable {
    /// Soft and noisy nearly everywhere: lossy compression is invisible and small.
    case photo
    /// A screenshot, a chart, a drawing: flat areas and hard edges, which lossy compression smears.
    case drawing

    /// How pixels next to each other differ.
    struct Texture: Hashable {
        /// Pairs of the same color.
        var flat = 0
        /// Pairs that differ by at most ``softest`` in every channel: noise and shading.
        var soft = 0
        /// All other pairs: edges.
        var hard = 0

        /// The largest difference of a soft pair, of 255.
        static let softest = 8

        /// All pairs.
        var total: Int { flat + soft + hard }
    }

    /// Judges pixels.
    ///
    /// In a photo nearly all neighbors differ, slightly. In a drawing most are the same, and where they
    /// differ there is an edge. A photo on white paper has both: its soft pairs give it away.
    ///
    /// - Parameter pixels: 8-bit gray or RGB, with or without alpha.
    init(_ pixels: PixelBuffer) {
        let texture = Self.texture(of: pixels)
        guard texture.total > 0 else {
            self = .drawing
            return
        }
        let flat = Double(texture.flat) / Double(texture.total)
        let soft = Double(texture.soft) / Double(texture.total)
        self = flat >= 0.5 && soft <= 0.2 ? .drawing : .photo
    }

    /// Counts the pairs of horizontal neighbors in at most 256 evenly spread rows.
    static func texture(of pixels: PixelBuffer) -> Texture {
        switch pixels.bands {
        case 1: texture(of: pixels, bands: 1)
        case 2: texture(of: pixels, bands: 2)
        case 3: texture(of: pixels, bands: 3)
        default: texture(of: pixels, bands: 4)
        }
    }

    /// The same with a number of bands that the compiler knows when it inlines: twice as fast.
    @inline(__always)
    private static func texture(of pixels: PixelBuffer, bands: Int) -> Texture {
        var texture = Texture()
        guard let samples = pixels.samples.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
            return texture
        }
        let rows = min(pixels.height, 256)
        let pairs = max(pixels.width - 1, 0)
        for index in 0..<rows {
            var left = samples + index * pixels.height / rows * pixels.stride
            // Counted without a branch, which would be unpredictable in a photo.
            var (flat, soft) = (0, 0)
            for _ in 0..<pairs {
                var largest: Int32 = 0
                for band in 0..<bands {
                    largest = max(largest, abs(Int32(left[band]) &- Int32(left[bands &+ band])))
                }
                flat &+= largest == 0 ? 1 : 0
                soft &+= largest <= Texture.softest ? 1 : 0
                left += bands
            }
            texture.flat += flat
            texture.soft += soft - flat
            texture.hard += pairs - soft
        }
        return texture
    }
}
