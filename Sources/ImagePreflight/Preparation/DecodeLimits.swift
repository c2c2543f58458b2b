public import ImageHeaders

/// What an image may take of this machine. It is checked against the header, before anything is allocated.
public struct DecodeLimits: Sendable, Codable, Hashable {
    /// The most stored px of an image.
    public var maxPixels: Int
    /// The most bytes of memory that decoding may take, as estimated from the header.
    public var maxMemory: Int
    /// The largest file, bytes: it is read into memory as a whole.
    public var maxFileBytes: Int

    /// Limits; the defaults let the largest phone sensors (200 megapixels) through.
    ///
    /// - Parameters:
    ///   - maxPixels: the most stored px, by default 2²⁸ (16384×16384).
    ///   - maxMemory: the most bytes that decoding may take, by default 1 GiB.
    ///   - maxFileBytes: the largest file in bytes, by default 512 MiB.
    public init(maxPixels: Int = 1 << 28, maxMemory: Int = 1 << 30, maxFileBytes: Int = 1 << 29) {
        self.maxPixels = maxPixels
        self.maxMemory = maxMemory
        self.maxFileBytes = maxFileBytes
    }
}

/// A limit of ``DecodeLimits`` that an image is over.
public struct ExceededLimit: Sendable, Codable, Hashable {
    /// Which limit it is.
    public enum Kind: String, Sendable, Codable, Hashable, CaseIterable {
        case pixels, memory
        case fileBytes = "file-bytes"
    }

    /// Which limit it is.
    public var kind: Kind
    /// What the image has, in px or bytes; `Int.max` when that cannot be counted.
    public var measured: Int
    /// The largest that passes, in the same unit.
    public var limit: Int
}

extension ExceededLimit: CustomStringConvertible {
    /// As in `decoding takes about 2147483648 bytes of memory, over the limit of 1073741824`.
    public var description: String {
        switch kind {
        case .pixels: "the header claims \(measured) px, over the limit of \(limit)"
        case .memory: "decoding takes about \(measured) bytes of memory, over the limit of \(limit)"
        case .fileBytes: "the file has \(measured) bytes, over the limit of \(limit)"
        }
    }
}

extension DecodeLimits {
    /// The first limit that an image is over, if any.
    ///
    /// - Parameters:
    ///   - facts: what the header says.
    ///   - target: the size in px that pixels are kept in.
    ///   - byteCount: the size of the file, which is in memory meanwhile.
    /// - Returns: the limit; nil when the image may be decoded.
    public func exceeded(by facts: ImageFacts, target: PixelSize, byteCount: Int = 0) -> ExceededLimit? {
        guard byteCount <= maxFileBytes else {
            return ExceededLimit(kind: .fileBytes, measured: byteCount, limit: maxFileBytes)
        }
        let pixels = facts.size.pixelCount
        guard pixels <= maxPixels else {
            return ExceededLimit(kind: .pixels, measured: pixels, limit: maxPixels)
        }
        let memory = Self.memory(of: facts, target: target, byteCount: byteCount)
        guard memory <= maxMemory else {
            return ExceededLimit(kind: .memory, measured: memory, limit: maxMemory)
        }
        return nil
    }

    /// The bytes that decoding takes at its peak, estimated from the header.
    ///
    /// A decoder that hands out rows keeps a few of them; one that needs the whole frame keeps it.
    ///
    /// - Parameters:
    ///   - facts: what the header says.
    ///   - target: the size in px that pixels are kept in.
    ///   - byteCount: the size of the file, which is in memory meanwhile.
    /// - Returns: bytes; saturates instead of overflowing.
    public static func memory(of facts: ImageFacts, target: PixelSize, byteCount: Int = 0) -> Int {
        let rows = facts.size.width.saturatingTimes(4 * 2 * rowsKept)
        let frame = facts.size.pixelCount.saturatingTimes(bytesPerFramePixel(facts))
        // Before and after the turn, and once more in the encoder.
        let result = target.pixelCount.saturatingTimes(4 * 3)
        return rows.saturatingPlus(frame).saturatingPlus(result).saturatingPlus(byteCount)
    }

    /// Strips of libvips and the resampler's window.
    private static let rowsKept = 128

    /// Bytes for each px of the whole frame; 0 for a decoder that hands out rows.
    private static func bytesPerFramePixel(_ facts: ImageFacts) -> Int {
        let bytesPerSample = facts.bitDepth > 8 ? 2 : 1
        switch facts.format {
        // Coefficients of 2 bytes, without counting on smaller chroma planes.
        case .jpeg: return facts.isInterlaced ? 2 * facts.colorModel.channels : 0
        case .png: return facts.isInterlaced ? 4 * bytesPerSample : 0
        // The canvas of libnsgif, and libvips' copy of it.
        case .gif: return 8
        // The frame of RGBA and the decoder's planes.
        case .webp: return 6
        // Planes of the decoder, its reference frames, the picture and its turned copy.
        case .heic, .avif: return 12 * bytesPerSample
        // A strip may be the whole picture.
        case .tiff: return 4 * bytesPerSample
        default: return 4
        }
    }
}

extension ColorModel {
    fileprivate var channels: Int {
        switch self {
        case .grayscale, .indexed: 1
        case .rgb, .lab: 3
        case .cmyk, .ycck: 4
        }
    }
}

extension Int {
    fileprivate func saturatingTimes(_ other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }

    fileprivate func saturatingPlus(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
