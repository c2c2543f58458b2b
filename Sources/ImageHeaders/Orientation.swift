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

    /// Whether width and height are swapped when the image is shown.
    public var swapsAxes: Bool { rawValue >= 5 }
}

/// The part of an image's metadata that an orientation is from. If there are several, the first one counts.
package enum OrientationSource: String, Sendable, Codable, Hashable, CaseIterable {
    /// The EXIF block, or the same tag of a TIFF. Every reader knows it.
    case exif
    /// A PNG's text chunk `Raw profile type exif` (or `APP1`), as ImageMagick wrote it before PNG had `eXIf`.
    case rawProfile = "raw-profile"
    /// `tiff:Orientation` in XMP.
    case xmp
}
