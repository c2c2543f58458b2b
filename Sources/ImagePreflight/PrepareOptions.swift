public import ImageHeaders
public import VisionRules

extension PrepareOptions {
    /// The format that prepared images are written in.
    public enum OutputFormat: String, Sendable, Codable, Hashable, CaseIterable {
        /// A photo becomes JPEG; drawings, screenshots and pictures with alpha stay lossless.
        case auto
        /// JPEG, for everything.
        case jpeg
        /// PNG, for everything.
        case png
        /// WebP: lossy for photos, lossless for the rest.
        case webp

        /// The format that every result has; nil when it depends on the picture.
        public var format: ImageFormat? {
            switch self {
            case .auto: nil
            case .jpeg: .jpeg
            case .png: .png
            case .webp: .webp
            }
        }
    }

    /// An 8-bit sRGB color.
    public struct Color: Sendable, Codable, Hashable {
        /// 0 to 255.
        public var red: UInt8
        /// 0 to 255.
        public var green: UInt8
        /// 0 to 255.
        public var blue: UInt8

        /// A color from three samples, 0 to 255 each.
        public init(red: UInt8, green: UInt8, blue: UInt8) {
            self.red = red
            self.green = green
            self.blue = blue
        }

        /// The default background of a transparent picture.
        public static let white = Color(red: 255, green: 255, blue: 255)
    }
}

/// How images are prepared.
public struct PrepareOptions: Sendable, Codable, Hashable {
    /// The options that decide the size.
    public var fit: FitOptions
    /// How images that would lose their detail become tiles; nil to make them smaller.
    public var tiling: Tiling?
    /// The format to write.
    public var outputFormat: OutputFormat
    /// The formats that a result may have when ``outputFormat`` is `auto`; files in other formats are
    /// converted. JPEG, PNG and WebP can be written.
    public var formats = ImageFormat.sendable
    /// The longest base64 text of a result, bytes; nil for the platform's limit, which always applies.
    public var maxBase64Bytes: Int?
    /// The quality of lossy formats, 1 to 100. It is lowered only when the byte limit requires it.
    public var quality: Int
    /// The background of transparent pictures, in every output format; nil to keep alpha if the format
    /// supports it, and to use white if not.
    public var background: Color?
    /// Whether SVG is rendered, in worker processes only; otherwise it is refused.
    public var convertsSVG = false
    /// The limits that are checked before anything is decoded.
    public var limits: DecodeLimits
    /// Whether a file that needs nothing is decoded before it is copied, to find damage inside. A missing end
    /// is found without that.
    public var decodesCopies: Bool
    /// Whether a file is flushed to disk, not just in the system's cache, before its name appears.
    public var isDurable: Bool
    /// Whether each image gets a perceptual hash, so that near duplicates can be found. That decodes each
    /// image once more, at the smallest scale, including images that are copied.
    public var hashesPictures = false

    private enum CodingKeys: String, CodingKey {
        case fit, tiling
        case outputFormat = "output_format"
        case formats
        case maxBase64Bytes = "max_base64_bytes"
        case quality, background
        case convertsSVG = "convert_svg"
        case limits
        case decodesCopies = "deep"
        case isDurable = "durable"
        case hashesPictures = "perceptual_hash"
    }

    /// Options; the defaults are those of the command.
    ///
    /// - Parameters:
    ///   - fit: the options that decide the size.
    ///   - tiling: how images that would lose their detail become tiles; nil to make them smaller.
    ///   - outputFormat: the format to write.
    ///   - quality: the quality of lossy formats, 1 to 100.
    ///   - background: the background of transparent pictures; nil to keep alpha if the format supports it.
    ///   - limits: the limits that are checked before anything is decoded.
    ///   - decodesCopies: whether a file that needs nothing is decoded before it is copied.
    ///   - isDurable: whether written files are flushed to disk.
    public init(
        fit: FitOptions = FitOptions(), tiling: Tiling? = nil, outputFormat: OutputFormat = .auto,
        quality: Int = 85, background: Color? = nil, limits: DecodeLimits = .standard,
        decodesCopies: Bool = false, isDurable: Bool = false
    ) {
        self.fit = fit
        self.tiling = tiling
        self.outputFormat = outputFormat
        self.quality = min(max(quality, 1), 100)
        self.background = background
        self.limits = limits
        self.decodesCopies = decodesCopies
        self.isDurable = isDurable
    }
}
