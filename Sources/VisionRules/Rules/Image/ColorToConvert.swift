internal import ImageHeaders

/// I403: samples that are not 8-bit sRGB or grey. The service takes them; how it shows them is not said.
enum ColorToConvert: ImageRule {
    static let code = RuleCode.colorToConvert

    static func check(
        _ subject: ImageSubject, facts: ImageFacts, seen: SeenSize, destination: Destination,
        into findings: inout [Finding]
    ) {
        guard facts.hasColorToConvert else { return }
        var unusual: [String] = []
        if facts.colorModel.isUnusual { unusual.append(facts.colorModel.rawValue.uppercased()) }
        if facts.bitDepth > 8 { unusual.append("\(facts.bitDepth) bits per channel") }
        if facts.colorProfile == .other { unusual.append("a profile other than sRGB") }
        findings.append(
            Finding(
                code, "the colours are not plain 8-bit sRGB: \(unusual.joined(separator: ", "))",
                measured: facts.bitDepth > 8 ? facts.bitDepth : nil, limit: facts.bitDepth > 8 ? 8 : nil))
    }
}

extension ColorModel {
    /// Whether samples of this model have to be converted before a plain sRGB decoder shows them right.
    var isUnusual: Bool {
        switch self {
        case .grayscale, .rgb, .indexed: false
        case .cmyk, .ycck, .lab: true
        }
    }

    /// How many samples a decoded pixel has, without alpha.
    var channels: Int {
        switch self {
        case .grayscale: 1
        case .rgb, .indexed, .lab: 3
        case .cmyk, .ycck: 4
        }
    }
}

extension ImageFacts {
    /// Whether the samples are anything but 8-bit sRGB or grey.
    var hasColorToConvert: Bool { colorModel.isUnusual || bitDepth > 8 || colorProfile == .other }
}
