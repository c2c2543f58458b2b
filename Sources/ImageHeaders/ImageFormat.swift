/// What a file is, judged by its bytes. JPEG, PNG, GIF and WebP can be sent to Claude; the others are recognized so
/// that a refusal can name them.
///
/// More formats may follow. One that this version does not know, from a record of another version, is kept.
public struct ImageFormat: RawRepresentable, Sendable, Codable, Hashable, CustomStringConvertible {
    // A place in the table or, from its end on, among other names. Not a String: the facts about a file are copied
    // several times, and copies must not count references.
    private let id: UInt32

    private init(id: UInt32) { self.id = id }

    /// A format.
    ///
    /// - Parameter rawValue: the name in records, as in `jpeg`.
    public init(rawValue: String) {
        let known = Self.table.firstIndex { $0.rawValue == rawValue }
        id = UInt32(known ?? Self.table.count + OtherNames.index(of: rawValue))
    }

    /// The name in records.
    public var rawValue: String {
        id < Self.table.count ? Self.table[Int(id)].rawValue : OtherNames.name(at: Int(id) - Self.table.count)
    }

    /// The name in records.
    public var description: String { rawValue }

    /// JPEG.
    public static let jpeg = ImageFormat(id: 0)
    /// PNG, including APNG.
    public static let png = ImageFormat(id: 1)
    /// GIF.
    public static let gif = ImageFormat(id: 2)
    /// WebP.
    public static let webp = ImageFormat(id: 3)

    /// HEIF with HEVC, or with a codec that its brand does not name.
    public static let heic = ImageFormat(id: 4)
    /// HEIF with AV1.
    public static let avif = ImageFormat(id: 5)
    /// TIFF, and what cameras build on it: DNG, NEF, CR2, ARW.
    public static let tiff = ImageFormat(id: 6)
    /// Windows bitmap.
    public static let bmp = ImageFormat(id: 7)
    /// Windows icon or cursor.
    public static let ico = ImageFormat(id: 8)
    /// JPEG XL.
    public static let jxl = ImageFormat(id: 9)
    /// JPEG 2000.
    public static let jp2 = ImageFormat(id: 10)
    /// Photoshop document.
    public static let psd = ImageFormat(id: 11)
    /// SVG.
    public static let svg = ImageFormat(id: 12)

    /// PDF.
    public static let pdf = ImageFormat(id: 13)
    /// A web page.
    public static let html = ImageFormat(id: 14)
    /// XML other than SVG.
    public static let xml = ImageFormat(id: 15)
    /// A ZIP archive, and what is built on it: office documents, for example.
    public static let zip = ImageFormat(id: 16)
    /// Compressed by gzip.
    public static let gzip = ImageFormat(id: 17)
    /// A video.
    public static let video = ImageFormat(id: 18)
    /// Text.
    public static let text = ImageFormat(id: 19)
}

/// The facts about one format. Code asks this table instead of comparing formats.
package struct FormatTraits: Sendable, Hashable {
    /// The name in records.
    fileprivate let rawValue: String
    /// The name people use, as in `JPEG XL`.
    package let name: String
    /// The IANA media type, as in `image/jpeg`.
    package let mediaType: String
    /// File name extensions in lower case without the dot, the preferred one first.
    package let fileExtensions: [String]
    /// Whether the Messages API accepts the format.
    package let isSendable: Bool
    /// Whether the format can hold an alpha channel.
    package let canHaveAlpha: Bool
    /// Whether one file can hold several frames.
    package let canAnimate: Bool
    /// Whether the file is a picture at all (`false` for a PDF, a web page or an archive).
    package let isImage: Bool
}

extension ImageFormat {
    /// The formats that the Messages API accepts, in the order in which its error text lists them.
    public static let sendable: [ImageFormat] = [.jpeg, .png, .gif, .webp]

    /// The facts about the format; for a format that this version does not know, only the name.
    package var traits: FormatTraits {
        id < Self.table.count
            ? Self.table[Int(id)] : Self.row(rawValue, rawValue, Self.otherMediaType, [], image: false)
    }

    /// Whether the Messages API accepts the format.
    public var isSendable: Bool { id <= Self.webp.id }

    /// The IANA media type, as in `image/jpeg`.
    public var mediaType: String {
        // Not through the traits: a copy of them would count references that all threads write.
        id < Self.table.count ? Self.table[Int(id)].mediaType : Self.otherMediaType
    }

    /// The format with the given media type (`image/jpeg`), if there is one.
    ///
    /// - Parameter mediaType: a media type in lower case, without parameters.
    public init?(mediaType: String) {
        guard let index = Self.table.firstIndex(where: { $0.mediaType == mediaType }) else {
            return nil
        }
        self.init(id: UInt32(index))
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

    /// All known extensions, those of the formats that can be sent first: for these, a look-up is a few
    /// comparisons of words.
    private static let byExtension: [(word: UInt64, format: ImageFormat)] = table.enumerated().flatMap {
        id, row in
        row.fileExtensions.compactMap { name in
            word(of: ArraySlice(name.utf8)).map { ($0, ImageFormat(id: UInt32(id))) }
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

    private static let otherMediaType = "application/octet-stream"

    /// The formats by their number, those that can be sent first.
    private static let table: [FormatTraits] = [
        row("jpeg", "JPEG", "image/jpeg", ["jpg", "jpeg", "jpe", "jfif"], sendable: true),
        row("png", "PNG", "image/png", ["png", "apng"], sendable: true, alpha: true, animation: true),
        row("gif", "GIF", "image/gif", ["gif"], sendable: true, alpha: true, animation: true),
        row("webp", "WebP", "image/webp", ["webp"], sendable: true, alpha: true, animation: true),
        row("heic", "HEIC", "image/heic", ["heic", "heif", "hif"], alpha: true, animation: true),
        row("avif", "AVIF", "image/avif", ["avif"], alpha: true, animation: true),
        row("tiff", "TIFF", "image/tiff", ["tif", "tiff"], alpha: true, animation: true),
        row("bmp", "BMP", "image/bmp", ["bmp", "dib"], alpha: true),
        row("ico", "ICO", "image/x-icon", ["ico", "cur"], alpha: true),
        row("jxl", "JPEG XL", "image/jxl", ["jxl"], alpha: true, animation: true),
        row("jp2", "JPEG 2000", "image/jp2", ["jp2", "j2k", "jpx", "j2c"], alpha: true),
        row("psd", "Photoshop", "image/vnd.adobe.photoshop", ["psd"], alpha: true),
        row("svg", "SVG", "image/svg+xml", ["svg"], alpha: true),
        row("pdf", "PDF", "application/pdf", ["pdf"], image: false),
        row("html", "HTML", "text/html", ["html", "htm"], image: false),
        row("xml", "XML", "application/xml", ["xml"], image: false),
        row("zip", "ZIP", "application/zip", ["zip"], image: false),
        row("gzip", "gzip", "application/gzip", ["gz", "svgz"], image: false),
        row(
            "video", "video", "video/mp4", ["mp4", "mov", "m4v", "webm", "mkv", "avi"], animation: true,
            image: false),
        row("text", "text", "text/plain", ["txt"], image: false),
    ]

    private static func row(
        _ rawValue: String, _ name: String, _ mediaType: String, _ fileExtensions: [String],
        sendable: Bool = false,
        alpha: Bool = false, animation: Bool = false, image: Bool = true
    ) -> FormatTraits {
        FormatTraits(
            rawValue: rawValue, name: name, mediaType: mediaType, fileExtensions: fileExtensions,
            isSendable: sendable,
            canHaveAlpha: alpha, canAnimate: animation, isImage: image)
    }
}

/// Names of formats that this version does not know. They stay for the life of the process.
private struct OtherNames {
    private static let all = Locked(OtherNames())

    private var names: [String] = []
    private var indices: [String: Int] = [:]

    static func index(of name: String) -> Int {
        all.withLock { all in
            if let index = all.indices[name] { return index }
            all.names.append(name)
            all.indices[name] = all.names.count - 1
            return all.names.count - 1
        }
    }

    static func name(at index: Int) -> String { all.withLock { $0.names[index] } }
}
