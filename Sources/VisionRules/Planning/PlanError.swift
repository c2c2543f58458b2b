package import ImageHeaders

/// Why no image can be prepared from a file.
package enum PlanError: Error, Sendable, Codable, Hashable, CustomStringConvertible {
    /// A PDF, a web page, an archive: not an image.
    case notAnImage(ImageFormat)
    /// An image format that is never decoded, because its decoder is not safe on untrusted files.
    case blockedFormat(ImageFormat)
    /// The header gives a size of 0 px.
    case noPixels
    /// The requested output format is not supported.
    case cannotWrite(ImageFormat)
    /// No size meets the option, which is named as on the command line (`max-tokens`).
    case impossibleOption(String)

    /// The error as a sentence.
    package var description: String {
        switch self {
        case .notAnImage(let format): "a \(format.traits.name) file is not an image"
        case .blockedFormat(let format): "\(format.traits.name) is never decoded; convert it first"
        case .noPixels: "the header claims a side of 0 px"
        case .cannotWrite(let format): "\(format.traits.name) is not an output format; use JPEG, PNG or WebP"
        case .impossibleOption(let name): "no image can be small enough for \(name)"
        }
    }
}
