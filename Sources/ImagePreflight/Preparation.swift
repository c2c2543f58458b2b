package import PreflightRecords
package import ImageHeaders
internal import Vips
package import VisionRules

/// A file that can be sent, as described by its own header.
package struct OutputFacts: Sendable, Hashable {
    /// The format.
    package var format: ImageFormat
    /// The size of the file in bytes.
    package var byteCount: Int
    /// The size in px, upright.
    package var size: PixelSize
    /// The SHA-256 of the file, in hexadecimal.
    package var sha256: String
    /// The findings about it at the destination.
    package var assessment: Assessment
}

/// What was done to one image.
package struct Preparation: Sendable, Hashable {
    /// The original.
    package var source: CheckedImage
    /// The SHA-256 of the original, in hexadecimal.
    package var sourceSHA256: String
    /// What was planned.
    package var plan: TransformPlan
    /// What was done: copied, resized, converted or tiled.
    package var action: PrepareAction
    /// Which part of the original the result shows; nil for all of it.
    package var tile: Tiling.Tile?
    /// The result.
    package var output: OutputFacts
    /// Maps a point of the result back to the original.
    package var map: CoordinateMap
    /// How often the picture was encoded: 0 for a copy, 1 in the usual case, at most 6.
    package var encodes: Int
}

/// A prepared image that is not written yet.
struct MadeImage {
    var preparation: Preparation
    var bytes: ImageBytes
}
