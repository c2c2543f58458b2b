package import ImageHeaders

/// Why no image can be prepared from a file.
package enum PlanError: Error, Sendable, Codable, Hashable, CustomStringConvertible {
    /// A PDF, a web page, an archive: not an image.
    case notAnImage(ImageFormat)
    /// An image format that is never decoded here, because its decoder is not safe on strange files.
    case blockedFormat(ImageFormat)
    /// The header gives no px to work with.
    case noPixels
    /// A format was asked for that is not written for the service.
    case cannotWrite(ImageFormat)
    /// No image is small enough for the wish, which is named as on the command line (`max-tokens`).
    case impossibleWish(String)

    /// A sentence for people.
    package var description: String {
        switch self {
        case .notAnImage(let format): "a \(format.traits.name) file is not an image"
        case .blockedFormat(let format): "\(format.traits.name) is never decoded; convert it first"
        case .noPixels: "the header claims a side of 0 px"
        case .cannotWrite(let format): "\(format.traits.name) is not written; ask for JPEG, PNG or WebP"
        case .impossibleWish(let name): "no image is small enough for \(name)"
        }
    }
}
