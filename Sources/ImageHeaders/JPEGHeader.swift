/// JPEG: segments up to the start of the first scan. Source: ITU-T T.81, annex B.
///
/// It agrees with libjpeg on what to skip: fill bytes, junk between segments, stand-alone markers. Like
/// libjpeg it requires the start of a scan, because a header without one cannot be decoded.
enum JPEGHeader {
    private struct Frame {
        var size: PixelSize
        var precision: Int
        var components: UInt8
        var isProgressive: Bool
        var unsupportedKind: ImageFacts.UnsupportedKind?

        var model: ImageFacts.ColorModel {
            switch components {
            case 1, 2: .grayscale
            case 3: .rgb
            default: .cmyk
            }
        }
    }

    /// What the segments before the scan say, other than the frame.
    private struct Metadata {
        var exif: ExifBlock?
        var orientationInXMP: Orientation?
        /// Where the first part of the ICC profile is.
        var profile: (start: Int, end: Int, isPart: Bool)?
        var adobeTransform: UInt8?
    }

    static func parse(_ source: inout ByteSource) throws(HeaderError) -> ImageFacts {
        source.format = .jpeg
        var frame: Frame?
        var metadata = Metadata()
        var junk = 0
        var offset = 2

        for _ in 0..<HeaderBounds.maxSegments {
            let marker = try nextMarker(&source, &offset, &junk)
            switch marker {
            case 0x01, 0xD0...0xD7: continue  // stand alone
            case 0xD8: throw .malformed(.jpeg, .badField)  // an image inside of the image's header
            case 0xD9: throw .malformed(.jpeg, .noImage)
            default: break
            }
            let length = Int(try source.u16be(at: offset))
            guard length >= 2 else { throw .malformed(.jpeg, .badLength) }
            let content = offset + 2
            let end = offset + length
            switch marker {
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF, 0xF7:
                guard frame == nil else { throw .malformed(.jpeg, .badField) }
                frame = try readFrame(&source, marker, at: content, length: length)
            case 0xDA:
                guard let frame else { throw .malformed(.jpeg, .noImage) }
                return try facts(&source, frame, metadata)
            case 0xE1 where length >= 8:
                try readAPP1(&source, from: content, to: end, into: &metadata)
            case 0xE2 where metadata.profile == nil && length >= 16:
                if try source.u32be(at: content) == 0x4943_435F,  // ICC_PROFILE
                    source.hasPrefix("ICC_PROFILE\0", at: content)
                {
                    metadata.profile = (content + 14, end, try source.u8(at: content + 13) > 1)
                }
            case 0xEE where length >= 14:
                if source.hasPrefix("Adobe", at: content) {
                    metadata.adobeTransform = try source.u8(at: content + 11)
                }
            default: break
            }
            offset = end
        }
        throw .malformed(.jpeg, .tooManySegments)
    }

    /// Moves `offset` past the next marker and returns its second byte.
    @inline(__always)
    private static func nextMarker(
        _ source: inout ByteSource, _ offset: inout Int, _ junk: inout Int
    ) throws(HeaderError) -> UInt8 {
        while true {
            var byte = try source.u8(at: offset)
            while byte != 0xFF {
                junk += 1
                guard junk <= HeaderBounds.maxJunkBytes else { throw .malformed(.jpeg, .badLength) }
                offset += 1
                byte = try source.u8(at: offset)
            }
            while byte == 0xFF {
                junk += 1
                guard junk <= HeaderBounds.maxJunkBytes else { throw .malformed(.jpeg, .badLength) }
                offset += 1
                byte = try source.u8(at: offset)
            }
            offset += 1
            if byte != 0 {
                junk -= 1  // the FF that belongs to the marker
                return byte
            }
        }
    }

    /// Reads an EXIF block or XMP.
    private static func readAPP1(
        _ source: inout ByteSource, from content: Int, to end: Int, into metadata: inout Metadata
    ) throws(HeaderError) {
        switch try source.u32be(at: content) {
        case 0x4578_6966:  // Exif
            // The first block counts, even if it is broken, as in libvips.
            guard metadata.exif == nil, try source.u16be(at: content + 4) == 0 else { return }
            metadata.exif = try ExifBlock.read(&source, from: content + 6, to: end)
        case 0x6874_7470:  // http
            // If EXIF gives an orientation, XMP need not be read.
            guard metadata.exif?.orientation == nil, metadata.orientationInXMP == nil,
                source.hasPrefix("http://ns.adobe.com/xap/1.0/\0", at: content)
            else { return }
            metadata.orientationInXMP = try XMPPacket.orientation(&source, from: content + 29, to: end)
        default: return
        }
    }

    private static func readFrame(
        _ source: inout ByteSource, _ marker: UInt8, at content: Int, length: Int
    ) throws(HeaderError) -> Frame {
        let precision = Int(try source.u8(at: content))
        let height = Int(try source.u16be(at: content + 1))
        let width = Int(try source.u16be(at: content + 3))
        let components = try source.u8(at: content + 5)
        let kind = try unsupportedKind(marker, precision: precision)
        guard (1...4).contains(components) else { throw .malformed(.jpeg, .badField) }
        guard length == 8 + 3 * Int(components) else { throw .malformed(.jpeg, .badLength) }
        // Height 0 defers the number of lines to a segment after the first scan (DNL), which no common
        // decoder reads.
        guard width > 0, height > 0 else { throw .malformed(.jpeg, .impossibleSize) }
        return Frame(
            size: PixelSize(width: width, height: height), precision: precision, components: components,
            isProgressive: marker != 0xF7 && marker & 3 == 2, unsupportedKind: kind)
    }

    /// The kind of JPEG that a frame's marker and its bits per sample indicate. Source: ITU-T T.81, table B.1.
    private static func unsupportedKind(
        _ marker: UInt8, precision: Int
    ) throws(HeaderError) -> ImageFacts.UnsupportedKind? {
        let (kind, precisions): (ImageFacts.UnsupportedKind?, ClosedRange<Int>) =
            switch marker {
            case 0xF7: (.jpegLS, 2...16)
            case 0xC3: (.losslessJPEG, 2...16)
            case 0xC5...0xC7, 0xCD...0xCF: (.hierarchicalJPEG, 2...16)
            case 0xCB: (.losslessJPEG, 2...16)
            case 0xC9, 0xCA: (.arithmeticJPEG, 8...12)
            case 0xC0: (nil, 8...8)
            default: (nil, 8...12)
            }
        guard precisions.contains(precision), precisions.lowerBound == 2 || [8, 12].contains(precision) else {
            throw .malformed(.jpeg, .badField)
        }
        return precisions.lowerBound == 8 && precision == 12 ? .twelveBitJPEG : kind
    }

    private static func facts(
        _ source: inout ByteSource, _ frame: Frame, _ metadata: Metadata
    ) throws(HeaderError) -> ImageFacts {
        var facts = ImageFacts(
            format: .jpeg, size: frame.size, colorModel: frame.model, bitDepth: frame.precision)
        if facts.colorModel == .cmyk, metadata.adobeTransform == 2 { facts.colorModel = .ycck }
        facts.isInterlaced = frame.isProgressive
        facts.unsupportedKind = frame.unsupportedKind
        if let block = metadata.exif { facts.apply(block) }
        facts.apply(metadata.orientationInXMP, from: .xmp)
        if let profile = metadata.profile {
            try facts.readProfile(&source, from: profile.start, to: profile.end, isPart: profile.isPart)
        }
        return facts
    }
}
