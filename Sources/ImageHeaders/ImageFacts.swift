/// What the header of an image says. Nothing here needed a pixel to be decoded.
public struct ImageFacts: Sendable, Codable, Hashable {
    /// The format that the bytes show, whatever the file is called.
    public var format: ImageFormat
    /// The stored size in px, before the orientation is applied.
    public var size: PixelSize
    /// The EXIF orientation; ``Orientation/up`` when none is given.
    public var orientation: Orientation
    /// 1, or how many frames there are; 2 for "more than one" when ``framesAreExact`` is false.
    public var frames: Int
    /// Whether ``frames`` was counted to the end.
    public var framesAreExact: Bool
    /// Whether a pixel can be transparent.
    public var hasAlpha: Bool
    /// Bits per channel.
    public var bitDepth: Int
    /// How the stored samples are to be read.
    public var colorModel: ColorModel
    /// The embedded colour profile, as far as the header tells.
    public var colorProfile: ColorProfile
    /// Progressive JPEG, Adam7 PNG or interlaced GIF: costly to decode.
    public var isInterlaced: Bool
    /// Whether the EXIF block holds a GPS directory.
    public var hasLocation: Bool

    /// The facts with everything unusual left out.
    ///
    /// - Parameters:
    ///   - format: the format that the bytes show.
    ///   - size: the stored size in px.
    ///   - colorModel: how samples are to be read.
    ///   - bitDepth: bits per channel.
    public init(
        format: ImageFormat, size: PixelSize, colorModel: ColorModel = .rgb, bitDepth: Int = 8
    ) {
        self.format = format
        self.size = size
        self.orientation = .up
        self.frames = 1
        self.framesAreExact = true
        self.hasAlpha = false
        self.bitDepth = bitDepth
        self.colorModel = colorModel
        self.colorProfile = .none
        self.isInterlaced = false
        self.hasLocation = false
    }

    /// The size in px as a viewer that honours the orientation shows it.
    public var displaySize: PixelSize { size.oriented(orientation) }
}

/// How the stored samples of an image are to be read.
public enum ColorModel: String, Sendable, Codable, Hashable, CaseIterable {
    case grayscale, rgb, indexed, cmyk, ycck, lab
}

/// The colour profile of an image, as far as its header tells.
public enum ColorProfile: String, Sendable, Codable, Hashable, CaseIterable {
    /// No profile: sRGB is assumed.
    case none
    /// A profile that says it is sRGB.
    case sRGB = "srgb"
    /// Any other profile.
    case other
}
