import Vips

/// What is known of an image's colours.
enum Colors {
    /// Whether the samples mean sRGB or plain grey without any conversion.
    static func areSRGB(_ image: borrowing VipsImage) -> Bool {
        guard image.colors == .rgb || image.colors == .gray else { return false }
        return image.withProfile { $0.isEmpty || ColorProfileCheck.isSRGB($0) }
    }

    /// 8-bit sRGB or grey of pixels that were read from an image.
    ///
    /// - Parameters:
    ///   - pixels: what was read.
    ///   - source: the image, whose profile says what the samples mean.
    /// - Returns: the same pixels when nothing is to be done.
    /// - Throws: a `VipsError` when libvips refuses.
    static func convertedToSRGB(
        _ pixels: PixelBuffer, source: borrowing VipsImage
    ) throws(VipsError) -> PixelBuffer {
        // What was not plain was converted before it was read.
        guard source.isPlain, !areSRGB(source) else { return pixels }
        return try VipsImage(pixels).withProfile(of: source).convertedToSRGB(honorsProfile: true).pixels()
    }
}
