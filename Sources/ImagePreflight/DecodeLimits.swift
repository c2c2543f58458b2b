internal import ImageHeaders

/// The resources that one image may use. Checked against the header and the file's own structure before
/// anything is decoded, in arithmetic that saturates instead of overflowing.
///
/// A value of this type is always valid: its initializer and its decoder refuse everything else.
public struct DecodeLimits: Sendable, Hashable {
    /// The most stored px of an image. 2²⁸ (16384×16384) is enough for the largest phone sensors (200
    /// megapixels).
    public let maxPixels: Int
    /// The most bytes of memory that decoding may take, as estimated from the header. Most machines have 1
    /// GiB for each worker.
    public let maxMemory: Int
    /// The largest file, bytes: it is read into memory as a whole. 512 MiB is more than any picture for a model
    /// needs.
    public let maxFileBytes: Int
    /// The most frames of an animation or pages of a document. Only the first one is decoded, but a decoder keeps
    /// about 100 bytes for each of them: 2²⁰ cost as much as a picture of 25 megapixels.
    public let maxFrames: Int
    /// The most px that one byte of the file may represent, if the image has more than ``minPixelsForRatio``.
    /// Deflate reaches 1,032 bytes for one, of 8 px each: an honest PNG, even of one color, stays below
    /// 8,256.
    public let maxPixelsPerByte: Int
    /// The largest color profile, bytes, stored and unpacked. A JPEG can hold 16 MiB; press profiles have up
    /// to 4.
    public let maxProfileBytes: Int
    /// The most bytes of EXIF, XMP, texts, previews and comments as they are stored: decoders copy them into
    /// memory. 64 MiB leave room for the depth maps and previews of phones.
    public let maxMetadataBytes: Int

    /// The most scans of a JPEG. A decoder goes over the whole picture for each; cameras and encoders write
    /// about 10.
    public let maxScans: Int
    /// The most bytes of packed texts as they are stored in a PNG. Decoders unpack them, up to 1,032 bytes
    /// for each, only to discard them.
    public let maxPackedTextBytes: Int

    /// An image of up to this many px (33 megapixels) is cheap however small its file is.
    public static let minPixelsForRatio = 1 << 25

    /// The default limits.
    public static let standard = DecodeLimits(
        valid: (1 << 28, 1 << 30, 1 << 29, 1 << 20, 10_000, 1 << 24, 1 << 26, 100, 1 << 21))

    /// Limits; the defaults are those of ``standard``.
    ///
    /// - Parameters:
    ///   - maxPixels: the most stored px.
    ///   - maxMemory: the most bytes that decoding may take.
    ///   - maxFileBytes: the largest file in bytes.
    ///   - maxFrames: the most frames or pages.
    ///   - maxPixelsPerByte: the most px that one byte of a large image's file may represent.
    ///   - maxProfileBytes: the largest color profile in bytes.
    ///   - maxMetadataBytes: the most bytes of other metadata.
    ///   - maxScans: the most scans of a JPEG.
    ///   - maxPackedTextBytes: the most bytes of packed texts as they are stored.
    /// - Throws: a ``PreflightError`` (``PreflightError/Code/invalidLimit``) for the first one that would reject every image.
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
        // These may be absent from an image.
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

    /// Decoded limits; a missing one has its default.
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
    /// A limit of ``DecodeLimits`` that an image exceeds.
    public struct Exceeded: Sendable, Codable, Hashable {
        /// Which limit it is.
        public struct Kind: RawRepresentable, Sendable, Codable, Hashable, CustomStringConvertible {
            /// The name in records, as in `file-bytes`.
            public let rawValue: String

            /// A kind.
            ///
            /// - Parameter rawValue: the name in records, as in `file-bytes`.
            public init(rawValue: String) { self.rawValue = rawValue }

            /// The name in records.
            public var description: String { rawValue }

            /// The size that the header claims, px.
            public static let pixels = Kind(rawValue: "pixels")
            /// The memory that decoding takes, bytes.
            public static let memory = Kind(rawValue: "memory")
            /// The number of frames.
            public static let frames = Kind(rawValue: "frames")
            /// The size that the header claims for each byte of the file, px.
            public static let ratio = Kind(rawValue: "ratio")
            /// The number of scans of a JPEG.
            public static let scans = Kind(rawValue: "scans")
            /// The size of the file, bytes.
            public static let fileBytes = Kind(rawValue: "file-bytes")
            /// The size of the color profile, bytes.
            public static let profileBytes = Kind(rawValue: "profile-bytes")
            /// The size of the other metadata, bytes.
            public static let metadataBytes = Kind(rawValue: "metadata-bytes")
            /// The size of compressed texts as they are stored, bytes.
            public static let packedTextBytes = Kind(rawValue: "packed-text-bytes")
        }

        /// Which limit it is.
        public var kind: Kind
        /// The image's value, in px, bytes, frames or px per byte; `Int.max` if that cannot be counted.
        public var measured: Int
        /// The largest accepted value, in the same unit.
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
        case .profileBytes: "its color profile has \(measured) bytes, over the limit of \(limit)"
        case .metadataBytes: "its metadata has \(measured) bytes, over the limit of \(limit)"
        case .scans: "it has at least \(measured) scans, over the limit of \(limit)"
        case .packedTextBytes: "its packed texts have \(measured) bytes, over the limit of \(limit)"
        default: "its \(kind.rawValue) is \(measured), over the limit of \(limit)"
        }
    }
}
