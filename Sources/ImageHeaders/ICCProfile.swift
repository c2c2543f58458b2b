/// What an ICC profile says, by its numbers and never by its name. Source: ICC.1:2022, sections 7.2, 7.3, 9.2,
/// 10.6, 10.18, 10.31.
///
/// `check` and `prepare` judge a profile with this one function.
package struct ICCProfile: Sendable, Hashable {
    /// The kind of samples that a profile is for.
    package enum Space: Sendable, Hashable {
        case rgb, gray, cmyk, lab, other
    }

    /// The kind of samples that the profile is for.
    package var space: Space
    /// Whether it is sRGB: primaries, white point and curves, within the tolerances below; for gray the curve.
    package var isSRGB: Bool
    /// The kind of HDR that its `cicp` tag names.
    package var highDynamicRange: HighDynamicRange?

    /// How far a number of a primary may be from sRGB's, in CIE XYZ under D50. The writers' own roundings differ
    /// by 0.0001; 0.0006 moves a saturated color by less than 2 of 255.
    static let primaryTolerance = 0.0006
    /// How far a curve may be from sRGB's, as a share of the encoded range: 1 of 255.
    static let curveTolerance = 1.0 / 255

    /// Judges a profile in memory; nil if it is not a profile, or an essential tag is missing or out of reach.
    ///
    /// - Parameter bytes: the profile, or as much of it as is available.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        var source = ByteSource(bytes: bytes, byteCount: bytes.count)
        guard let profile = try? ICCProfile(&source, from: 0, to: bytes.count) else { return nil }
        self = profile
    }

    /// Judges a profile between two offsets of the file, of which only the first part may be there (a JPEG
    /// cuts large ones). Only the numbers that count are read.
    ///
    /// - Throws: if the bytes are not a profile, or not available.
    init(_ source: inout ByteSource, from start: Int, to end: Int) throws(HeaderError) {
        let tags = try Tags(&source, from: start, to: end)
        switch try source.u32be(at: start + 16) {
        case 0x5247_4220: space = .rgb  // RGB
        case 0x4752_4159: space = .gray  // GRAY
        case 0x434D_594B: space = .cmyk  // CMYK
        case 0x4C61_6220: space = .lab  // Lab
        default: space = .other
        }
        isSRGB = false
        if let place = tags.cicp {
            let points = ColorCodePoints(
                primaries: UInt16(try source.u8(at: place.start + 8)),
                transfer: UInt16(try source.u8(at: place.start + 9)))
            highDynamicRange = points.highDynamicRange
        }
        // Tables from samples to colors, if there are any, count instead of primaries and curves.
        guard !tags.hasTables, highDynamicRange == nil else { return }
        switch space {
        case .rgb:
            guard let red = tags.red, let green = tags.green, let blue = tags.blue,
                let redCurve = tags.redCurve, let greenCurve = tags.greenCurve,
                let blueCurve = tags.blueCurve
            else { throw .malformed(source.format, .badField) }
            guard try red.isXYZ(&source, 0.43607, 0.22249, 0.01392),
                try green.isXYZ(&source, 0.38512, 0.71690, 0.09706),
                try blue.isXYZ(&source, 0.14307, 0.06061, 0.71410),
                try redCurve.isCurveOfSRGB(&source)
            else { return }
            // Usually all three are the same.
            if greenCurve != redCurve, try !greenCurve.isCurveOfSRGB(&source) { return }
            if blueCurve != redCurve, blueCurve != greenCurve, try !blueCurve.isCurveOfSRGB(&source) {
                return
            }
            isSRGB = true
        case .gray:
            guard let curve = tags.grayCurve else { throw .malformed(source.format, .badField) }
            isSRGB = try curve.isCurveOfSRGB(&source)
        case .cmyk, .lab, .other: break
        }
    }

    /// Whether the profile is for samples of this kind; otherwise it is ignored.
    func fits(_ model: ImageFacts.ColorModel) -> Bool {
        switch model {
        case .grayscale: space == .gray
        case .rgb, .indexed: space == .rgb
        case .cmyk, .ycck: space == .cmyk
        case .lab: space == .lab
        }
    }
}

extension ImageFacts {
    /// Judges the ICC profile between two offsets of the file. One that is broken, or for other samples, is
    /// ignored. One that is only partly available, without the numbers that count, is not sRGB.
    ///
    /// - Throws: if the rest of it is not available, because only the start of the file is.
    mutating func readProfile(
        _ source: inout ByteSource, from start: Int, to end: Int, isPart: Bool = false
    ) throws(HeaderError) {
        do throws(HeaderError) {
            let profile = try ICCProfile(&source, from: start, to: end)
            guard profile.fits(colorModel) else { return }
            color.profile = profile.isSRGB ? .sRGB : .other
            if color.codePoints?.isSpecified != true { highDynamicRange = profile.highDynamicRange }
        } catch {
            if source.isCut(before: end) { throw .truncated(source.format) }
            if isPart { color.profile = .other }
        }
        colorProfile = color.verdict
    }

    /// Takes over code points.
    mutating func apply(_ codePoints: ColorCodePoints) {
        color.codePoints = codePoints
        colorProfile = color.verdict
        if codePoints.isSpecified { highDynamicRange = codePoints.highDynamicRange }
    }
}

/// Where the tags that count are in the file.
private struct Tags {
    var red: Tag?
    var green: Tag?
    var blue: Tag?
    var redCurve: Tag?
    var greenCurve: Tag?
    var blueCurve: Tag?
    var grayCurve: Tag?
    var cicp: Tag?
    var hasTables = false

    init(_ source: inout ByteSource, from start: Int, to end: Int) throws(HeaderError) {
        guard end - start >= 132, try source.u32be(at: start + 36) == 0x6163_7370 else {  // acsp
            throw .malformed(source.format, .missingHeader)
        }
        let count = Int(try source.u32be(at: start + 128))
        // A profile has about 10 to 20 tags.
        for index in 0..<min(count, 100) {
            let entry = start + 132 + index * 12
            guard entry + 12 <= end else { throw .malformed(source.format, .badLength) }
            let offset = Int(try source.u32be(at: entry + 4))
            let length = Int(try source.u32be(at: entry + 8))
            let tag = Tag(start: start + offset, length: length, end: end)
            switch try source.u32be(at: entry) {
            case 0x7258_595A: red = tag  // rXYZ
            case 0x6758_595A: green = tag
            case 0x6258_595A: blue = tag
            case 0x7254_5243: redCurve = tag  // rTRC
            case 0x6754_5243: greenCurve = tag
            case 0x6254_5243: blueCurve = tag
            case 0x6B54_5243: grayCurve = tag  // kTRC
            case 0x6369_6370: cicp = tag
            case 0x4132_4230: hasTables = true  // A2B0
            default: break
            }
        }
    }
}

/// One tag of a profile.
private struct Tag: Hashable {
    /// Where it begins in the file.
    var start: Int
    var length: Int
    /// Where the profile ends.
    var end: Int

    func require(_ count: Int, _ source: borrowing ByteSource) throws(HeaderError) {
        guard length >= count, start <= end - count else { throw .malformed(source.format, .badLength) }
    }

    /// Whether it holds these numbers.
    func isXYZ(
        _ source: inout ByteSource, _ x: Double, _ y: Double, _ z: Double
    ) throws(HeaderError) -> Bool {
        try require(20, source)
        let near = ICCProfile.primaryTolerance
        let (red, green, blue) = (try fixed(&source, 8), try fixed(&source, 12), try fixed(&source, 16))
        return abs(red - x) <= near && abs(green - y) <= near && abs(blue - z) <= near
    }

    /// A number with 16 fractional bits.
    private func fixed(_ source: inout ByteSource, _ offset: Int) throws(HeaderError) -> Double {
        Double(Int32(bitPattern: try source.u32be(at: start + offset))) / 65536
    }

    /// Whether it is the curve of sRGB, however that is encoded.
    func isCurveOfSRGB(_ source: inout ByteSource) throws(HeaderError) -> Bool {
        try require(12, source)
        switch try source.u32be(at: start) {
        case 0x6375_7276: return try isTableOfSRGB(&source)  // curv
        case 0x7061_7261: return try isFormulaOfSRGB(&source)  // para
        default: throw .malformed(source.format, .badField)
        }
    }

    private func isTableOfSRGB(_ source: inout ByteSource) throws(HeaderError) -> Bool {
        let count = Int(try source.u32be(at: start + 8))
        guard count > 1 else {
            if count == 0 { return false }  // linear
            try require(14, source)
            let gamma = Double(try source.u16be(at: start + 12)) / 256
            return SRGBCurve.isMatched { Platform.pow($0, gamma) }
        }
        guard count <= (length - 12) / 2 else { throw .malformed(source.format, .badLength) }
        try require(12 + 2 * count, source)
        for sample in SRGBCurve.samples {
            // Between two entries the curve is straight.
            let place = sample.signal * Double(count - 1)
            let index = min(Int(place), count - 2)
            let low = Double(try source.u16be(at: start + 12 + 2 * index))
            let high = Double(try source.u16be(at: start + 14 + 2 * index))
            let light = (low + (high - low) * (place - Double(index))) / 65535
            guard sample.light.contains(light) else { return false }
        }
        return true
    }

    private func isFormulaOfSRGB(_ source: inout ByteSource) throws(HeaderError) -> Bool {
        let kind = try source.u16be(at: start + 8)
        let counts = [1, 3, 4, 5, 7]
        guard kind < counts.count else { throw .malformed(source.format, .badField) }
        try require(12 + 4 * counts[Int(kind)], source)
        func parameter(_ index: Int) throws(HeaderError) -> Double { try fixed(&source, 12 + 4 * index) }
        let g = try parameter(0)
        if kind == 0 { return SRGBCurve.isMatched { Platform.pow($0, g) } }
        let (a, b) = (try parameter(1), try parameter(2))
        var (c, d, e, f) = (0.0, 0.0, 0.0, 0.0)
        switch kind {
        case 1: d = a == 0 ? 0 : -b / a
        case 2:
            let offset = try parameter(3)
            (d, e, f) = (a == 0 ? 0 : -b / a, offset, offset)
        default:
            (c, d) = (try parameter(3), try parameter(4))
            if kind == 4 { (e, f) = (try parameter(5), try parameter(6)) }
        }
        return SRGBCurve.isMatched { $0 >= d ? Platform.pow(max(a * $0 + b, 0), g) + e : c * $0 + f }
    }
}

/// The curve of sRGB, as bounds at signals from 1/32 to 1. Source: IEC 61966-2-1.
private enum SRGBCurve {
    static let samples: [(signal: Double, light: ClosedRange<Double>)] = (1...32).map { step in
        let signal = Double(step) / 32
        return (
            signal, light(signal - ICCProfile.curveTolerance)...light(signal + ICCProfile.curveTolerance)
        )
    }

    static func light(_ signal: Double) -> Double {
        signal <= 0.04045 ? signal / 12.92 : Platform.pow((signal + 0.055) / 1.055, 2.4)
    }

    /// Whether a curve from signal to light runs within the bounds.
    static func isMatched(_ curve: (Double) -> Double) -> Bool {
        samples.allSatisfy { $0.light.contains(curve($0.signal)) }
    }
}
