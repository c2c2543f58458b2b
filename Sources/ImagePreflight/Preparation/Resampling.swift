import ImageHeaders
import Vips

/// Makes pixels smaller: the one place that knows who does it.
enum Resampling {
    /// Reads an open image at the size that its plan asks for, in the direction of its rows.
    ///
    /// - Parameter source: the image; its rows are read once.
    /// - Returns: 8-bit pixels.
    /// - Throws: a `VipsError` for damaged data.
    static func pixels(of source: borrowing OpenImage) throws(VipsError) -> PixelBuffer {
        let image = try eightBit(source.image)
        let target = source.targetSizeOfRows
        if target.width == image.width && target.height == image.height { return try image.pixels() }
        return try image.resized(width: target.width, height: target.height).pixels()
    }

    /// Makes pixels in memory smaller.
    ///
    /// - Parameters:
    ///   - pixels: the pixels.
    ///   - size: px, at most theirs.
    /// - Returns: new pixels.
    /// - Throws: a `VipsError` when libvips refuses.
    static func smaller(_ pixels: PixelBuffer, size: PixelSize) throws(VipsError) -> PixelBuffer {
        try VipsImage(pixels).resized(width: size.width, height: size.height).pixels()
    }

    /// The image itself when rows can be resampled as they are. 16 bits and exotic colours are converted
    /// first: they are rare, and 8 bits of a wide profile would show steps.
    private static func eightBit(_ image: borrowing VipsImage) throws(VipsError) -> VipsImage {
        image.isPlain
            ? try image.upright(from: 1) : try image.convertedToSRGB(honorsProfile: !Colors.areSRGB(image))
    }
}

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
