/// GIF: blocks up to the second image, or up to where looking for it no longer pays. Source: GIF89a.
///
/// GIF has no index: a second image can only be found by following every byte count of the first. That is
/// free if the first image ends in the first window, and costs about 6 µs for each 100 KB beyond it. So
/// the search is bounded, with a larger bound if the file hints at an animation.
enum GIFHeader {
    /// How far after the start of the first image to look for the second, in bytes, in a file that neither
    /// loops nor sets a delay: within one more read. ``ImageFacts/framesAreExact`` is false when that is not
    /// enough.
    static let stillSearchBytes = 64 * 1024
    /// The same for a file with a looping extension or a delay: about the byte limit of the service, beyond
    /// which the file is refused anyway.
    static let animationSearchBytes = 4 * 1024 * 1024

    private enum Block {
        static let image: UInt8 = 0x2C
        static let `extension`: UInt8 = 0x21
        static let trailer: UInt8 = 0x3B
    }

    /// What the blocks before an image say about it.
    private struct Control {
        var isTransparent = false
        var hintsAtAnimation = false
    }

    static func parse(_ source: inout ByteSource) throws(HeaderError) -> ImageFacts {
        source.format = .gif
        let version = try source.u16be(at: 4)
        guard version == 0x3761 || version == 0x3961 else { throw .malformed(.gif, .missingHeader) }
        let screen = PixelSize(width: Int(try source.u16le(at: 6)), height: Int(try source.u16le(at: 8)))
        var offset = try firstBlock(&source)
        var control = Control()
        try findImage(&source, &offset, &control)

        let left = Int(try source.u16le(at: offset + 1))
        let top = Int(try source.u16le(at: offset + 3))
        let right = left + Int(try source.u16le(at: offset + 5))
        let bottom = top + Int(try source.u16le(at: offset + 7))
        let flags = try source.u8(at: offset + 9)
        // A first image larger than the screen makes the screen larger, in libvips and in browsers.
        let size = PixelSize(width: max(screen.width, right), height: max(screen.height, bottom))
        guard size.width > 0, size.height > 0, right > left, bottom > top else {
            throw .malformed(.gif, .impossibleSize)
        }

        var facts = ImageFacts(format: .gif, size: size, colorModel: .indexed)
        facts.isInterlaced = flags & 0x40 != 0
        facts.hasAlpha =
            control.isTransparent || left > 0 || top > 0 || right < size.width || bottom < size.height
        let bytes = control.hintsAtAnimation ? animationSearchBytes : stillSearchBytes
        source.readSize = HeaderReader.walkReadSize
        switch secondImage(&source, after: offset, flags: flags, limit: offset + bytes) {
        case .found: (facts.frames, facts.framesAreExact) = (2, false)
        case .absent: break
        case .notReached: facts.framesAreExact = false
        }
        return facts
    }

    /// The number of images up to the end of the file, or up to where its blocks stop making sense.
    static func countFrames(_ source: inout ByteSource) -> Int {
        var count = 0
        guard var offset = try? firstBlock(&source) else { return 0 }
        while let block = source.byte(at: offset) {
            switch block {
            case Block.image:
                guard let flags = source.byte(at: offset + 9) else { return count }
                count += 1
                guard
                    let end = try? skipSubBlocks(
                        &source, at: imageData(offset, flags), limit: source.byteCount)
                else { return count }
                offset = end
            case Block.extension:
                guard let end = try? skipSubBlocks(&source, at: offset + 2, limit: source.byteCount) else {
                    return count
                }
                offset = end
            case 0: offset += 1
            default: return count
            }
        }
        return count
    }

    /// Where the blocks begin: after the global color table.
    private static func firstBlock(_ source: inout ByteSource) throws(HeaderError) -> Int {
        let flags = try source.u8(at: 10)
        return 13 + (flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1))
    }

    /// Where the sub-blocks of an image begin: after its local color table and the code size.
    private static func imageData(_ offset: Int, _ flags: UInt8) -> Int {
        offset + 11 + (flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1))
    }

    /// Moves `offset` to the first image.
    private static func findImage(
        _ source: inout ByteSource, _ offset: inout Int, _ control: inout Control
    ) throws(HeaderError) {
        for _ in 0..<HeaderBounds.maxSegments {
            switch try source.u8(at: offset) {
            case Block.image: return
            case Block.trailer: throw .malformed(.gif, .noImage)
            case 0: offset += 1  // some writers pad
            case Block.extension:
                let label = try source.u8(at: offset + 1)
                if label == 0xF9, try source.u8(at: offset + 2) >= 4 {
                    control.isTransparent = try source.u8(at: offset + 3) & 1 != 0
                    if try source.u16le(at: offset + 4) > 0 { control.hintsAtAnimation = true }
                } else if label == 0xFF, source.hasPrefix("NETSCAPE2.0", at: offset + 3) {
                    control.hintsAtAnimation = true
                }
                let limit = offset + animationSearchBytes
                guard let end = try skipSubBlocks(&source, at: offset + 2, limit: limit) else {
                    throw .malformed(.gif, .badLength)
                }
                offset = end
            default: throw .malformed(.gif, .badField)
            }
        }
        throw .malformed(.gif, .tooManySegments)
    }

    private enum Search { case found, absent, notReached }

    /// Looks for another image after the one at `first`. A file that ends early has none.
    private static func secondImage(
        _ source: inout ByteSource, after first: Int, flags: UInt8, limit: Int
    ) -> Search {
        do throws(HeaderError) {
            guard var offset = try skipSubBlocks(&source, at: imageData(first, flags), limit: limit) else {
                return .notReached
            }
            while offset <= limit {
                switch try source.u8(at: offset) {
                case Block.image: return .found
                case 0: offset += 1
                case Block.extension:
                    guard let end = try skipSubBlocks(&source, at: offset + 2, limit: limit) else {
                        return .notReached
                    }
                    offset = end
                default: return .absent
                }
            }
            return .notReached
        } catch {
            return source.isPartial ? .notReached : .absent
        }
    }

    /// The offset after a chain of sub-blocks, or nil if the chain continues beyond `limit`.
    private static func skipSubBlocks(
        _ source: inout ByteSource, at start: Int, limit: Int
    ) throws(HeaderError) -> Int? {
        var offset = start
        while offset <= limit {
            let length = Int(try source.u8(at: offset))
            offset += 1 + length
            if length == 0 { return offset }
        }
        return nil
    }
}
