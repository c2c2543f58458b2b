import Vips

/// What a picture is like, which decides how it is compressed.
enum ContentKind: String, Sendable, Hashable, CaseIterable {
    /// Soft and noisy nearly everywhere: lossy compression is invisible and small.
    case photo
    /// A screenshot, a chart, a drawing: flat areas and hard edges, which lossy compression smears.
    case drawing

    /// How pixels next to each other differ.
    struct Texture: Hashable {
        /// Pairs of the same colour.
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
    /// In a photo nearly all neighbours differ, by a little. In a drawing most are the same, and where they
    /// differ there is an edge. A photo on white paper has both: its soft pairs give it away.
    ///
    /// - Parameter pixels: 8-bit grey or RGB, with or without alpha.
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

    /// Counts the pairs of horizontal neighbours in at most 256 evenly spread rows.
    static func texture(of pixels: PixelBuffer) -> Texture {
        var texture = Texture()
        let rows = min(pixels.height, 256)
        let bands = pixels.bands
        for index in 0..<rows {
            let row = index * pixels.height / rows * pixels.stride
            var offset = row
            let last = row + pixels.stride - bands
            while offset < last {
                var largest = 0
                for band in 0..<bands {
                    let left = Int(pixels.samples[offset + band])
                    let right = Int(pixels.samples[offset + bands + band])
                    largest = max(largest, abs(left - right))
                }
                switch largest {
                case 0: texture.flat += 1
                case ...Texture.softest: texture.soft += 1
                default: texture.hard += 1
                }
                offset += bands
            }
        }
        return texture
    }
}
