/// HEIC and AVIF: the properties of the primary item. Source: ISO/IEC 23008-12, section 6; ISO/IEC 14496-12.
///
/// The size is the one that libvips gives: cropped (`clap`) and turned (`irot`), because libheif does both when it
/// decodes. So the orientation is always ``Orientation/up``. The EXIF item is not looked up: such a file has to
/// be converted before it is sent, and that drops it, so ``ImageFacts/hasLocation`` stays false.
enum ISOMediaHeader {
    private static let ftyp: UInt32 = 0x6674_7970
    private static let meta: UInt32 = 0x6D65_7461
    private static let moov: UInt32 = 0x6D6F_6F76

    /// The format by the brands at the start of a file; nil without brands.
    static func format(_ source: inout ByteSource) -> ImageFormat? {
        guard let length = try? source.u32be(at: 0), let type = try? source.u32be(at: 4) else { return nil }
        switch type {
        case ftyp: break
        case moov, 0x6D64_6174, 0x7769_6465, 0x6672_6565, 0x736B_6970, 0x706E_6F74:
            // moov, mdat, wide, free, skip, pnot: QuickTime before there were brands. Checking the length
            // excludes prose that contains "free".
            return (8..<1 << 24).contains(length) || length <= 1 ? .video : nil
        default: return nil
        }
        guard let major = try? source.u32be(at: 8) else { return nil }
        if let format = format(ofBrand: major) { return format }
        switch major {
        case 0x6D69_6631, 0x6D73_6631, 0x6D69_6166, 0x6D69_6632:  // mif1, msf1, miaf, mif2
            for index in 0..<min(Int(length) / 4, 64) {
                guard let brand = try? source.u32be(at: 16 + index * 4), 20 + index * 4 <= Int(length) else {
                    break
                }
                if let format = format(ofBrand: brand) { return format }
            }
            return .heic
        case 0x6372_7820: return nil  // crx: a camera's raw file
        default: return .video
        }
    }

    private static func format(ofBrand brand: UInt32) -> ImageFormat? {
        switch brand {
        case 0x6176_6966, 0x6176_6973: .avif  // avif, avis
        // heic, heix, heim, heis, hevc, hevx, hevm, hevs
        case 0x6865_6963, 0x6865_6978, 0x6865_696D, 0x6865_6973, 0x6865_7663, 0x6865_7678, 0x6865_766D,
            0x6865_7673:
            .heic
        default: nil
        }
    }

    /// Brands of files whose images follow one another in time: avis, msf1, hevc, hevx, hevm, hevs.
    private static func isSequence(_ brand: UInt32) -> Bool {
        [0x6176_6973, 0x6D73_6631, 0x6865_7663, 0x6865_7678, 0x6865_766D, 0x6865_7673].contains(brand)
    }

    static func parse(_ source: inout ByteSource, _ format: ImageFormat) throws(HeaderError) -> ImageFacts {
        source.format = format
        let isSequence = isSequence(try source.u32be(at: 8))
        var offset = 0
        var hasMovie = false
        for _ in 0..<HeaderBounds.maxSegments {
            if offset >= source.byteCount, hasMovie { throw .noPixelSize(format) }
            let box = try ISOBox(&source, at: offset, limit: source.byteCount)
            if box.type == moov { hasMovie = true }
            if box.type == meta {
                guard !box.isCut else { throw .truncated(format) }
                var facts = try PrimaryItem.facts(&source, in: box, format)
                if isSequence { (facts.frames, facts.framesAreExact) = (2, false) }
                return facts
            }
            offset = box.end
        }
        throw .malformed(format, .tooManySegments)
    }
}

/// The primary item of a `meta` box.
private struct PrimaryItem {
    private static let pitm: UInt32 = 0x7069_746D
    private static let iprp: UInt32 = 0x6970_7270
    private static let ipco: UInt32 = 0x6970_636F
    private static let iref: UInt32 = 0x6972_6566
    private static let ipma: UInt32 = 0x6970_6D61
    /// Properties of one item; real ones have fewer than ten.
    private static let maxProperties = 64

    static func facts(
        _ source: inout ByteSource, in meta: ISOBox, _ format: ImageFormat
    ) throws(HeaderError) -> ImageFacts {
        var primary: UInt32?
        var properties: ISOBox?
        var offset = meta.content + 4
        for _ in 0..<HeaderBounds.maxSegments where offset < meta.end {
            let box = try ISOBox(&source, at: offset, limit: meta.end)
            if box.type == pitm {
                let isShort = try source.u8(at: box.content) == 0
                primary =
                    isShort
                    ? UInt32(try source.u16be(at: box.content + 4)) : try source.u32be(at: box.content + 4)
            } else if box.type == iprp {
                properties = box
            } else if box.type == iref {
                try ISODerivation.check(&source, box)
            }
            offset = box.end
        }
        guard let primary, let properties else { throw .malformed(format, .missingHeader) }
        return try facts(&source, of: primary, in: properties, format)
    }

    private static func facts(
        _ source: inout ByteSource, of item: UInt32, in properties: ISOBox, _ format: ImageFormat
    ) throws(HeaderError) -> ImageFacts {
        var container: ISOBox?
        var associations: (place: Int, count: Int, isWide: Bool)?
        var offset = properties.content
        for _ in 0..<HeaderBounds.maxSegments where offset < properties.end {
            let box = try ISOBox(&source, at: offset, limit: properties.end)
            if box.type == ipco { container = box }
            if box.type == ipma, associations == nil { associations = try find(item, in: box, &source) }
            offset = box.end
        }
        guard let container, let associations else { throw .malformed(format, .missingHeader) }
        var facts = ImageFacts(format: format, size: PixelSize(width: 0, height: 0))
        var profile: ISOBox?
        for number in 0..<min(associations.count, maxProperties) {
            let index =
                associations.isWide
                ? Int(try source.u16be(at: associations.place + 2 * number) & 0x7FFF)
                : Int(try source.u8(at: associations.place + number) & 0x7F)
            guard let box = try property(index, in: container, &source) else { continue }
            if try holdsProfile(box, &source) {
                profile = profile ?? box
            } else {
                try apply(box, &source, to: &facts)
            }
        }
        if let profile {
            // It counts instead of code points, which then only say how YCbCr becomes RGB.
            let (points, range) = (facts.color.codePoints, facts.highDynamicRange)
            facts.color.codePoints = nil
            try facts.readProfile(&source, from: profile.content + 4, to: profile.end)
            if facts.color.profile == .none, let points { facts.apply(points) }
            facts.highDynamicRange = facts.highDynamicRange ?? range
        }
        guard facts.size.width > 0, facts.size.height > 0 else { throw .malformed(format, .impossibleSize) }
        facts.hasAlpha = try hasAlphaPlane(container, &source)
        return facts
    }

    /// Where the property numbers of an item are.
    private static func find(
        _ item: UInt32, in box: ISOBox, _ source: inout ByteSource
    ) throws(HeaderError) -> (place: Int, count: Int, isWide: Bool)? {
        let header = try source.u32be(at: box.content)
        let (idSize, isWide) = (header >> 24 == 0 ? 2 : 4, header & 1 == 1)
        var offset = box.content + 8
        for _ in 0..<min(Int(try source.u32be(at: box.content + 4)), HeaderBounds.maxSegments)
        where offset < box.end {
            let id = idSize == 2 ? UInt32(try source.u16be(at: offset)) : try source.u32be(at: offset)
            let count = Int(try source.u8(at: offset + idSize))
            if id == item { return (offset + idSize + 1, count, isWide) }
            offset += idSize + 1 + count * (isWide ? 2 : 1)
        }
        return nil
    }

    /// The property with this number, counted from 1; 0 means none.
    private static func property(
        _ index: Int, in container: ISOBox, _ source: inout ByteSource
    ) throws(HeaderError) -> ISOBox? {
        guard index > 0, index <= HeaderBounds.maxDirectoryEntries else { return nil }
        var offset = container.content
        for number in 1...index where offset < container.end {
            let box = try ISOBox(&source, at: offset, limit: container.end)
            if number == index { return box }
            offset = box.end
        }
        return nil
    }

    private static func apply(
        _ box: ISOBox, _ source: inout ByteSource, to facts: inout ImageFacts
    ) throws(HeaderError) {
        switch box.type {
        case 0x6973_7065:  // ispe: the size
            facts.size = PixelSize(
                width: Int(try source.u32be(at: box.content + 4)),
                height: Int(try source.u32be(at: box.content + 8)))
        case 0x636C_6170:  // clap: a crop
            let width = try quotient(&source, at: box.content)
            let height = try quotient(&source, at: box.content + 8)
            if width > 0, width <= facts.size.width, height > 0, height <= facts.size.height {
                facts.size = PixelSize(width: width, height: height)
            }
        case 0x6972_6F74:  // irot: quarter turns
            if try source.u8(at: box.content) & 1 == 1 { facts.size = facts.size.transposed }
        case 0x7069_7869:  // pixi: bits per channel
            let channels = try source.u8(at: box.content + 4)
            if channels > 0 { facts.bitDepth = Int(try source.u8(at: box.content + 5)) }
            if channels == 1 { facts.colorModel = .grayscale }
        case 0x636F_6C72 where try source.u32be(at: box.content) == 0x6E63_6C78:  // colr, nclx
            facts.apply(
                ColorCodePoints(
                    primaries: try source.u16be(at: box.content + 4),
                    transfer: try source.u16be(at: box.content + 6),
                    matrix: try source.u16be(at: box.content + 8),
                    isFullRange: try source.u8(at: box.content + 10) & 0x80 != 0))
        default: break
        }
    }

    private static func quotient(_ source: inout ByteSource, at offset: Int) throws(HeaderError) -> Int {
        let (number, divisor) = (try source.u32be(at: offset), try source.u32be(at: offset + 4))
        return divisor == 0 ? 0 : Int((Double(number) / Double(divisor)).rounded())
    }

    private static func holdsProfile(
        _ box: ISOBox, _ source: inout ByteSource
    ) throws(HeaderError) -> Bool {
        guard box.type == 0x636F_6C72 else { return false }  // colr
        let kind = try source.u32be(at: box.content)
        return kind == 0x7072_6F66 || kind == 0x7249_4343  // prof, rICC
    }

    /// Whether an auxiliary image of the file is an alpha plane.
    private static func hasAlphaPlane(
        _ container: ISOBox, _ source: inout ByteSource
    ) throws(HeaderError) -> Bool {
        var offset = container.content
        for _ in 0..<HeaderBounds.maxDirectoryEntries where offset < container.end {
            let box = try ISOBox(&source, at: offset, limit: container.end)
            if box.type == 0x6175_7843,  // auxC
                source.hasPrefix("urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", at: box.content + 4)
                    || source.hasPrefix("urn:mpeg:hevc:2015:auxid:1", at: box.content + 4)
            {
                return true
            }
            offset = box.end
        }
        return false
    }
}
