import ImageHeaders
import Vips
import VisionRules

/// Decodes common PNG, WebP and JPEG in one go, which takes half the time that libvips needs for them row by row:
/// PNG through libdeflate instead of zlib, WebP without libvips' copies of the frame, JPEG with the whole file at hand.
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
        guard let (pixels, profile) = try samples(of: bytes, facts: facts, shrink: shrink, memory: memory)
        else { return nil }
        return try image(of: pixels, profile: profile)
    }

    /// Makes an image from samples.
    ///
    /// - Parameters:
    ///   - pixels: the samples.
    ///   - profile: their profile; empty if there is none.
    /// - Returns: the image, with its profile.
    /// - Throws: a `PreflightError` when libvips refuses.
    static func image(of pixels: PixelBuffer, profile: [UInt8]) throws(PreflightError) -> VipsImage {
        try vipsStep { () throws(VipsError) in
            let image = try VipsImage(pixels)
            return profile.isEmpty ? image : try image.withProfile(profile)
        }
    }

    /// The decoded samples and their profile; nil if libvips has to decode them.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - facts: what its header says.
    ///   - shrink: the factor by which the decoder shrinks it.
    ///   - memory: the memory for decoding.
    /// - Returns: the samples and the profile, which is empty if there is none.
    /// - Throws: a `PreflightError` with findings when libvips cannot open it.
    static func samples(
        of bytes: ImageBytes, facts: ImageFacts, shrink: Int = 1, memory: DecodingMemory
    ) throws(PreflightError) -> (pixels: PixelBuffer, profile: [UInt8])? {
        guard case .vips(let loader) = facts.format.decoder, memory.extra > 0 else { return nil }
        if loader == .jpeg {
            return DirectJPEG.rows(of: bytes, facts: facts, shrink: shrink, memory: memory.extra)
                .map { ($0.pixels, $0.profile ?? []) }
        }
        guard shrink == 1 else { return nil }
        // libvips reads the header once more, and the profile.
        let header = try OpenImage.decoded(bytes, facts: facts, shrink: 1)
        return header.pixels(directlyFrom: bytes, loader: loader)
            .map { ($0, header.withProfile { Array($0) }) }
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
        // A task either makes something from an image or only reads it.
        if task.isReadThrough { return task.plan == nil && !task.measuresText }
        guard task.plan != nil || task.measuresText else { return false }
        return isPlainPNG(task.facts) && DirectCodecs.hasPNG
            || task.plan?.tiles == nil && DirectJPEG.canMake(task.facts, options: task.options)
    }

    /// The extra memory for decoding in one go, compared with libvips.
    ///
    /// - Parameters:
    ///   - facts: what the header says.
    ///   - target: the size in px that pixels are kept in.
    ///   - byteCount: the size of the file.
    ///   - usual: the memory for decoding by libvips, bytes.
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

    /// The memory for decoding a picture at its full size in one go; it is kept until the picture is prepared.
    ///
    /// - Parameters:
    ///   - facts: what the header says.
    ///   - byteCount: the size of the file.
    ///   - usual: the memory for decoding by libvips, bytes.
    ///   - limits: the limits for decoding.
    /// - Returns: bytes; 0 if it is not decoded in one go.
    static func fullMemory(for facts: ImageFacts, byteCount: Int, usual: Int, limits: DecodeLimits) -> Int {
        let target = facts.displaySize
        var extra = extraMemory(
            for: facts, target: target, byteCount: byteCount, usual: usual, limits: limits)
        if facts.format == .jpeg, DirectJPEG.isUsual(facts) {
            extra = DirectJPEG.fullMemory(of: facts)
        }
        guard extra > 0, extra <= largestFrame else { return 0 }
        let preparing = DecodeLimits.memory(of: facts, target: target, byteCount: byteCount)
        return preparing.saturatingAdd(usual).saturatingAdd(extra) <= limits.maxMemory ? extra : 0
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

    /// An estimate for an image whose text is measured.
    ///
    /// - Parameters:
    ///   - facts: what the header says.
    ///   - byteCount: the size of the file.
    ///   - limits: the limits for decoding.
    init(measuring facts: ImageFacts, byteCount: Int, limits: DecodeLimits) {
        let pixel = PixelSize(width: 1, height: 1)
        let usual = DecodeLimits.memory(of: facts, target: pixel, byteCount: byteCount)
            .saturatingAdd(TextReading.memory(of: facts.size, orientation: facts.orientation))
        self.init(
            usual: usual,
            extra: DirectDecoding.fullMemory(for: facts, byteCount: byteCount, usual: usual, limits: limits))
    }
}
