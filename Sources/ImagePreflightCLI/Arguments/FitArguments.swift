public import ArgumentParser
public import ImagePreflight

/// The size and the encoding of prepared images: `--fit`, `--max-edge`, `--output-format` and so on.
struct FitArguments: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "recommended: the guide's sizes, which no model downsizes; native: the chosen model's own tier; "
                + "limits: only what the platform demands; legible: the fewest tokens at which text can be read, which "
                + "decodes each image to measure it.", valueName: "fit"))
    var fit = FitOptions.Fit.recommended

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --fit legible: the minimum x-height of the smallest text in what the model sees, in px; "
                + "6 by default.", valueName: "px"))
    var minXHeight: Double?

    @Option(name: .long, help: ArgumentHelp("Longest allowed side, in px.", valueName: "px"))
    var maxEdge: Int?

    @Option(name: .long, help: ArgumentHelp("Maximum visual tokens per image.", valueName: "n"))
    var maxTokens: Int?

    @Option(name: .long, help: ArgumentHelp("Largest allowed area, in megapixels.", valueName: "n"))
    var maxMegapixels: Double?

    @Flag(name: .long, help: "Cut sides to multiples of 28 px where that saves tokens.")
    var snap = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "auto: photos become JPEG; screenshots, drawings and transparent images stay lossless. Or jpeg, png, webp.",
            valueName: "format"))
    var outputFormat = PrepareOptions.OutputFormat.auto

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Largest allowed image as base64 text, in bytes; by default the platform's limit. Results of MCP "
                + "tools, for example, are limited to 1,000,000.", valueName: "n"))
    var maxBase64Bytes: Int?

    @Option(name: .long, help: ArgumentHelp("The quality of lossy images, 1 to 100.", valueName: "n"))
    var quality = 85

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Flatten transparent images onto this color: white, black, #rgb or #rrggbb. Without it, "
                + "alpha is kept if the format supports it, and JPEG gets white.",
            valueName: "color"))
    var background: PrepareOptions.Color?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Convert a format that is otherwise refused: svg, rendered at the planned size.",
            valueName: "format"))
    var convert: [ConvertedFormat] = []

    mutating func validate() throws {
        if minXHeight != nil, fit != .legible {
            throw ValidationError("--min-x-height goes with --fit legible.")
        }
        if let minXHeight { try MinXHeight.validate(minXHeight) }
        if let maxEdge, maxEdge < 1 { throw ValidationError("--max-edge must be at least 1.") }
        if let maxTokens, maxTokens < 1 { throw ValidationError("--max-tokens must be at least 1.") }
        if let maxMegapixels, !(maxMegapixels > 0) {
            throw ValidationError("--max-megapixels must be above 0.")
        }
        if let maxBase64Bytes, maxBase64Bytes < 4 {
            throw ValidationError("--max-base64-bytes must be at least 4.")
        }
        if !(1...100).contains(quality) { throw ValidationError("--quality must be between 1 and 100.") }
    }

    /// The options of preparing; the caller adds those of its own.
    var prepareOptions: PrepareOptions {
        var options = PrepareOptions(
            fit: FitOptions(
                fit: fit, maxEdge: maxEdge, maxTokens: maxTokens, maxMegapixels: maxMegapixels,
                snapsToPatches: snap),
            outputFormat: outputFormat, quality: quality, background: background)
        options.fit.minXHeight = minXHeight
        options.convertsSVG = convert.contains(.svg)
        options.maxBase64Bytes = maxBase64Bytes
        return options
    }
}

/// `--min-x-height`.
enum MinXHeight {
    /// Refuses a height that no text can have.
    static func validate(_ height: Double) throws {
        guard height > 0, height <= 1000 else {
            throw ValidationError("--min-x-height must be above 0, and at most 1000.")
        }
    }
}

extension FitOptions.Fit: ExpressibleByArgument {}
extension PrepareOptions.OutputFormat: ExpressibleByArgument {}

extension PrepareOptions.Color: ExpressibleByArgument {
    private static let black = PrepareOptions.Color(red: 0, green: 0, blue: 0)

    /// The color as `--help` writes a default.
    public var defaultValueDescription: String {
        switch self {
        case .white: "white"
        case .black: "black"
        default:
            "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }

    /// A color written as `white`, `black`, `#rgb` or `#rrggbb`.
    public init?(argument: String) {
        switch argument.lowercased() {
        case "white": self = .white
        case "black": self = .black
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

/// A format that is converted only if requested.
enum ConvertedFormat: String, CaseIterable, ExpressibleByArgument {
    case svg
}
