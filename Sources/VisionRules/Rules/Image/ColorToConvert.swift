internal import ImageHeaders

extension RuleCode {
    /// I403 `colour-to-convert`.
    public static let colorToConvert = RuleCode(rawValue: "I403")
}

extension ImageRule {
    /// I403: samples that are not 8-bit sRGB or gray. The service accepts them; how it shows them is not
    /// documented.
    static let colorToConvert = ImageRule(
        Rule(
            .colorToConvert, "colour-to-convert", .note,
            what:
                """
                The samples are not plain 8-bit sRGB or gray: CMYK, 16 bits per channel, another profile or gamma, or \
                high dynamic range. Profiles are judged by their numbers, not by their names.
                """,
            why: "The service accepts them, but colors may shift, and the extra bits are lost.",
            example: "A CMYK JPEG made for print, a 16-bit PNG from a scanner, a photo in Display P3.",
            remedy: "Convert it to 8-bit sRGB.", command: Rule.prepareCommand)
    ) { subject, facts, seen, destination in
        guard facts.hasColorToConvert else { return nil }
        var unusual: [String] = []
        if facts.colorModel.isUnusual { unusual.append(facts.colorModel.rawValue.uppercased()) }
        if facts.bitDepth > 8 { unusual.append("\(facts.bitDepth) bits per channel") }
        if let range = facts.highDynamicRange {
            unusual.append("high dynamic range (\(range == .pq ? "PQ" : "HLG"))")
        } else if facts.colorProfile == .other {
            unusual.append(facts.colorStatement)
        }
        return Observation(
            "the colors are not plain 8-bit sRGB: \(unusual.joined(separator: ", "))",
            measured: facts.bitDepth > 8 ? facts.bitDepth : nil, limit: facts.bitDepth > 8 ? 8 : nil)
    }
}

extension ImageFacts.ColorModel {
    /// Whether samples of this model must be converted before a plain sRGB decoder shows them correctly.
    var isUnusual: Bool {
        switch self {
        case .grayscale, .rgb, .indexed: false
        case .cmyk, .ycck, .lab: true
        }
    }

    /// How many samples a decoded pixel has, without alpha: of indexed color those of its palette's RGB.
    package var channels: Int {
        switch self {
        case .grayscale: 1
        case .rgb, .indexed, .lab: 3
        case .cmyk, .ycck: 4
        }
    }
}

extension ImageFacts {
    /// Whether the samples are anything but 8-bit sRGB or gray.
    var hasColorToConvert: Bool {
        colorModel.isUnusual || bitDepth > 8 || colorProfile == .other || highDynamicRange != nil
    }

    /// The statement that the colors are not sRGB.
    fileprivate var colorStatement: String {
        switch color.governing {
        case .codePoints: "code points (cICP) other than sRGB"
        case .gamma: "a gamma or primaries (gAMA, cHRM) other than sRGB"
        case .nothing, .sRGB, .profile: "a profile other than sRGB"
        }
    }
}
