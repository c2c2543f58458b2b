import ImageHeaders
import Vips
import VisionRules

/// A picture that was decoded at its full size to be measured, kept so that it need not be decoded again to be
/// prepared. It belongs to the thread that made it.
final class FullPicture {
    /// The pixels as the decoder returned them.
    enum Pixels {
        /// 8-bit gray or sRGB, as stored.
        case plain(PixelBuffer)
        /// The planes of a JPEG.
        case planes(DirectJPEG.Picture)
        /// Samples with a profile.
        case profiled(PixelBuffer, profile: [UInt8])
    }

    /// The pixels.
    let pixels: Pixels

    init(_ pixels: Pixels) { self.pixels = pixels }

    /// Samples that libvips takes; nil for others.
    var samples: (pixels: PixelBuffer, profile: [UInt8])? {
        if case .profiled(let pixels, let profile) = pixels { (pixels, profile) } else { nil }
    }

    /// 8-bit gray or sRGB; nil for others.
    var sRGBPixels: PixelBuffer? {
        if case .plain(let pixels) = pixels { pixels } else { nil }
    }

    /// The planes of a JPEG; nil for others.
    var planes: DirectJPEG.Picture? {
        if case .planes(let picture) = pixels { picture } else { nil }
    }
}

extension FullPicture {
    /// Decodes an image at its full size, and measures its text.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - facts: what its header says.
    ///   - options: how it will be prepared.
    ///   - memory: the memory for decoding.
    ///   - onlyDirectly: whether libvips must not be used.
    /// - Returns: the text; and the picture, or nil if it cannot be kept and has to be decoded again. Nil if
    ///   libvips would be needed and must not be used.
    /// - Throws: a `PreflightError` with findings when it is broken.
    static func measured(
        _ bytes: ImageBytes, facts: ImageFacts, options: PrepareOptions, memory: DecodingMemory,
        onlyDirectly: Bool
    ) throws(PreflightError) -> (text: TextMeasure, picture: FullPicture?)? {
        let orientation: Orientation = facts.format.isOrientedByDecoder ? .up : facts.orientation
        let background = options.background ?? .white
        func text(of pixels: PixelBuffer) -> TextMeasure {
            guard pixels.colors == .gray || pixels.colors == .rgb,
                var reading = TextReading(
                    size: PixelSize(width: pixels.width, height: pixels.height), orientation: orientation,
                    background: background)
            else { return .none }
            reading.take(pixels)
            return reading.finish()
        }
        if let picture = DirectJPEG.Picture(of: bytes, facts: facts, options: options, memory: memory.extra) {
            let text = picture.withLuminance { (luminance, stride) in
                guard
                    var reading = TextReading(
                        size: facts.size, orientation: orientation, background: background)
                else { return TextMeasure.none }
                reading.take(luminance, stride: stride, count: facts.size.height, bands: 1)
                return reading.finish()
            }
            return (text ?? .none, FullPicture(.planes(picture)))
        }
        if let pixels = DirectDecoding.sRGBPixels(of: bytes, facts: facts, memory: memory) {
            return (text(of: pixels), FullPicture(.plain(pixels)))
        }
        if onlyDirectly { return nil }
        if let (pixels, profile) = try DirectDecoding.samples(of: bytes, facts: facts, memory: memory) {
            return (text(of: pixels), FullPicture(.profiled(pixels, profile: profile)))
        }
        let image = try OpenImage.decoded(bytes, facts: facts, shrink: 1)
        do throws(VipsError) {
            return (try rowByRow(image, facts: facts, orientation, background), nil)
        } catch {
            throw PreflightError(error, while: .readingPixels)
        }
    }

    /// Measures the text of an image whose rows are decoded as they are read; reads all of them.
    ///
    /// - Parameters:
    ///   - image: the image.
    ///   - facts: what its header says.
    ///   - orientation: the orientation of its rows.
    ///   - background: the color behind transparent px.
    /// - Returns: the text.
    /// - Throws: a `VipsError` for damaged data.
    static func rowByRow(
        _ image: borrowing VipsImage, facts: ImageFacts, _ orientation: Orientation,
        _ background: PrepareOptions.Color
    ) throws(VipsError) -> TextMeasure {
        guard image.isPlain, image.colors == .gray || image.colors == .rgb else {
            let converted = try Colors.convertedToSRGB(
                image, conversion: Colors.conversion(of: image, facts: facts))
            guard converted.isPlain, converted.colors != .cmyk else {
                try image.readThrough()
                return .none
            }
            return try rowByRow(converted, facts: facts, orientation, background)
        }
        let bands = image.bands
        guard
            var reading = TextReading(
                size: PixelSize(width: image.width, height: image.height), orientation: orientation,
                background: background)
        else {
            try image.readThrough()
            return .none
        }
        var rows = try VipsRows(image)
        while let strip = try rows.next() {
            reading.take(strip.samples, stride: strip.stride, count: strip.count, bands: bands)
        }
        return reading.finish()
    }
}
