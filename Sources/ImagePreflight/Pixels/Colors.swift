import ImageHeaders
import Vips

/// What the samples of an image mean, and how they become sRGB.
enum Colors {
    /// The conversion of samples to sRGB.
    enum Conversion: Hashable {
        /// None: they are sRGB or plain gray, or nothing usable is stated.
        case none
        /// The image's own profile.
        case embeddedProfile
        /// A profile made from what the file states.
        case profile([UInt8])
    }

    /// How samples become sRGB.
    ///
    /// - Parameters:
    ///   - image: the image, with its profile.
    ///   - facts: what its header says.
    /// - Returns: the conversion, by the statement that counts.
    static func conversion(of image: borrowing VipsImage, facts: ImageFacts) -> Conversion {
        let embedded = embeddedConversion(of: image)
        let isGray = image.colors == .gray
        guard image.colors == .gray || image.colors == .rgb else { return embedded }
        switch facts.color.governing {
        case .codePoints(let points):
            // With a profile, the code points of HEIF only say how its color differences were made.
            if facts.format != .png, embedded != .none { return embedded }
            if points.isSRGB { return .none }
            return MatrixProfile(points).map { .profile($0.bytes(isGray: isGray)) } ?? embedded
        case .sRGB: return .none
        case .gamma(let gamma, let chromaticities):
            guard facts.color.verdict == .other,
                let made = MatrixProfile(gamma: gamma, chromaticities: chromaticities)
            else { return .none }
            return .profile(made.bytes(isGray: isGray))
        case .profile, .nothing: return embedded
        }
    }

    private static func embeddedConversion(of image: borrowing VipsImage) -> Conversion {
        let colors = image.colors
        return image.withProfile { bytes in
            guard let profile = ICCProfile(bytes), profile.fits(colors) else { return .none }
            return profile.isSRGB ? .none : .embeddedProfile
        }
    }

    /// 8-bit sRGB or gray of pixels that were read from an image.
    ///
    /// - Parameters:
    ///   - pixels: what was read.
    ///   - source: the image, whose profile says what the samples mean.
    ///   - conversion: how they become sRGB.
    /// - Returns: the same pixels if nothing has to be done.
    /// - Throws: a `VipsError` when libvips refuses.
    static func convertedToSRGB(
        _ pixels: PixelBuffer, source: borrowing VipsImage, conversion: Conversion
    ) throws(VipsError) -> PixelBuffer {
        // Unusual samples were converted before they were read.
        guard source.isPlain else { return pixels }
        switch conversion {
        case .none where pixels.colors != .cmyk: return pixels
        case .none: break
        case .embeddedProfile, .profile:
            // An unusable profile is no reason to refuse a picture.
            if let converted = try? profiled(VipsImage(pixels), as: source, conversion)
                .convertedToSRGB(honorsProfile: true).pixels()
            {
                return converted
            }
            VipsRuntime.clearLog()
            guard pixels.colors == .cmyk else { return pixels }
        }
        return try VipsImage(pixels).convertedToSRGB(honorsProfile: false).pixels()
    }

    /// An image whose rows are 8-bit sRGB or gray, for unusual samples.
    ///
    /// - Parameters:
    ///   - image: the image.
    ///   - conversion: how its samples become sRGB.
    /// - Returns: the image; rows are converted when they are read.
    /// - Throws: a `VipsError` when libvips refuses.
    static func convertedToSRGB(
        _ image: borrowing VipsImage, conversion: Conversion
    ) throws(VipsError) -> VipsImage {
        guard conversion != .none, canConvert(image, conversion) else {
            return try image.convertedToSRGB(honorsProfile: false)
        }
        return try profiled(image.withProfile(of: image), as: image, conversion)
            .convertedToSRGB(honorsProfile: true)
    }

    /// The image with the profile of a conversion.
    private static func profiled(
        _ image: consuming VipsImage, as source: borrowing VipsImage, _ conversion: Conversion
    ) throws(VipsError) -> VipsImage {
        guard case .profile(let bytes) = conversion else { return try image.withProfile(of: source) }
        return try image.withProfile(bytes)
    }

    /// Whether a profile works for the samples of an image, tested on one px: later, a failure would look like damage.
    private static func canConvert(_ image: borrowing VipsImage, _ conversion: Conversion) -> Bool {
        guard image.bytesPerSample > 0, image.colors != .other, image.bands <= 5 else { return false }
        let size = PixelSize(width: 1, height: 1)
        let pixel = SampleBuffer(size, bands: image.bands, bytesPerSample: image.bytesPerSample)
        pixel.memory.initializeMemory(as: UInt8.self, repeating: 128)
        do throws(VipsError) {
            let trial = try VipsImage(
                wrapping: UnsafeRawBufferPointer(pixel.memory), owner: pixel, width: 1, height: 1,
                bands: image.bands, bytesPerSample: image.bytesPerSample, colors: image.colors)
            _ = try profiled(trial, as: image, conversion).convertedToSRGB(honorsProfile: true).pixels()
            return true
        } catch {
            VipsRuntime.clearLog()
            return false
        }
    }
}

extension ICCProfile {
    /// Whether the profile is for samples of this kind.
    func fits(_ colors: SampleColors) -> Bool {
        switch colors {
        case .gray: space == .gray
        case .rgb: space == .rgb
        case .cmyk: space == .cmyk
        case .other: false
        }
    }
}
