public import ImageHeaders
internal import VisionRules

extension DecodeLimits {
    /// The first limit that an image exceeds, if any.
    ///
    /// - Parameters:
    ///   - facts: what the header says.
    ///   - target: the size in px that pixels are kept in.
    ///   - byteCount: the size of the file, which is in memory at the same time.
    /// - Returns: the limit; nil when the image may be decoded.
    public func exceeded(by facts: ImageFacts, target: PixelSize, byteCount: Int = 0) -> Exceeded? {
        exceeded(
            by: facts, byteCount: byteCount,
            memory: Self.memory(of: facts, target: target, byteCount: byteCount))
    }

    /// The memory for decoding, estimated once for all uses.
    ///
    /// - Parameters:
    ///   - facts: what the header says.
    ///   - target: the size in px that pixels are kept in.
    ///   - byteCount: the size of the file.
    /// - Returns: the estimate, which is within the limits.
    /// - Throws: `PreflightError.overLimit`.
    func memory(
        toDecode facts: ImageFacts, target: PixelSize, byteCount: Int
    ) throws(PreflightError) -> DecodingMemory {
        let memory = DecodingMemory(of: facts, target: target, byteCount: byteCount, limits: self)
        if let exceeded = exceeded(by: facts, byteCount: byteCount, memory: memory.usual) {
            throw .overLimit(exceeded)
        }
        return memory
    }

    private func exceeded(by facts: ImageFacts, byteCount: Int, memory: Int) -> Exceeded? {
        guard byteCount <= maxFileBytes else {
            return Exceeded(kind: .fileBytes, measured: byteCount, limit: maxFileBytes)
        }
        let pixels = facts.size.pixelCount
        guard pixels <= maxPixels else {
            return Exceeded(kind: .pixels, measured: pixels, limit: maxPixels)
        }
        // Without the size of the file there is nothing to compare with.
        let ratio = byteCount > 0 && pixels > Self.minPixelsForRatio ? pixels / byteCount : 0
        guard ratio <= maxPixelsPerByte else {
            return Exceeded(kind: .ratio, measured: ratio, limit: maxPixelsPerByte)
        }
        guard memory <= maxMemory else {
            return Exceeded(kind: .memory, measured: memory, limit: maxMemory)
        }
        return nil
    }

    /// The first limit that the structure of a whole file exceeds, if any: what its header alone does not
    /// show.
    ///
    /// - Parameters:
    ///   - file: the file.
    ///   - format: its format.
    /// - Returns: the limit; nil when the image may be opened.
    public func exceeded(by file: UnsafeRawBufferPointer, format: ImageFormat) -> Exceeded? {
        let metadata = MetadataSize(of: file, format: format)
        guard metadata.profile <= maxProfileBytes else {
            return Exceeded(kind: .profileBytes, measured: metadata.profile, limit: maxProfileBytes)
        }
        guard metadata.other <= maxMetadataBytes else {
            return Exceeded(kind: .metadataBytes, measured: metadata.other, limit: maxMetadataBytes)
        }
        guard metadata.packedText <= maxPackedTextBytes else {
            return Exceeded(
                kind: .packedTextBytes, measured: metadata.packedText, limit: maxPackedTextBytes)
        }
        let scans = format == .jpeg ? JPEGScans.count(in: file, upTo: maxScans) : 1
        guard scans <= maxScans else {
            return Exceeded(kind: .scans, measured: scans, limit: maxScans)
        }
        // Most files are too small to hold that many frames: they need not be walked through.
        guard let smallest = Self.smallestFrame(format), file.count / smallest > maxFrames,
            case .success(let frames) = HeaderReader.countFrames(bytes: file), frames > maxFrames
        else { return nil }
        return Exceeded(kind: .frames, measured: frames, limit: maxFrames)
    }

    /// The bytes of the smallest frame of a format whose decoder keeps a table of frames; nil for all others.
    private static func smallestFrame(_ format: ImageFormat) -> Int? {
        switch format {
        // A descriptor of 10 bytes, the code size, the end of the data.
        case .gif: 12
        // A chunk's header, ANMF's 16 bytes, and the header of the bitstream's chunk.
        case .webp: 32
        // A directory without entries: their number and the offset of the next.
        case .tiff: 6
        default: nil
        }
    }

    /// The peak memory for decoding in bytes, estimated from the header.
    ///
    /// A decoder that returns rows keeps a few of them; one that needs the whole frame keeps it.
    ///
    /// - Parameters:
    ///   - facts: what the header says.
    ///   - target: the size in px that pixels are kept in.
    ///   - byteCount: the size of the file, which is in memory at the same time.
    /// - Returns: bytes; saturates instead of overflowing.
    public static func memory(of facts: ImageFacts, target: PixelSize, byteCount: Int = 0) -> Int {
        let rows = facts.size.width.saturatingTimes(4 * 2 * rowsKept)
        let frame = facts.size.pixelCount.saturatingTimes(bytesPerFramePixel(facts))
        // Before and after the turn, and once more in the encoder.
        let result = target.pixelCount.saturatingTimes(4 * 3)
        return rows.saturatingAdd(frame).saturatingAdd(result).saturatingAdd(byteCount)
    }

    /// Strips of libvips and the resampler's window.
    private static let rowsKept = 128

    /// Bytes for each px of the whole frame; 0 for a decoder that returns rows.
    private static func bytesPerFramePixel(_ facts: ImageFacts) -> Int {
        let bytesPerSample = facts.bitDepth > 8 ? 2 : 1
        switch facts.format {
        // Coefficients of 2 bytes, without assuming smaller chroma planes.
        case .jpeg: return facts.isInterlaced ? 2 * facts.colorModel.channels : 0
        case .png: return facts.isInterlaced ? 4 * bytesPerSample : 0
        // The canvas of libnsgif, and libvips' copy of it.
        case .gif: return 8
        // The frame of RGBA and the decoder's planes.
        case .webp: return 6
        // Planes of the decoder, its reference frames, the picture and its turned copy.
        case .heic, .avif: return 12 * bytesPerSample
        // A strip may be the whole picture; unusual samples are copied once more.
        case .tiff: return 4 * bytesPerSample + 4
        default: return 4
        }
    }
}
