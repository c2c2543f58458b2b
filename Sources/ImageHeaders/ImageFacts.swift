/// What the header of an image says. No pixels are decoded.
public struct ImageFacts: Sendable, Codable, Hashable {
    /// The format that the bytes show, whatever the file is called.
    public var format: ImageFormat
    /// The stored size in px, before the orientation is applied.
    public var size: PixelSize
    /// The orientation in the metadata; ``Orientation/up`` when none is given.
    public var orientation: Orientation
    /// Which part of the metadata the orientation is from; nil when none gives one.
    package var orientationSource: OrientationSource?
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
    /// Whether the colors are sRGB, by the statement that counts (<doc:WhatCounts>).
    public var colorProfile: ColorProfile
    /// Everything that the header says about the colors.
    package var color: ColorSignal
    /// The kind of high dynamic range, by code points or profile; nil for an ordinary image.
    package var highDynamicRange: HighDynamicRange?
    /// A kind of the format that common decoders do not read; nil for the usual ones.
    public var unsupportedKind: UnsupportedKind?
    /// Progressive JPEG, Adam7 PNG or interlaced GIF: costly to decode.
    public var isInterlaced: Bool
    /// Whether the container claims to be larger than the file, so that its end is missing.
    public var isCutShort: Bool
    /// Whether the EXIF block holds a GPS directory.
    public var hasLocation: Bool

    private enum CodingKeys: String, CodingKey {
        case format
        case size
        case orientation
        case orientationSource = "orientation_source"
        case frames
        case framesAreExact = "frames_exact"
        case hasAlpha = "has_alpha"
        case bitDepth = "bit_depth"
        case colorModel = "color_model"
        case colorProfile = "color_profile"
        case color
        case highDynamicRange = "high_dynamic_range"
        case unsupportedKind = "unsupported_kind"
        case isInterlaced = "interlaced"
        case isCutShort = "cut_short"
        case hasLocation = "has_location"
    }

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
        self.color = ColorSignal()
        self.isInterlaced = false
        self.isCutShort = false
        self.hasLocation = false
    }

    /// Whether the Messages API accepts the format, and this variant of it.
    public var isSendable: Bool { format.isSendable && unsupportedKind == nil }

    /// Whether only the rest of the file can show how many frames there are: the header stopped at the second one, or
    /// it is an APNG, whose header claims a number.
    package var framesNeedCounting: Bool { !framesAreExact || format == .png && frames > 1 }

    /// The size in px as a viewer that honors the orientation shows it.
    public var displaySize: PixelSize { size.oriented(orientation) }
}

extension ImageFacts {
    /// How the stored samples of an image are to be read.
    public enum ColorModel: String, Sendable, Codable, Hashable, CaseIterable {
        case grayscale, rgb, indexed, cmyk, ycck, lab
    }

    /// The verdict on an image's colors.
    public enum ColorProfile: String, Sendable, Codable, Hashable, CaseIterable {
        /// No statement that counts: sRGB is assumed.
        case none
        /// sRGB, by its primaries, white point and curve.
        case sRGB = "srgb"
        /// Anything else.
        case other
    }

    /// A variant of a sendable format that common decoders do not read.
    public struct UnsupportedKind: RawRepresentable, Sendable, Codable, Hashable, CustomStringConvertible {
        /// The name in records, as in `jpeg-ls`.
        public let rawValue: String

        /// A kind.
        ///
        /// - Parameter rawValue: the name in records, as in `jpeg-ls`.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The name in records.
        public var description: String { rawValue }

        /// A JPEG with 12 bits per sample.
        public static let twelveBitJPEG = UnsupportedKind(rawValue: "12-bit-jpeg")
        /// A lossless JPEG (SOF3).
        public static let losslessJPEG = UnsupportedKind(rawValue: "lossless-jpeg")
        /// A JPEG with arithmetic coding. libjpeg can be built to read it, so `prepare` may convert it.
        public static let arithmeticJPEG = UnsupportedKind(rawValue: "arithmetic-jpeg")
        /// A JPEG with several resolutions (SOF5 to SOF7).
        public static let hierarchicalJPEG = UnsupportedKind(rawValue: "hierarchical-jpeg")
        /// JPEG-LS, a different format that begins with JPEG's first two bytes.
        public static let jpegLS = UnsupportedKind(rawValue: "jpeg-ls")

        /// Whether some libraries read it, so that `prepare` can try.
        public var mayBeConverted: Bool { self == .arithmeticJPEG }

        /// The name people use, as in `12-bit JPEG`.
        public var name: String {
            switch self {
            case .twelveBitJPEG: "12-bit JPEG"
            case .losslessJPEG: "lossless JPEG"
            case .arithmeticJPEG: "JPEG with arithmetic coding"
            case .hierarchicalJPEG: "hierarchical JPEG"
            case .jpegLS: "JPEG-LS"
            default: rawValue
            }
        }
    }
}
