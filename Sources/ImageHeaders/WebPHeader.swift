/// WebP: the first chunk says nearly everything; the others are read only if its flags say so. Source: RFC
/// 9649.
enum WebPHeader {
    private static let vp8: UInt32 = 0x5650_3820
    private static let vp8l: UInt32 = 0x5650_384C
    private static let vp8x: UInt32 = 0x5650_3858
    private static let alph: UInt32 = 0x414C_5048
    private static let anmf: UInt32 = 0x414E_4D46
    private static let iccp: UInt32 = 0x4943_4350
    private static let exif: UInt32 = 0x4558_4946
    private static let xmp: UInt32 = 0x584D_5020

    /// What the flags of a VP8X chunk announce.
    private enum Flag {
        static let profile: UInt8 = 0x20
        static let alpha: UInt8 = 0x10
        static let exif: UInt8 = 0x08
        static let xmp: UInt8 = 0x04
        static let animation: UInt8 = 0x02
    }

    /// The size and alpha of a VP8 or VP8L bitstream.
    private struct Bitstream {
        var size: PixelSize
        var hasAlpha: Bool
    }

    private struct Chunk {
        var type: UInt32
        var content: Int
        var length: Int
        /// Where the next chunk begins; an odd length is padded.
        var next: Int { content + length + length & 1 }

        /// Whether the container has room for the chunk; the file may still end before it.
        func isWithin(_ end: Int) -> Bool { content + length <= end }
    }

    static func parse(_ source: inout ByteSource) throws(HeaderError) -> ImageFacts {
        source.format = .webp
        let first = try chunk(&source, at: 12)
        switch first.type {
        case vp8, vp8l:
            let stream = try bitstream(&source, first)
            let end = try riffEnd(&source)
            guard first.isWithin(end) else { throw .malformed(.webp, .badLength) }
            var facts = ImageFacts(format: .webp, size: stream.size)
            facts.hasAlpha = stream.hasAlpha
            facts.isCutShort = end > source.byteCount
            return facts
        case vp8x: return try parseExtended(&source, first)
        default: throw .malformed(.webp, .missingHeader)
        }
    }

    /// The number of frames of an animation up to the end of the file.
    static func countFrames(_ source: inout ByteSource) -> Int {
        var count = 0
        var offset = 12
        let end = (try? riffEnd(&source)) ?? 0
        // Only the chunk headers are needed, and frames are large: small reads are enough.
        source.readSize = HeaderReader.firstReadSize
        while offset < end, let chunk = try? chunk(&source, at: offset) {
            if chunk.type == anmf { count += 1 }
            offset = chunk.next
        }
        return count
    }

    private static func parseExtended(
        _ source: inout ByteSource, _ first: Chunk
    ) throws(HeaderError) -> ImageFacts {
        guard first.length >= 10 else { throw .malformed(.webp, .badLength) }
        let flags = try source.u8(at: first.content)
        let size = PixelSize(
            width: Int(try source.u24le(at: first.content + 4)) + 1,
            height: Int(try source.u24le(at: first.content + 7)) + 1)
        guard size.pixelCount <= Int(UInt32.max) else { throw .malformed(.webp, .impossibleSize) }
        var facts = ImageFacts(format: .webp, size: size)
        facts.hasAlpha = flags & Flag.alpha != 0
        let isAnimation = flags & Flag.animation != 0
        var wantsExif = flags & Flag.exif != 0
        // Only if EXIF gives no orientation.
        var wantsXMP = flags & Flag.xmp != 0
        var images = 0
        var hasExtraFrame = false
        let end = try riffEnd(&source)
        facts.isCutShort = end > source.byteCount
        var offset = first.next

        for _ in 0..<HeaderBounds.maxSegments {
            if offset >= end {
                guard images > 0 else {
                    throw end > source.byteCount ? .truncated(.webp) : .malformed(.webp, .noImage)
                }
                break
            }
            // After the image only EXIF and XMP are of interest, and a truncated file is still measured.
            let next: Chunk
            if images == 0 {
                next = try chunk(&source, at: offset)
            } else if let found = try? chunk(&source, at: offset) {
                next = found
            } else if wantsExif || wantsXMP, source.isPartial {
                throw .truncated(.webp)
            } else {
                break
            }
            switch next.type {
            case vp8, vp8l:
                if images == 0, !isAnimation {
                    guard next.isWithin(end) else { throw .malformed(.webp, .badLength) }
                    let stream = try bitstream(&source, next)
                    guard stream.size == size else { throw .malformed(.webp, .badField) }
                    if stream.hasAlpha { facts.hasAlpha = true }
                    images = 1
                }
            case anmf where isAnimation:
                guard images > 0 || next.isWithin(end) else { throw .malformed(.webp, .badLength) }
                let coversCanvas = try checkFrame(&source, next, of: size)
                images += 1
                // Where the first frame does not cover the canvas, the canvas shows through.
                if images == 1, !coversCanvas { facts.hasAlpha = true }
                if images == 2 { hasExtraFrame = true }
            case alph: facts.hasAlpha = true
            case iccp where flags & Flag.profile != 0 && facts.color.profile == .none:
                try facts.readProfile(&source, from: next.content, to: next.content + next.length)
            case exif where wantsExif:
                wantsExif = false
                try readExif(&source, next, into: &facts)
                if facts.orientationSource == .exif { wantsXMP = false }
            case xmp where wantsXMP:
                wantsXMP = false
                let orientation = try XMPPacket.orientation(
                    &source, from: next.content, to: next.content + next.length)
                facts.apply(orientation, from: .xmp)
            default: break
            }
            offset = next.next
            if !wantsExif, !wantsXMP, images > (isAnimation ? 1 : 0) { break }
        }
        guard images > 0 else { throw .malformed(.webp, .tooManySegments) }
        if hasExtraFrame {
            (facts.frames, facts.framesAreExact) = (2, false)
        } else if isAnimation, source.isPartial {
            facts.framesAreExact = false
        }
        return facts
    }

    private static func readExif(
        _ source: inout ByteSource, _ chunk: Chunk, into facts: inout ImageFacts
    ) throws(HeaderError) {
        // Some writers keep the prefix that the block has in a JPEG.
        let prefix = source.hasPrefix("Exif\0\0", at: chunk.content) && chunk.length >= 6 ? 6 : 0
        facts.apply(
            try ExifBlock.read(&source, from: chunk.content + prefix, to: chunk.content + chunk.length))
    }

    /// Refuses a frame that extends beyond the canvas, as libwebp does.
    ///
    /// - Returns: whether it covers all of the canvas.
    private static func checkFrame(
        _ source: inout ByteSource, _ chunk: Chunk, of canvas: PixelSize
    ) throws(HeaderError) -> Bool {
        guard chunk.length >= 16 else { throw .malformed(.webp, .badLength) }
        let left = 2 * Int(try source.u24le(at: chunk.content))
        let top = 2 * Int(try source.u24le(at: chunk.content + 3))
        let right = left + 1 + Int(try source.u24le(at: chunk.content + 6))
        let bottom = top + 1 + Int(try source.u24le(at: chunk.content + 9))
        guard right <= canvas.width, bottom <= canvas.height else { throw .malformed(.webp, .badField) }
        return left == 0 && top == 0 && right == canvas.width && bottom == canvas.height
    }

    @inline(__always)
    private static func chunk(_ source: inout ByteSource, at offset: Int) throws(HeaderError) -> Chunk {
        let type = try source.u32be(at: offset)
        let length = try source.u32le(at: offset + 4)
        // libwebp's own limit, which leaves room for the header and the padding.
        guard length <= UInt32.max - 10 else { throw .malformed(.webp, .badLength) }
        return Chunk(type: type, content: offset + 8, length: Int(length))
    }

    /// Where the RIFF container says that it ends; what follows is not part of the image.
    private static func riffEnd(_ source: inout ByteSource) throws(HeaderError) -> Int {
        8 + Int(try source.u32le(at: 4))
    }

    private static func bitstream(
        _ source: inout ByteSource, _ chunk: Chunk
    ) throws(HeaderError) -> Bitstream {
        let content = chunk.content
        if chunk.type == vp8l {
            guard chunk.length >= 5 else { throw .malformed(.webp, .badLength) }
            guard try source.u8(at: content) == 0x2F else { throw .malformed(.webp, .badField) }
            let bits = try source.u32le(at: content + 1)
            guard bits >> 29 == 0 else { throw .malformed(.webp, .badField) }
            return Bitstream(
                size: PixelSize(width: Int(bits & 0x3FFF) + 1, height: Int(bits >> 14 & 0x3FFF) + 1),
                hasAlpha: bits >> 28 & 1 == 1)
        }
        guard chunk.length >= 10 else { throw .malformed(.webp, .badLength) }
        let isKeyFrame = try source.u8(at: content) & 1 == 0
        // The start code 9D 01 2A of a key frame.
        guard isKeyFrame, try source.u24le(at: content + 3) == 0x2A019D else {
            throw .malformed(.webp, .badField)
        }
        let size = PixelSize(
            width: Int(try source.u16le(at: content + 6) & 0x3FFF),
            height: Int(try source.u16le(at: content + 8) & 0x3FFF))
        guard size.width > 0, size.height > 0 else { throw .malformed(.webp, .impossibleSize) }
        return Bitstream(size: size, hasAlpha: false)
    }
}
