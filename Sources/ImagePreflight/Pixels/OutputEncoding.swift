import Vips

// The settings of the encoders, chosen on time and bytes together.

extension OutputCodec {
    /// Encodes pixels.
    ///
    /// - Parameters:
    ///   - pixels: 8-bit gray or sRGB.
    ///   - quality: 1 to 100, which lossless codecs ignore.
    /// - Returns: the file.
    /// - Throws: a `VipsError` when libvips refuses.
    func encoded(_ pixels: PixelBuffer, quality: Int) throws(VipsError) -> ImageBytes {
        switch self {
        case .jpeg: return try VipsImage(pixels).encoded(as: .jpeg(quality: quality))
        case .png: return try Self.png(pixels)
        case .webp: return try VipsImage(pixels).encoded(as: .webp(quality: quality, effort: 2))
        case .losslessWebP:
            // From 30 on, drawings become another quarter smaller, for 50 % more time.
            let quality = ContentKind(pixels) == .drawing ? 30 : 20
            if let file = pixels.losslessWebP(quality: quality, effort: 1) { return file }
            return try VipsImage(pixels).encoded(as: .losslessWebP(quality: quality, effort: 1))
        }
    }

    /// A PNG, by libdeflate if it is installed, otherwise by libvips with zlib.
    ///
    /// For drawings, unfiltered rows become smaller than any difference of neighbors (by 14 to 60 % on real
    /// pages); for photos, differences from the average are smaller by a quarter. The level then makes no
    /// difference for a photo, so the fastest one is used; a drawing gains a tenth from level 1 to level 5.
    private static func png(_ pixels: PixelBuffer) throws(VipsError) -> ImageBytes {
        switch ContentKind(pixels) {
        case .photo:
            if let file = pixels.png(level: 1, averages: true) { return file }
            return try VipsImage(pixels).encoded(as: .png(compression: 1, filters: .average))
        case .drawing:
            if let file = palettePNG(pixels) { return file }
            if let file = pixels.png(level: 5, averages: false) { return file }
            return try VipsImage(pixels).encoded(as: .png(compression: 3, filters: .none))
        }
    }

    /// A PNG with a palette of exactly the picture's colors: a third smaller than one without, and as fast.
    private static func palettePNG(_ pixels: PixelBuffer) -> ImageBytes? {
        // Gray has one byte for each px already; a palette of 16 halves that.
        guard let palette = ExactPalette(pixels, maxColors: pixels.bands == 1 ? 16 : ExactPalette.maxColors)
        else { return nil }
        return PixelBuffer.palettePNG(
            indices: palette.indices, width: pixels.width, height: pixels.height, palette: palette.colors,
            level: 6)
    }
}
