internal import Vips
public import PreflightRecords
public import ImageHeaders
public import SystemPackage
internal import Vips
public import VisionRules

/// An image that can be sent.
///
/// With ``PrepareOptions/tiling``, an image that would lose its detail becomes ``tiles``, each with its own bytes;
/// ``images`` lists what to send in either case.
public struct PreparedImage: Sendable, Hashable {
    /// What was done; of the first tile for an image in tiles.
    package var preparation: Preparation
    /// The file, bytes; empty for an image in tiles.
    public package(set) var bytes: [UInt8]
    /// The path of the file, if it was written; nil otherwise.
    public package(set) var path: FilePath?
    /// The tiles in reading order; empty for a whole image.
    public package(set) var tiles: [PreparedImage] = []

    package init(preparation: Preparation, bytes: [UInt8]) {
        self.preparation = preparation
        self.bytes = bytes
    }

    /// The images to send: the tiles, or the image itself.
    public var images: [PreparedImage] { tiles.isEmpty ? [self] : tiles }

    /// The media type for the request, as in `image/jpeg`.
    public var mediaType: String { format.mediaType }

    /// The format.
    public var format: ImageFormat { preparation.output.format }

    /// The size in px, upright; of the original, upright, for an image in tiles.
    public var size: PixelSize {
        tiles.isEmpty
            ? preparation.output.size : preparation.plan.sourceSize.oriented(preparation.plan.orientation)
    }

    /// The exact visual tokens; of all tiles together.
    public var tokens: Int {
        images.reduce(0) { $0 + ($1.preparation.output.assessment.seen?.tokens ?? 0) }
    }

    /// Its cost as input; for all tiles together.
    public var cost: Cost {
        images.reduce(.zero) { $0 + ($1.preparation.output.assessment.cost ?? .zero) }
    }

    /// What was done: copied, resized, converted or tiled.
    public var action: PrepareAction { preparation.action }

    /// The findings about the result; for all tiles.
    public var findings: [Finding] { images.flatMap(\.preparation.output.assessment.findings) }

    /// The original.
    public var source: CheckedImage { preparation.source }

    /// The SHA-256 of the file in hexadecimal; of the first tile for an image in tiles.
    public var sha256: String { preparation.output.sha256 }

    /// The SHA-256 of the original in hexadecimal.
    public var sourceSHA256: String { preparation.sourceSHA256 }

    /// The part of the upright original that it shows; nil for a whole image.
    public var tile: Tiling.Tile? { tiles.isEmpty ? preparation.tile : nil }

    /// Maps a point of the result back to the original.
    public var map: CoordinateMap { preparation.map }

    /// Where a box that the model returned is on the upright original.
    ///
    /// - Parameter box: a box in px of this image, or of this tile.
    /// - Returns: the box in px of the original as it is displayed.
    public func original(_ box: PixelBox) -> PixelBox {
        map.upright(box, seen: preparation.output.assessment.seen?.size)
    }

    /// Where a box of the upright original is on this image.
    ///
    /// - Parameter box: a box in px of the original as it is displayed.
    /// - Returns: the box in px of the image as the model sees it, or of this tile; clamped to it.
    public func prepared(_ box: PixelBox) -> PixelBox {
        map.seen(upright: box, seen: preparation.output.assessment.seen?.size)
    }
}

extension PreparedImage {
    /// The result for one image: one image, or its tiles.
    init(_ images: [MadeImage]) {
        let parts = images.map { PreparedImage(preparation: $0.preparation, bytes: $0.bytes.array) }
        self = parts[0]
        if tile != nil {
            bytes = []
            tiles = parts
        }
    }
}
