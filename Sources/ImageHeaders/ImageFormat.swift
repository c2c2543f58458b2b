/// What a file is, judged by its bytes. The first four can be sent to Claude; the others are recognized so
/// that a refusal can name them.
public enum ImageFormat: String, Sendable, Codable, Hashable, CaseIterable {
    case jpeg, png, gif, webp
    case heic, avif, tiff, bmp, ico, jxl, jp2, psd, svg
    case pdf, html, xml, zip, gzip, video, text
}

/// The facts about one format. Code asks this table instead of comparing formats.
package struct FormatTraits: Sendable, Hashable {
    /// The name people use, as in `JPEG XL`.
    package let name: String
    /// The IANA media type, as in `image/jpeg`.
    package let mediaType: String
    /// File name extensions in lower case without the dot, the preferred one first.
    package let fileExtensions: [String]
    /// Whether the Messages API takes the format.
    package let isSendable: Bool
    /// Whether the format can hold an alpha channel.
    package let canHaveAlpha: Bool
    /// Whether one file can hold several frames.
    package let canAnimate: Bool
    /// Whether the file is a picture at all (`false` for a PDF, a web page or an archive).
    package let isImage: Bool
}

extension ImageFormat {
    /// The formats that the Messages API takes, in the order in which its error text lists them.
    public static let sendable: [ImageFormat] = [.jpeg, .png, .gif, .webp]

    /// The facts about the format.
    package var traits: FormatTraits { Self.table[Int(tableIndex)] }

    /// Whether the Messages API takes the format. The same as `traits.isSendable`, without the look-up.
    public var isSendable: Bool { tableIndex < 4 }

    /// The IANA media type, as in `image/jpeg`.
    public var mediaType: String { traits.mediaType }

    /// The format with the given media type (`image/jpeg`), if there is one.
    ///
    /// - Parameter mediaType: a media type in lower case, without parameters.
    public init?(mediaType: String) {
        guard let format = Self.allCases.first(where: { $0.mediaType == mediaType }) else { return nil }
        self = format
    }

    /// The format that a file name extension promises, if it is a known one.
    ///
    /// - Parameter fileExtension: the extension without its dot, in any case.
    public init?(fileExtension: String) { self.init(fileExtension: ArraySlice(fileExtension.utf8)) }

    /// The format that a file name extension promises, if it is a known one.
    ///
    /// - Parameter fileExtension: the bytes of the extension without its dot, in any case.
    public init?(fileExtension: ArraySlice<UInt8>) {
        guard let word = Self.word(of: fileExtension),
            let entry = Self.byExtension.first(where: { $0.word == word })
        else { return nil }
        self = entry.format
    }

    /// All known extensions, those of the formats that can be sent first: for them a few comparisons of
    /// words are the whole look-up.
    private static let byExtension: [(word: UInt64, format: ImageFormat)] = allCases.flatMap { format in
        format.traits.fileExtensions.compactMap { name in word(of: ArraySlice(name.utf8)).map { ($0, format) }
        }
    }

    /// An extension of up to eight letters as one word, in lower case; nil for anything else.
    private static func word(of fileExtension: ArraySlice<UInt8>) -> UInt64? {
        guard !fileExtension.isEmpty, fileExtension.count <= 8 else { return nil }
        var word: UInt64 = 0
        for byte in fileExtension {
            let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
            word = word << 8 | UInt64(isUpper ? byte | 0x20 : byte)
        }
        return word
    }

    private var tableIndex: UInt8 {
        switch self {
        case .jpeg: 0
        case .png: 1
        case .gif: 2
        case .webp: 3
        case .heic: 4
        case .avif: 5
        case .tiff: 6
        case .bmp: 7
        case .ico: 8
        case .jxl: 9
        case .jp2: 10
        case .psd: 11
        case .svg: 12
        case .pdf: 13
        case .html: 14
        case .xml: 15
        case .zip: 16
        case .gzip: 17
        case .video: 18
        case .text: 19
        }
    }

    private static let table: [FormatTraits] = [
        row("JPEG", "image/jpeg", ["jpg", "jpeg", "jpe", "jfif"], sendable: true),
        row("PNG", "image/png", ["png", "apng"], sendable: true, alpha: true, animation: true),
        row("GIF", "image/gif", ["gif"], sendable: true, alpha: true, animation: true),
        row("WebP", "image/webp", ["webp"], sendable: true, alpha: true, animation: true),
        row("HEIC", "image/heic", ["heic", "heif", "hif"], alpha: true, animation: true),
        row("AVIF", "image/avif", ["avif"], alpha: true, animation: true),
        row("TIFF", "image/tiff", ["tif", "tiff"], alpha: true, animation: true),
        row("BMP", "image/bmp", ["bmp", "dib"], alpha: true),
        row("ICO", "image/x-icon", ["ico", "cur"], alpha: true),
        row("JPEG XL", "image/jxl", ["jxl"], alpha: true, animation: true),
        row("JPEG 2000", "image/jp2", ["jp2", "j2k", "jpx", "j2c"], alpha: true),
        row("Photoshop", "image/vnd.adobe.photoshop", ["psd"], alpha: true),
        row("SVG", "image/svg+xml", ["svg"], alpha: true),
        row("PDF", "application/pdf", ["pdf"], image: false),
        row("HTML", "text/html", ["html", "htm"], image: false),
        row("XML", "application/xml", ["xml"], image: false),
        row("ZIP", "application/zip", ["zip"], image: false),
        row("gzip", "application/gzip", ["gz", "svgz"], image: false),
        row(
            "video", "video/mp4", ["mp4", "mov", "m4v", "webm", "mkv", "avi"], animation: true, image: false),
        row("text", "text/plain", ["txt"], image: false),
    ]

    private static func row(
        _ name: String, _ mediaType: String, _ fileExtensions: [String], sendable: Bool = false,
        alpha: Bool = false, animation: Bool = false, image: Bool = true
    ) -> FormatTraits {
        FormatTraits(
            name: name, mediaType: mediaType, fileExtensions: fileExtensions, isSendable: sendable,
            canHaveAlpha: alpha, canAnimate: animation, isImage: image)
    }
}
