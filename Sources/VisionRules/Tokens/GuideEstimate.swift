package import ImageHeaders

/// The guide's estimate of an image's tokens, `width * height / 750`, rounded up.
///
/// Source: the vision guide (2025). Kept in addition to the exact count because people know it and budget
/// with it.
package enum GuideEstimate {
    /// The px that the guide counts as one token.
    package static let pixelsPerToken = 750

    /// The estimated tokens of an image that is seen at this size (px).
    package static func tokens(_ size: PixelSize) -> Int {
        let pixels = size.pixelCount
        return pixels / pixelsPerToken + (pixels % pixelsPerToken == 0 ? 0 : 1)
    }
}
