/// Why a file's bytes gave no ``ImageFacts``. A broken image is a finding of the rules, never a crash.
public struct HeaderError: Error, Sendable, Hashable {
    /// What is wrong. More codes may be added.
    public struct Code: RawRepresentable, Sendable, Hashable, Codable {
        /// The name, as in `truncated`.
        public let rawValue: String

        /// A code by its name.
        ///
        /// - Parameter rawValue: the name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// No bytes at all.
        public static let empty = Code(rawValue: "empty")
        /// No known signature.
        public static let unrecognized = Code(rawValue: "unrecognized")
        /// A known format, but its start gives no size in px (a PDF, a web page, an archive, some SVG).
        public static let noPixelSize = Code(rawValue: "no-pixel-size")
        /// The bytes end before the header does.
        public static let truncated = Code(rawValue: "truncated")
        /// The header contradicts its format.
        public static let malformed = Code(rawValue: "malformed")
    }

    package let reason: Reason

    /// What is wrong.
    public var code: Code {
        switch reason {
        case .empty: .empty
        case .unrecognized: .unrecognized
        case .noPixelSize: .noPixelSize
        case .truncated: .truncated
        case .malformed: .malformed
        }
    }

    /// The format that the bytes claim, if any.
    public var format: ImageFormat? {
        switch reason {
        case .empty, .unrecognized: nil
        case .noPixelSize(let format), .truncated(let format), .malformed(let format, _): format
        }
    }
}

extension HeaderError {
    /// What is wrong, in detail.
    package enum Reason: Sendable, Hashable {
        /// No bytes at all.
        case empty
        /// No known signature.
        case unrecognized
        /// A known format, but its start gives no size in px.
        case noPixelSize(ImageFormat)
        /// The bytes end before the header does.
        case truncated(ImageFormat)
        /// The header contradicts its format.
        case malformed(ImageFormat, HeaderDefect)
    }

    package static var empty: HeaderError { HeaderError(reason: .empty) }
    package static var unrecognized: HeaderError { HeaderError(reason: .unrecognized) }
    package static func noPixelSize(_ format: ImageFormat) -> HeaderError {
        HeaderError(reason: .noPixelSize(format))
    }
    package static func truncated(_ format: ImageFormat) -> HeaderError {
        HeaderError(reason: .truncated(format))
    }
    package static func malformed(_ format: ImageFormat, _ defect: HeaderDefect) -> HeaderError {
        HeaderError(reason: .malformed(format, defect))
    }
}

extension HeaderError: CustomStringConvertible {
    /// The error as a sentence, without a period.
    public var description: String {
        switch reason {
        case .empty: "the file is empty"
        case .unrecognized: "the bytes are not a known image format"
        case .noPixelSize(let format): "the \(format.traits.name) has no size in px"
        case .truncated(let format): "the \(format.traits.name) ends within its header"
        case .malformed(let format, let defect):
            "the \(format.traits.name) header is broken: \(defect.sentence)"
        }
    }
}

/// What a malformed header got wrong.
package enum HeaderDefect: String, Sendable, Codable, Hashable, CaseIterable {
    /// A side of 0 px, or larger than the format can hold.
    case impossibleSize = "impossible-size"
    /// The first chunk or segment is not the one the format requires.
    case missingHeader = "missing-header"
    /// A length points outside the file or into itself.
    case badLength = "bad-length"
    /// A field holds a value that the format does not define.
    case badField = "bad-field"
    /// No frame, scan or image data before the end.
    case noImage = "no-image"
    /// More segments or chunks before the image than any real file has.
    case tooManySegments = "too-many-segments"
    /// The checksum of the header does not match its bytes.
    case badChecksum = "bad-checksum"
    /// Images derived from each other in a circle, or from more images than a decoder should follow.
    case endlessDerivation = "endless-derivation"
    /// A PNG that Apple's build tools rewrote for iOS (`CgBI` chunk): no PNG decoder reads it.
    case appleCgBI = "apple-cgbi"

    /// What is wrong, to follow a colon.
    var sentence: String {
        switch self {
        case .impossibleSize: "a side of 0 px, or larger than the format can hold"
        case .missingHeader: "it does not begin as the format requires"
        case .badLength: "a length points outside of the file"
        case .badField: "a field holds a value that the format does not define"
        case .noImage: "it holds no image data"
        case .tooManySegments: "it has more segments than any real file"
        case .badChecksum: "its checksum is wrong: it was changed or damaged"
        case .endlessDerivation: "its images are derived from each other in a circle or without end"
        case .appleCgBI: "it is Apple's CgBI variant, which only iOS reads"
        }
    }
}
