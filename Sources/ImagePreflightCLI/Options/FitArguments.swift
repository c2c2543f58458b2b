public import ArgumentParser
public import ImagePreflight

/// The size and the encoding of prepared images.
struct FitArguments: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "recommended: the guide's sizes, which no model downsizes; native: the chosen model's own tier; "
                + "limits: only what the platform demands.", valueName: "fit"))
    var fit = Fit.recommended

    @Option(name: .long, help: ArgumentHelp("No side longer than this, in px.", valueName: "px"))
    var maxEdge: Int?

    @Option(name: .long, help: ArgumentHelp("No image costs more visual tokens than this.", valueName: "n"))
    var maxTokens: Int?

    @Option(name: .long, help: ArgumentHelp("No image has more million px than this.", valueName: "n"))
    var maxMegapixels: Double?

    @Flag(name: .long, help: "Cut sides to multiples of 28 px where that saves tokens.")
    var snap = false

    @Flag(
        name: .long,
        help:
            "Cut tall screenshots and wide panoramas of which less than half of each side would be seen into overlapping tiles at full detail."
    )
    var tile = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --tile: how many times longer than the other a side is at least, 2 by default; 1 cuts images of any shape.",
            valueName: "n"))
    var tileRatio: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "auto: photos become JPEG, screenshots, drawings and what is transparent stay lossless; or jpeg, png, webp.",
            valueName: "format"))
    var outputFormat = OutputFormat.auto

    @Option(name: .long, help: ArgumentHelp("The quality of lossy images, 1 to 100.", valueName: "n"))
    var quality = 85

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What transparent images get behind them in JPEG: white, black, #rgb or #rrggbb.",
            valueName: "color"))
    var background = RGBColor.white

    mutating func validate() throws {
        if let maxEdge, maxEdge < 1 { throw ValidationError("--max-edge must be at least 1.") }
        if let maxTokens, maxTokens < 1 { throw ValidationError("--max-tokens must be at least 1.") }
        if let maxMegapixels, !(maxMegapixels > 0) {
            throw ValidationError("--max-megapixels must be above 0.")
        }
        if let tileRatio, tileRatio < 1 { throw ValidationError("--tile-ratio must be at least 1.") }
        if tileRatio != nil, !tile { throw ValidationError("--tile-ratio goes with --tile.") }
        if !(1...100).contains(quality) { throw ValidationError("--quality must be between 1 and 100.") }
    }

    /// How images are cut into tiles; nil: they are not.
    var tiling: Tiling? {
        guard tile else { return nil }
        return tileRatio.map { Tiling(minAspectRatio: $0) } ?? Tiling()
    }

    var fitOptions: FitOptions {
        FitOptions(
            fit: fit, maxEdge: maxEdge, maxTokens: maxTokens, maxMegapixels: maxMegapixels,
            snapsToPatches: snap)
    }
}

extension Fit: ExpressibleByArgument {}
extension OutputFormat: ExpressibleByArgument {}

extension RGBColor: ExpressibleByArgument {
    /// A colour written as `white`, `black`, `#rgb` or `#rrggbb`.
    public init?(argument: String) {
        switch argument.lowercased() {
        case "white": self = .white
        case "black": self = RGBColor(red: 0, green: 0, blue: 0)
        default:
            let digits = argument.drop { $0 == "#" }.compactMap(\.hexDigitValue)
            guard argument.hasPrefix("#"), digits.count == argument.count - 1 else { return nil }
            switch digits.count {
            case 3:
                self.init(
                    red: UInt8(digits[0] * 17), green: UInt8(digits[1] * 17), blue: UInt8(digits[2] * 17))
            case 6:
                self.init(
                    red: UInt8(digits[0] * 16 + digits[1]), green: UInt8(digits[2] * 16 + digits[3]),
                    blue: UInt8(digits[4] * 16 + digits[5]))
            default: return nil
            }
        }
    }
}
