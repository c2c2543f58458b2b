/// The EXIF orientation: which corner of the picture the first stored pixel is.
///
/// Source: EXIF 2.3, tag 0x0112. The raw values are those of the tag.
public enum Orientation: Int, Sendable, Codable, Hashable, CaseIterable {
    /// Stored upright.
    case up = 1
    /// Mirrored left to right.
    case upMirrored = 2
    /// Turned by 180°.
    case down = 3
    /// Mirrored top to bottom.
    case downMirrored = 4
    /// Mirrored along the main diagonal.
    case leftMirrored = 5
    /// To be turned 90° clockwise for display.
    case right = 6
    /// Mirrored along the other diagonal.
    case rightMirrored = 7
    /// To be turned 90° counter-clockwise for display.
    case left = 8

    /// Whether width and height change places when the image is shown.
    public var swapsAxes: Bool { rawValue >= 5 }
}
