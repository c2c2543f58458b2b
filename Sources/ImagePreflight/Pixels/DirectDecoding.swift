import ImageHeaders
import Vips
import VisionRules

/// Decodes the usual PNG and WebP in one go, which takes half of the time that libvips needs for them row by row:
/// PNG through libdeflate instead of zlib, WebP without libvips' copies of the frame.
///
/// Whatever is unusual or damaged is left to libvips, so that what is said of a file does not depend on this. One kind of
/// file is left over: libdeflate reads codes that deflate reserves and zlib refuses, where length and checksum of the
/// rows are right. No encoder writes them.
enum DirectDecoding {
    /// The decoded image; nil where libvips has to do it.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - facts: what its header says.
    ///   - shrink: the factor by which the decoder is to make it smaller.
    ///   - memory: what decoding may take.
    /// - Returns: the image, with its profile.
    /// - Throws: a `PreflightError` with findings when libvips cannot open it.
    static func image(
        of bytes: ImageBytes, facts: ImageFacts, shrink: Int, memory: DecodingMemory
    ) throws(PreflightError) -> VipsImage? {
        guard case .vips(let loader) = facts.format.decoder, shrink == 1, memory.extra > 0 else { return nil }
        // libvips reads the header once more, and the profile.
        let header = try OpenImage.decoded(bytes, format: facts.format, shrink: 1)
        guard let pixels = header.pixels(directlyFrom: bytes, loader: loader) else { return nil }
        return try vipsStep { () throws(VipsError) in try VipsImage(pixels).withProfile(of: header) }
    }

    /// Whether libvips has no part in decoding the image of a task. It reads the header of all so far.
    static func canDoWithoutLibvips(_ task: DecodingTask) -> Bool { false }

    /// What decoding in one go takes beside what libvips would.
    ///
    /// - Parameters:
    ///   - facts: what the header says.
    ///   - byteCount: the size of the file.
    ///   - usual: what decoding by libvips takes, bytes.
    ///   - limits: what decoding may take.
    /// - Returns: bytes; 0 when it is not done, because the format has nothing to gain or the memory is short.
    fileprivate static func extraMemory(
        for facts: ImageFacts, byteCount: Int, usual: Int, limits: DecodeLimits
    ) -> Int {
        let isUsual: Bool
        switch facts.format {
        case .png: isUsual = !facts.isInterlaced && facts.bitDepth == 8
        case .webp: isUsual = facts.frames == 1
        default: isUsual = false
        }
        guard isUsual else { return 0 }
        let frame = VipsImage.directMemory(width: facts.size.width, height: facts.size.height)
        guard frame <= largestFrame else { return 0 }
        let extra = frame + byteCount
        return usual <= limits.maxMemory - extra ? extra : 0
    }

    /// Above 32 megapixels rows are decoded one after the other: memory then counts for more than time.
    private static let largestFrame = 1 << 27
}

/// What decoding an image takes, bytes: estimated once from its header.
struct DecodingMemory: Hashable, Codable, Sendable {
    /// With libvips.
    var usual: Int
    /// What decoding in one go takes beside that; 0 when it is not done.
    var extra: Int

    /// An estimate.
    ///
    /// - Parameters:
    ///   - facts: what the header says.
    ///   - target: the size in px that pixels are kept in.
    ///   - byteCount: the size of the file.
    ///   - limits: what decoding may take.
    init(of facts: ImageFacts, target: PixelSize, byteCount: Int, limits: DecodeLimits) {
        usual = DecodeLimits.memory(of: facts, target: target, byteCount: byteCount)
        extra = DirectDecoding.extraMemory(for: facts, byteCount: byteCount, usual: usual, limits: limits)
    }

    /// All of it; it saturates instead of overflowing.
    var total: Int {
        let (sum, overflow) = usual.addingReportingOverflow(extra)
        return overflow ? .max : sum
    }
}
