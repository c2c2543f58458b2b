/// What the header of an image says about its colors: every statement, whether or not it counts.
///
/// Which one counts is ``governing``. ``ImageFacts/colorProfile`` is the verdict on it.
package struct ColorSignal: Sendable, Codable, Hashable {
    /// Code points: PNG's `cICP`, or `nclx` of HEIC and AVIF.
    package var codePoints: ColorCodePoints?
    /// What the ICC profile says, if it fits the samples; ``ImageFacts/ColorProfile/none`` without one. A
    /// profile that does not fit them, or cannot be read, is ignored, as in decoders.
    package var profile: ImageFacts.ColorProfile
    /// Whether a PNG has the chunk `sRGB`.
    package var isMarkedSRGB: Bool
    /// PNG's `gAMA`, in 1/100,000: 45455 is a gamma of 1/2.2.
    package var gamma: UInt32?
    /// PNG's `cHRM`.
    package var chromaticities: ColorChromaticities?

    /// A signal that says nothing.
    package init() {
        profile = .none
        isMarkedSRGB = false
    }

    /// The statement that counts.
    package enum Governing: Sendable, Hashable {
        /// No statement: sRGB is assumed.
        case nothing
        /// Code points.
        case codePoints(ColorCodePoints)
        /// An ICC profile, and what it says.
        case profile(ImageFacts.ColorProfile)
        /// The chunk `sRGB`.
        case sRGB
        /// A gamma in 1/100,000, or chromaticities, or both.
        case gamma(UInt32?, ColorChromaticities?)
    }

    /// The statement that counts, in the order of PNG (third edition, 4.3, table 1): `cICP`, `iCCP`, `sRGB`,
    /// `cHRM` with `gAMA`. Code points that leave the primaries or the curve unspecified do not count.
    package var governing: Governing {
        if let codePoints, codePoints.isSpecified { return .codePoints(codePoints) }
        if profile != .none { return .profile(profile) }
        if isMarkedSRGB { return .sRGB }
        if gamma != nil || chromaticities != nil { return .gamma(gamma, chromaticities) }
        return .nothing
    }

    /// Whether that statement is sRGB.
    package var verdict: ImageFacts.ColorProfile {
        switch governing {
        case .nothing: .none
        case .codePoints(let points): points.isSRGB ? .sRGB : .other
        case .profile(let profile): profile
        case .sRGB: .sRGB
        case .gamma(let gamma, let chromaticities):
            (gamma.map(Self.isGammaOfSRGB) ?? true) && (chromaticities?.areSRGB ?? true) ? .sRGB : .other
        }
    }

    /// Whether a gamma in 1/100,000 is the 1/2.2 that a PNG writes for the curve of sRGB. PNG (third edition,
    /// 11.3.2.5) requires 45455; writers round differently, and libpng also tolerates 5 %.
    static func isGammaOfSRGB(_ gamma: UInt32) -> Bool { (43_182...47_728).contains(gamma) }
}

/// The code points of ITU-T H.273 that say what samples mean.
package struct ColorCodePoints: Sendable, Codable, Hashable {
    /// ColourPrimaries: 1 is BT.709 and sRGB, 9 is BT.2020, 12 is Display P3, 2 is unspecified.
    package var primaries: UInt16
    /// TransferCharacteristics: 13 is sRGB, 16 is PQ, 18 is HLG, 8 is linear, 2 is unspecified.
    package var transfer: UInt16
    /// MatrixCoefficients: 0 is RGB.
    package var matrix: UInt16
    /// Whether the samples use the full range of their bits.
    package var isFullRange: Bool

    /// Four code points.
    ///
    /// - Parameters:
    ///   - primaries: ColourPrimaries.
    ///   - transfer: TransferCharacteristics.
    ///   - matrix: MatrixCoefficients; 0 is RGB.
    ///   - isFullRange: whether the samples use the full range of their bits.
    package init(primaries: UInt16, transfer: UInt16, matrix: UInt16 = 0, isFullRange: Bool = true) {
        self.primaries = primaries
        self.transfer = transfer
        self.matrix = matrix
        self.isFullRange = isFullRange
    }

    /// Whether both primaries and curve are specified.
    package var isSpecified: Bool { ![0, 2].contains(primaries) && ![0, 2].contains(transfer) }

    /// Whether they are sRGB's. A decoder undoes the matrix and the range on the way to RGB.
    package var isSRGB: Bool { primaries == 1 && transfer == 13 }

    /// The kind of HDR, if the curve is one.
    package var highDynamicRange: HighDynamicRange? {
        switch transfer {
        case 16: .pq
        case 18: .hlg
        default: nil
        }
    }
}

/// A curve of high dynamic range.
package enum HighDynamicRange: String, Sendable, Codable, Hashable, CaseIterable {
    /// Perceptual quantizer, SMPTE ST 2084.
    case pq
    /// Hybrid log-gamma, ARIB STD-B67.
    case hlg
}

/// The white point and primaries of PNG's `cHRM`, as x and y in 1/100,000.
package struct ColorChromaticities: Sendable, Codable, Hashable {
    /// One chromaticity in 1/100,000.
    package struct Point: Sendable, Codable, Hashable {
        /// CIE x.
        package var x: UInt32
        /// CIE y.
        package var y: UInt32

        /// A chromaticity in 1/100,000.
        package init(x: UInt32, y: UInt32) {
            self.x = x
            self.y = y
        }

        /// Whether another is within the rounding of writers: 0.003, which no viewer can tell apart.
        func isNear(_ x: UInt32, _ y: UInt32) -> Bool {
            abs(Int(self.x) - Int(x)) <= 300 && abs(Int(self.y) - Int(y)) <= 300
        }
    }

    /// The white point.
    package var white: Point
    /// The red primary.
    package var red: Point
    /// The green primary.
    package var green: Point
    /// The blue primary.
    package var blue: Point

    /// The values of a `cHRM` chunk.
    package init(white: Point, red: Point, green: Point, blue: Point) {
        self.white = white
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Whether they are those of sRGB. Source: IEC 61966-2-1.
    package var areSRGB: Bool {
        white.isNear(31_270, 32_900) && red.isNear(64_000, 33_000) && green.isNear(30_000, 60_000)
            && blue.isNear(15_000, 6_000)
    }
}
