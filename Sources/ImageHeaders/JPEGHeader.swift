/// JPEG: segments up to the start of the first scan. Source: ITU-T T.81, annex B.
///
/// It agrees with libjpeg on what it skips: fill bytes, rubbish between segments, stand-alone markers. Like
/// libjpeg it wants to see the start of a scan, because a header without one cannot be decoded.
enum JPEGHeader {
    private struct Frame {
        var size: PixelSize
        var precision: Int
        var components: UInt8
        var isProgressive: Bool
    }

    static func parse(_ source: inout ByteSource) throws(HeaderError) -> ImageFacts {
        source.format = .jpeg
        var frame: Frame?
        var exif: ExifBlock?
        var profile: ColorProfile?
        var adobeTransform: UInt8?
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
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                guard frame == nil else { throw .malformed(.jpeg, .badField) }
                frame = try readFrame(&source, marker, at: content, length: length)
            case 0xDA:
                guard let frame else { throw .malformed(.jpeg, .noImage) }
                return facts(frame, exif, profile, adobeTransform)
            case 0xE1 where exif == nil && length >= 8:
                // The first block counts, even when it is broken: as in libvips.
                if try source.u32be(at: content) == 0x4578_6966, try source.u16be(at: content + 4) == 0 {
                    exif = try ExifBlock.read(&source, from: content + 6, to: end)
                }
            case 0xE2 where profile == nil && length >= 16:
                if try source.u32be(at: content) == 0x4943_435F,  // ICC_PROFILE
                    source.hasPrefix("ICC_PROFILE\0", at: content)
                {
                    profile = ICCProfile.read(&source, from: content + 14, to: end)
                }
            case 0xEE where length >= 14:
                if source.hasPrefix("Adobe", at: content) {
                    adobeTransform = try source.u8(at: content + 11)
                }
            default: break
            }
            offset = end
        }
        throw .malformed(.jpeg, .tooManySegments)
    }

    /// Moves `offset` behind the next marker and returns its second byte.
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

    private static func readFrame(
        _ source: inout ByteSource, _ marker: UInt8, at content: Int, length: Int
    ) throws(HeaderError) -> Frame {
        let precision = Int(try source.u8(at: content))
        let height = Int(try source.u16be(at: content + 1))
        let width = Int(try source.u16be(at: content + 3))
        let components = try source.u8(at: content + 5)
        guard (2...16).contains(precision), (1...4).contains(components) else {
            throw .malformed(.jpeg, .badField)
        }
        guard length == 8 + 3 * Int(components) else { throw .malformed(.jpeg, .badLength) }
        // Height 0 promises the number of lines behind the first scan (DNL), which no common decoder reads.
        guard width > 0, height > 0 else { throw .malformed(.jpeg, .impossibleSize) }
        let process = marker & 3
        return Frame(
            size: PixelSize(width: width, height: height), precision: precision, components: components,
            isProgressive: process == 2)
    }

    private static func facts(
        _ frame: Frame, _ exif: ExifBlock?, _ profile: ColorProfile?, _ adobeTransform: UInt8?
    ) -> ImageFacts {
        let model: ColorModel =
            switch frame.components {
            case 1, 2: .grayscale
            case 3: .rgb
            default: adobeTransform == 2 ? .ycck : .cmyk
            }
        var facts = ImageFacts(
            format: .jpeg, size: frame.size, colorModel: model, bitDepth: frame.precision)
        facts.isInterlaced = frame.isProgressive
        if let profile { facts.colorProfile = profile }
        if let exif {
            facts.orientation = exif.orientation
            facts.hasLocation = exif.hasLocation
        }
        return facts
    }
}
