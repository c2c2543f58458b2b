internal import ImageHeaders

/// What an image may take of this machine. It is checked against the header and the file's own structure,
/// before anything is decoded, in arithmetic that saturates instead of overflowing.
///
/// A value of this type is a sensible one: its initialiser and its decoder refuse everything else.
public struct DecodeLimits: Sendable, Hashable {
    /// The most stored px of an image. 2²⁸ (16384×16384) lets the largest phone sensors (200 megapixels) through.
    public let maxPixels: Int
    /// The most bytes of memory that decoding may take, as estimated from the header. 1 GiB a worker is what most
    /// machines have.
    public let maxMemory: Int
    /// The largest file, bytes: it is read into memory as a whole. 512 MiB is more than any picture for a model
    /// needs.
    public let maxFileBytes: Int
    /// The most frames of an animation or pages of a document. Only the first one is decoded, but a decoder keeps
    /// about 100 bytes for each of them: 2²⁰ cost as much as a picture of 25 megapixels.
    public let maxFrames: Int
    /// The most px that one byte of the file may stand for, where the image has more than
    /// ``minPixelsForRatio``. Deflate reaches 1,032 bytes for one, of 8 px each: an honest PNG, even of one
    /// colour, stays below 8,256.
    public let maxPixelsPerByte: Int
    /// The largest colour profile, bytes, stored and unpacked. A JPEG can hold 16 MiB; press profiles have up to 4.
    public let maxProfileBytes: Int
    /// The most bytes of EXIF, XMP, texts, previews and comments as they are stored: decoders copy them into
    /// memory. 64 MiB leave room for the depth maps and previews of phones.
    public let maxMetadataBytes: Int

    /// The most scans of a JPEG. A decoder goes over the whole picture for each; cameras and encoders make about 10.
    public let maxScans: Int
    /// The most bytes of packed texts as they are stored in a PNG. Decoders unpack them, which makes up to 1,032 bytes of
    /// each, only to throw them away.
    public let maxPackedTextBytes: Int

    /// Up to this many px (33 megapixels) an image costs little however few bytes it comes from.
    public static let minPixelsForRatio = 1 << 25

    /// The limits that hold when nothing else is said.
    public static let standard = DecodeLimits(
        valid: (1 << 28, 1 << 30, 1 << 29, 1 << 20, 10_000, 1 << 24, 1 << 26, 100, 1 << 21))

    /// Limits; the defaults are those of ``standard``.
    ///
    /// - Parameters:
    ///   - maxPixels: the most stored px.
    ///   - maxMemory: the most bytes that decoding may take.
    ///   - maxFileBytes: the largest file in bytes.
    ///   - maxFrames: the most frames or pages.
    ///   - maxPixelsPerByte: the most px that one byte of a large image's file may stand for.
    ///   - maxProfileBytes: the largest colour profile in bytes.
    ///   - maxMetadataBytes: the most bytes of other metadata.
    ///   - maxScans: the most scans of a JPEG.
    ///   - maxPackedTextBytes: the most bytes of packed texts as they are stored.
    /// - Throws: a ``PreflightError`` (``PreflightError/Code/invalidLimit``) for the first one that lets nothing through.
    public init(
        maxPixels: Int = Self.standard.maxPixels, maxMemory: Int = Self.standard.maxMemory,
        maxFileBytes: Int = Self.standard.maxFileBytes, maxFrames: Int = Self.standard.maxFrames,
        maxPixelsPerByte: Int = Self.standard.maxPixelsPerByte,
        maxProfileBytes: Int = Self.standard.maxProfileBytes,
        maxMetadataBytes: Int = Self.standard.maxMetadataBytes, maxScans: Int = Self.standard.maxScans,
        maxPackedTextBytes: Int = Self.standard.maxPackedTextBytes
    ) throws(PreflightError) {
        try DecodeLimits.check(maxPixels, of: "px")
        try DecodeLimits.check(maxMemory, of: "bytes of memory")
        try DecodeLimits.check(maxFileBytes, of: "bytes of a file")
        try DecodeLimits.check(maxFrames, of: "frames")
        try DecodeLimits.check(maxPixelsPerByte, of: "px per byte")
        try DecodeLimits.check(maxScans, of: "scans")
        // An image may well have to do without these.
        try DecodeLimits.check(maxProfileBytes, of: "bytes of a profile", atLeast: 0)
        try DecodeLimits.check(maxMetadataBytes, of: "bytes of metadata", atLeast: 0)
        try DecodeLimits.check(maxPackedTextBytes, of: "bytes of packed texts", atLeast: 0)
        self.init(
            valid: (
                maxPixels, maxMemory, maxFileBytes, maxFrames, maxPixelsPerByte, maxProfileBytes,
                maxMetadataBytes, maxScans, maxPackedTextBytes
            ))
    }

    /// Refuses a limit that is too small.
    static func check(_ value: Int, of what: String, atLeast least: Int = 1) throws(PreflightError) {
        guard value >= least else { throw PreflightError(.invalidLimit(value, of: what, least: least)) }
    }

    private init(valid: (Int, Int, Int, Int, Int, Int, Int, Int, Int)) {
        (
            maxPixels, maxMemory, maxFileBytes, maxFrames, maxPixelsPerByte, maxProfileBytes,
            maxMetadataBytes,
            maxScans, maxPackedTextBytes
        ) = valid
    }
}

extension DecodeLimits: Codable {
    private enum CodingKeys: String, CodingKey {
        case maxPixels = "max_pixels"
        case maxMemory = "max_memory"
        case maxFileBytes = "max_file_bytes"
        case maxFrames = "max_frames"
        case maxPixelsPerByte = "max_pixels_per_byte"
        case maxProfileBytes = "max_profile_bytes"
        case maxMetadataBytes = "max_metadata_bytes"
        case maxScans = "max_scans"
        case maxPackedTextBytes = "max_packed_text_bytes"
    }

    /// Limits as they were encoded; one that is missing is the standard one.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func value(_ key: CodingKeys, _ standard: KeyPath<DecodeLimits, Int>) throws -> Int {
            try container.decodeIfPresent(Int.self, forKey: key) ?? Self.standard[keyPath: standard]
        }
        do {
            try self.init(
                maxPixels: value(.maxPixels, \.maxPixels), maxMemory: value(.maxMemory, \.maxMemory),
                maxFileBytes: value(.maxFileBytes, \.maxFileBytes),
                maxFrames: value(.maxFrames, \.maxFrames),
                maxPixelsPerByte: value(.maxPixelsPerByte, \.maxPixelsPerByte),
                maxProfileBytes: value(.maxProfileBytes, \.maxProfileBytes),
                maxMetadataBytes: value(.maxMetadataBytes, \.maxMetadataBytes),
                maxScans: value(.maxScans, \.maxScans),
                maxPackedTextBytes: value(.maxPackedTextBytes, \.maxPackedTextBytes))
        } catch let error as PreflightError {
            throw DecodingError.dataCorrupted(
                .init(codingPath: container.codingPath, debugDescription: "\(error)"))
        }
    }
}

extension DecodeLimits {
    /// A limit of ``DecodeLimits`` that an image is over.
    public struct Exceeded: Sendable, Codable, Hashable {
        /// Which limit it is.
        public enum Kind: String, Sendable, Codable, Hashable, CaseIterable {
            case pixels, memory, frames, ratio, scans
            case fileBytes = "file-bytes"
            case profileBytes = "profile-bytes"
            case metadataBytes = "metadata-bytes"
            case packedTextBytes = "packed-text-bytes"
        }

        /// Which limit it is.
        public var kind: Kind
        /// What the image has, in px, bytes, frames or px per byte; `Int.max` when that cannot be counted.
        public var measured: Int
        /// The largest that passes, in the same unit.
        public var limit: Int
    }
}

extension DecodeLimits.Exceeded: CustomStringConvertible {
    /// As in `decoding takes about 2147483648 bytes of memory, over the limit of 1073741824`.
    public var description: String {
        switch kind {
        case .pixels: "the header claims \(measured) px, over the limit of \(limit)"
        case .memory: "decoding takes about \(measured) bytes of memory, over the limit of \(limit)"
        case .frames: "it has \(measured) frames, over the limit of \(limit)"
        case .ratio: "the header claims \(measured) px for each byte of the file, over the limit of \(limit)"
        case .fileBytes: "the file has \(measured) bytes, over the limit of \(limit)"
        case .profileBytes: "its colour profile has \(measured) bytes, over the limit of \(limit)"
        case .metadataBytes: "its metadata has \(measured) bytes, over the limit of \(limit)"
        case .scans: "it has at least \(measured) scans, over the limit of \(limit)"
        case .packedTextBytes: "its packed texts have \(measured) bytes, over the limit of \(limit)"
        }
    }
}
