/// Why a file's bytes gave no ``ImageFacts``. A broken image is a finding of the rules, never a crash.
public enum HeaderError: Error, Sendable, Codable, Hashable {
    /// No bytes at all.
    case empty
    /// No signature that is known here.
    case unrecognised
    /// Known for what it is, but its start gives no size in px (a PDF, a web page, an archive, some SVG).
    case noPixelSize(ImageFormat)
    /// The bytes end before the header does.
    case truncated(ImageFormat)
    /// The header contradicts its format.
    case malformed(ImageFormat, HeaderDefect)

    /// The format that the bytes claim, if any.
    public var format: ImageFormat? {
        switch self {
        case .empty, .unrecognised: nil
        case .noPixelSize(let format), .truncated(let format), .malformed(let format, _): format
        }
    }
}

/// What a malformed header got wrong.
public enum HeaderDefect: String, Sendable, Codable, Hashable, CaseIterable {
    /// A side of 0 px, or larger than the format can hold.
    case impossibleSize = "impossible-size"
    /// The first chunk or segment is not the one the format demands.
    case missingHeader = "missing-header"
    /// A length points outside of the file or into itself.
    case badLength = "bad-length"
    /// A field holds a value that the format does not define.
    case badField = "bad-field"
    /// No frame, scan or image data before the end.
    case noImage = "no-image"
    /// More segments or chunks before the image than any real file has.
    case tooManySegments = "too-many-segments"
    /// The checksum of the header is not that of its bytes.
    case badChecksum = "bad-checksum"
    /// A PNG that Apple's build tools rewrote for iOS (`CgBI` chunk): no PNG decoder reads it.
    case appleCgBI = "apple-cgbi"
}
