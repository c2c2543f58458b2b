/// What a file is, judged by its bytes. JPEG, PNG, GIF and WebP can be sent to Claude; the others are recognized so
/// that a refusal can name them.
///
/// More formats may follow. One that this version does not know, from a record of another version, is kept.
public struct ImageFormat: RawRepresentable, Sendable, Codable, Hashable, CustomStringConvertible {
    // The bytes of the name in memory order, not a String: the facts about a file are copied several times, and copies
    // must not count references.
    private let head: UInt64
    private let tail: UInt64

    /// A format.
    ///
    /// - Parameter rawValue: the name in records, as in `jpeg`. At most 16 bytes of it are kept.
    public init(rawValue: String) {
        var words: (head: UInt64, tail: UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &words) { bytes in
            for (index, byte) in rawValue.utf8.prefix(16).enumerated() { bytes[index] = byte }
        }
        (head, tail) = words
    }

    /// The name in records.
    public var rawValue: String {
        let zeros =
            tail == 0 ? head.littleEndian.leadingZeroBitCount + 64 : tail.littleEndian.leadingZeroBitCount
        return withUnsafeBytes(of: (head, tail)) { bytes in
            String(decoding: bytes.prefix(16 - zeros / 8), as: UTF8.self)
        }
    }

    /// The name in records.
    public var description: String { rawValue }

    /// JPEG.
    public static let jpeg = ImageFormat(rawValue: "jpeg")
    /// PNG, APNG too.
    public static let png = ImageFormat(rawValue: "png")
    /// GIF.
    public static let gif = ImageFormat(rawValue: "gif")
    /// WebP.
    public static let webp = ImageFormat(rawValue: "webp")

    /// HEIF with HEVC, or with a codec that its brand does not name.
    public static let heic = ImageFormat(rawValue: "heic")
    /// HEIF with AV1.
    public static let avif = ImageFormat(rawValue: "avif")
    /// TIFF, and what cameras build on it: DNG, NEF, CR2, ARW.
    public static let tiff = ImageFormat(rawValue: "tiff")
    /// Windows bitmap.
    public static let bmp = ImageFormat(rawValue: "bmp")
    /// Windows icon or cursor.
    public static let ico = ImageFormat(rawValue: "ico")
    /// JPEG XL.
    public static let jxl = ImageFormat(rawValue: "jxl")
    /// JPEG 2000.
    public static let jp2 = ImageFormat(rawValue: "jp2")
    /// Photoshop document.
    public static let psd = ImageFormat(rawValue: "psd")
    /// SVG.
    public static let svg = ImageFormat(rawValue: "svg")

    /// PDF.
    public static let pdf = ImageFormat(rawValue: "pdf")
    /// A web page.
    public static let html = ImageFormat(rawValue: "html")
    /// XML other than SVG.
    public static let xml = ImageFormat(rawValue: "xml")
    /// A ZIP archive, and what is built on it: office documents, for example.
    public static let zip = ImageFormat(rawValue: "zip")
    /// Compressed by gzip.
    public static let gzip = ImageFormat(rawValue: "gzip")
    /// A video.
    public static let video = ImageFormat(rawValue: "video")
    /// Text.
    public static let text = ImageFormat(rawValue: "text")
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

    /// The facts about the format; of a format that this version does not know, only the name.
    package var traits: FormatTraits {
        index.map { Self.table[$0].traits } ?? Self.row(rawValue, Self.unknownMediaType, [], image: false)
    }

    /// Whether the Messages API takes the format.
    public var isSendable: Bool { self == .jpeg || self == .png || self == .gif || self == .webp }

    /// The IANA media type, as in `image/jpeg`.
    public var mediaType: String {
        // Not by way of the traits: a copy of them would count references that all threads write.
        index.map { Self.table[$0].traits.mediaType } ?? Self.unknownMediaType
    }

    /// The format with the given media type (`image/jpeg`), if there is one.
    ///
    /// - Parameter mediaType: a media type in lower case, without parameters.
    public init?(mediaType: String) {
        guard let row = Self.table.first(where: { $0.traits.mediaType == mediaType }) else { return nil }
        self = row.format
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
    private static let byExtension: [(word: UInt64, format: ImageFormat)] = table.flatMap { format, traits in
        traits.fileExtensions.compactMap { name in word(of: ArraySlice(name.utf8)).map { ($0, format) } }
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

    private var index: Int? { Self.table.indices.first { Self.table[$0].format == self } }

    private static let unknownMediaType = "application/octet-stream"

    /// The formats that can be sent first: most files have one of them.
    private static let table: [(format: ImageFormat, traits: FormatTraits)] = [
        (.jpeg, row("JPEG", "image/jpeg", ["jpg", "jpeg", "jpe", "jfif"], sendable: true)),
        (.png, row("PNG", "image/png", ["png", "apng"], sendable: true, alpha: true, animation: true)),
        (.gif, row("GIF", "image/gif", ["gif"], sendable: true, alpha: true, animation: true)),
        (.webp, row("WebP", "image/webp", ["webp"], sendable: true, alpha: true, animation: true)),
        (.heic, row("HEIC", "image/heic", ["heic", "heif", "hif"], alpha: true, animation: true)),
        (.avif, row("AVIF", "image/avif", ["avif"], alpha: true, animation: true)),
        (.tiff, row("TIFF", "image/tiff", ["tif", "tiff"], alpha: true, animation: true)),
        (.bmp, row("BMP", "image/bmp", ["bmp", "dib"], alpha: true)),
        (.ico, row("ICO", "image/x-icon", ["ico", "cur"], alpha: true)),
        (.jxl, row("JPEG XL", "image/jxl", ["jxl"], alpha: true, animation: true)),
        (.jp2, row("JPEG 2000", "image/jp2", ["jp2", "j2k", "jpx", "j2c"], alpha: true)),
        (.psd, row("Photoshop", "image/vnd.adobe.photoshop", ["psd"], alpha: true)),
        (.svg, row("SVG", "image/svg+xml", ["svg"], alpha: true)),
        (.pdf, row("PDF", "application/pdf", ["pdf"], image: false)),
        (.html, row("HTML", "text/html", ["html", "htm"], image: false)),
        (.xml, row("XML", "application/xml", ["xml"], image: false)),
        (.zip, row("ZIP", "application/zip", ["zip"], image: false)),
        (.gzip, row("gzip", "application/gzip", ["gz", "svgz"], image: false)),
        (
            .video,
            row(
                "video", "video/mp4", ["mp4", "mov", "m4v", "webm", "mkv", "avi"], animation: true,
                image: false)
        ),
        (.text, row("text", "text/plain", ["txt"], image: false)),
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
