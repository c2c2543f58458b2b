import ImageHeaders
import Vips
import VisionRules

/// A picture that was encoded within a byte limit.
struct FittedImage {
    /// The file.
    var bytes: ImageBytes
    /// How it was encoded.
    var codec: OutputCodec
    /// The quality, 1 to 100; nil when it is lossless.
    var quality: Int?
    /// Its size in px: the planned one, unless only a smaller one met the limit.
    var size: PixelSize
    /// How often the picture was encoded.
    var encodes: Int
}

/// Encodes pixels within a byte limit: usually once, twice for most drawings, otherwise at most
/// ``maxEncodes`` times, from the same pixels.
struct ByteFit {
    /// The most encodes of one picture.
    static let maxEncodes = 6
    /// A lossless file up to this size, bytes, is not worth another encode.
    static let smallFile = 48_000
    /// Above 4 megapixels a second encode takes too much memory and time: libwebp needs about 30 bytes a px.
    static let largestForAlternative = 1 << 22
    /// Below this quality text becomes illegible; a smaller picture is better then.
    static let lowestQuality = 40

    /// The most bytes of the file.
    var maxBytes: Int
    /// The codecs to try.
    var choice: OutputChoice
    /// The quality to begin with.
    var quality: Int

    /// The best file that is within the limit.
    ///
    /// - Parameter pixels: 8-bit gray or sRGB.
    /// - Returns: the file and how it was made.
    /// - Throws: `PreflightError.cannotFit` when nothing is small enough.
    func fitted(_ pixels: PixelBuffer) throws(PreflightError) -> FittedImage {
        var search = Search(pixels: pixels, maxBytes: maxBytes)
        let image = try search.attempt(choice.preferred, quality: quality)
        if let smaller = try search.attemptSmaller(than: image, choice, quality: quality) { return smaller }
        if var image {
            image.encodes = search.encodes
            return image
        }
        var codec = choice.preferred
        if let fallback = choice.fallback {
            codec = fallback
            if let image = try search.attempt(fallback, quality: quality) { return image }
        }
        var lowest = quality
        if codec.isLossy, quality > Self.lowestQuality {
            lowest = Self.lowestQuality
            if let image = try search.attempt(codec, quality: lowest) {
                return try search.bestQuality(codec, from: image, fits: lowest, tooMuch: quality)
            }
        }
        return try search.bestSize(codec, quality: lowest)
    }
}

/// The attempts for one picture.
private struct Search {
    let pixels: PixelBuffer
    let maxBytes: Int
    var encodes = 0
    var lastByteCount = 0
    var smallestByteCount = Int.max

    init(pixels: PixelBuffer, maxBytes: Int) {
        self.pixels = pixels
        self.maxBytes = maxBytes
    }

    private var size: PixelSize { PixelSize(width: pixels.width, height: pixels.height) }
    private var isOver: Bool { encodes >= ByteFit.maxEncodes }

    /// Encodes with the alternative of a choice where that may be worth its time, 40 to 150 ms a megapixel,
    /// and keeps it if it saves a tenth of a file above ``ByteFit/smallFile``: usually it saves more than a
    /// third.
    ///
    /// Gray gains nothing.
    mutating func attemptSmaller(
        than image: FittedImage?, _ choice: OutputChoice, quality: Int
    ) throws(PreflightError) -> FittedImage? {
        guard let alternative = choice.alternative, pixels.bands > 2,
            (image?.bytes.count ?? .max) > ByteFit.smallFile,
            size.pixelCount <= ByteFit.largestForAlternative,
            // Not worth loading libvips for it.
            DirectCodecs.hasWebP || !DirectCodecs.hasPNG
        else { return nil }
        let other = try attempt(alternative, quality: quality)
        guard let image, let other else { return other }
        return other.bytes.count <= image.bytes.count / 10 * 9 ? other : nil
    }

    /// Encodes once more; nil when the file is over the limit.
    mutating func attempt(
        _ codec: OutputCodec, quality: Int, size: PixelSize? = nil
    ) throws(PreflightError) -> FittedImage? {
        let wanted = size ?? self.size
        let source = self.pixels
        let bytes = try vipsStep { () throws(VipsError) in
            let pixels =
                wanted == PixelSize(width: source.width, height: source.height)
                ? source : try Resampling.smaller(source, size: wanted)
            return try codec.encoded(pixels, quality: quality)
        }
        encodes += 1
        lastByteCount = bytes.count
        smallestByteCount = min(smallestByteCount, bytes.count)
        guard bytes.count <= maxBytes else { return nil }
        return FittedImage(
            bytes: bytes, codec: codec, quality: codec.isLossy ? quality : nil, size: wanted,
            encodes: encodes)
    }

    /// Bisects the quality between one that fits and one that does not.
    mutating func bestQuality(
        _ codec: OutputCodec, from image: FittedImage, fits: Int, tooMuch: Int
    ) throws(PreflightError) -> FittedImage {
        var (best, low, high) = (image, fits, tooMuch)
        // A step of 3 in quality is a few percent in bytes, and invisible.
        while high - low > 3, !isOver {
            let middle = (low + high) / 2
            if let better = try attempt(codec, quality: middle) {
                (best, low) = (better, middle)
            } else {
                high = middle
            }
        }
        best.encodes = encodes
        return best
    }

    /// Bisects the size, beginning with a guess: bytes grow about as the area does.
    mutating func bestSize(_ codec: OutputCodec, quality: Int) throws(PreflightError) -> FittedImage {
        var best: FittedImage?
        var (low, high) = (0, size.longEdge)
        while high - low > max(1, high / 32), !isOver {
            let middle: Int
            if low > 0 {
                middle = (low + high) / 2
            } else {
                let scale = (Double(maxBytes) / Double(lastByteCount)).squareRoot() * 0.95
                middle = min(max(Int(Double(high) * scale), 1), high - 1)
            }
            let smaller = LargestSize.within(size) { $0.longEdge <= middle }
            if let image = try attempt(codec, quality: quality, size: smaller) {
                (best, low) = (image, middle)
            } else {
                high = middle
            }
        }
        guard var best else {
            throw .cannotFit(
                CannotFit(smallestByteCount: smallestByteCount, maxBytes: maxBytes, encodes: encodes))
        }
        best.encodes = encodes
        return best
    }
}
