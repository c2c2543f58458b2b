import ImageHeaders
import Vips
import VisionRules

/// Decodes the usual PNG, WebP and JPEG in one go, which takes half of the time that libvips needs for them row by row:
/// PNG through libdeflate instead of zlib, WebP without libvips' copies of the frame, JPEG with all of the file at hand.
///
/// Anything unusual or damaged is left to libvips, so that findings do not depend on this. There is one
/// exception: libdeflate accepts codes that deflate reserves and zlib refuses, if length and checksum of the
/// rows are right. No encoder writes them.
enum DirectDecoding {
    /// The decoded image; nil if libvips has to do it.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - facts: what its header says.
    ///   - shrink: the factor by which the decoder shrinks it.
    ///   - memory: the memory for decoding.
    /// - Returns: the image, with its profile.
    /// - Throws: a `PreflightError` with findings when libvips cannot open it.
    static func image(
        of bytes: ImageBytes, facts: ImageFacts, shrink: Int, memory: DecodingMemory
    ) throws(PreflightError) -> VipsImage? {
        guard case .vips(let loader) = facts.format.decoder, memory.extra > 0 else { return nil }
        if loader == .jpeg {
            guard
                let (pixels, profile) = DirectJPEG.rows(
                    of: bytes, facts: facts, shrink: shrink, memory: memory.extra)
            else { return nil }
            return try vipsStep { () throws(VipsError) in
                let image = try VipsImage(pixels)
                guard let profile else { return image }
                return try image.withProfile(profile)
            }
        }
        guard shrink == 1 else { return nil }
        // libvips reads the header once more, and the profile.
        let header = try OpenImage.decoded(bytes, facts: facts, shrink: 1)
        guard let pixels = header.pixels(directlyFrom: bytes, loader: loader) else { return nil }
        return try vipsStep { () throws(VipsError) in try VipsImage(pixels).withProfile(of: header) }
    }

    /// The pixels of a common PNG in sRGB, decoded without libvips.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - facts: what its header says.
    ///   - memory: the memory for decoding.
    /// - Returns: 8-bit gray or sRGB; nil if libvips has to do it.
    static func sRGBPixels(of bytes: ImageBytes, facts: ImageFacts, memory: DecodingMemory) -> PixelBuffer? {
        guard isPlainPNG(facts), facts.colorProfile != .other, memory.extra > 0,
            PixelBuffer.isSRGB(png: bytes)
        else {
            return nil
        }
        return pixels(ofPNG: bytes, facts: facts)
    }

    /// Whether an image decodes to its end without libvips, which then need not check it.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - facts: what its header says.
    ///   - memory: the memory for decoding.
    /// - Returns: false if libvips has to check.
    static func isWhole(_ bytes: ImageBytes, facts: ImageFacts, memory: DecodingMemory) -> Bool {
        guard memory.extra > 0 else { return false }
        switch facts.format {
        // Every coefficient is read at any scale; the smallest makes the fewest pixels from them.
        case .jpeg: return DirectJPEG.rows(of: bytes, facts: facts, shrink: 8, memory: memory.extra) != nil
        case .png: return pixels(ofPNG: bytes, facts: facts) != nil
        default: return false
        }
    }

    private static func pixels(ofPNG bytes: ImageBytes, facts: ImageFacts) -> PixelBuffer? {
        guard hasPlainSamples(facts), DirectCodecs.hasPNG else { return nil }
        let isGray = facts.colorModel == .grayscale
        return .decoded(
            bytes, loader: .png, width: facts.size.width, height: facts.size.height,
            bands: (isGray ? 1 : 3) + (facts.hasAlpha ? 1 : 0), colors: isGray ? .gray : .rgb)
    }

    private static func isPlainPNG(_ facts: ImageFacts) -> Bool {
        facts.format == .png && facts.colorProfile == .none && hasPlainSamples(facts)
    }

    private static func hasPlainSamples(_ facts: ImageFacts) -> Bool {
        facts.colorModel == .grayscale || facts.colorModel == .rgb
    }

    /// Whether libvips must not be used to decode the image of a task. Whether it is needed shows only when
    /// that is tried.
    static func canDoWithoutLibvips(_ task: DecodingTask) -> Bool {
        guard task.hashPlan == nil, task.memory.extra > 0 else { return false }
        // It either makes something of an image or only reads it.
        guard let plan = task.plan else { return task.isReadThrough }
        guard !task.isReadThrough else { return false }
        return isPlainPNG(task.facts) && DirectCodecs.hasPNG
            || DirectJPEG.canMake(task.facts, plan: plan, options: task.options)
    }

    /// The extra memory for decoding in one go, compared with libvips.
    ///
    /// - Parameters:
    ///   - facts: what the header says.
    ///   - target: the size in px that pixels are kept in.
    ///   - byteCount: the size of the file.
    ///   - usual: what decoding by libvips takes, bytes.
    ///   - limits: the limits for decoding.
    /// - Returns: bytes; 0 if it is not done, because the format gains nothing or memory is short.
    static func extraMemory(
        for facts: ImageFacts, target: PixelSize, byteCount: Int, usual: Int, limits: DecodeLimits
    ) -> Int {
        let frame: Int
        switch facts.format {
        case .jpeg where DirectJPEG.isUsual(facts):
            frame = DirectJPEG.memory(of: facts, target: target)
        case .png where !facts.isInterlaced && facts.bitDepth == 8, .webp where facts.frames == 1:
            frame = VipsImage.directMemory(width: facts.size.width, height: facts.size.height)
        default: return 0
        }
        guard frame <= largestFrame else { return 0 }
        let extra = facts.format == .jpeg ? frame : frame + byteCount
        return usual <= limits.maxMemory - extra ? extra : 0
    }

    /// Above 32 megapixels rows are decoded one after the other: memory then counts for more than time.
    private static let largestFrame = 1 << 27
}

extension DecodingMemory {
    /// An estimate.
    ///
    /// - Parameters:
    ///   - facts: what the header says.
    ///   - target: the size in px that pixels are kept in.
    ///   - byteCount: the size of the file.
    ///   - limits: the limits for decoding.
    init(of facts: ImageFacts, target: PixelSize, byteCount: Int, limits: DecodeLimits) {
        let usual = DecodeLimits.memory(of: facts, target: target, byteCount: byteCount)
        self.init(
            usual: usual,
            extra: DirectDecoding.extraMemory(
                for: facts, target: target, byteCount: byteCount, usual: usual, limits: limits))
    }
}
