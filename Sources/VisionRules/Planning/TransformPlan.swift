public import ImageHeaders

/// What has to be done to one image so that it goes through at the planned size. A plain value: it can be
/// printed, compared, sent to another process.
public struct TransformPlan: Sendable, Codable, Hashable {
    /// Why the bytes cannot be sent as they are.
    public enum Reason: String, Sendable, Codable, Hashable, CaseIterable {
        /// The planned size is smaller than the image.
        case resize
        /// The image would lose its detail, and becomes tiles.
        case tile
        /// The stored pixels are not upright.
        case orient
        /// The format cannot be sent, or another one was asked for.
        case convert
        /// The base64 text is over the platform's limit.
        case shrinkBytes = "shrink-bytes"
        /// Samples that are not 8-bit sRGB or grey.
        case convertColor = "convert-color"
        /// Only the first frame is read; the others are dead weight.
        case firstFrame = "first-frame"
        /// A background was asked for, and a pixel can be transparent.
        case flatten
        /// The pixels are complete, but the file's end marker is missing.
        case complete
    }

    /// The stored size in px.
    public var sourceSize: PixelSize
    /// The orientation to apply.
    public var orientation: Orientation
    /// The size of the result in px, upright; with ``tiles``, of all of them together.
    public var targetSize: PixelSize
    /// The tiles that it becomes, before cuts are moved to quiet lines; nil: one image.
    public var tiles: TileGrid?
    /// The most bytes that the result, or each tile, may have (not base64 text).
    public var maxBytes: Int
    /// Why the image has to be re-encoded; empty: copy it byte for byte.
    public var reasons: Set<Reason>

    private enum CodingKeys: String, CodingKey {
        case sourceSize = "source_size"
        case orientation
        case targetSize = "target_size"
        case tiles
        case maxBytes = "max_bytes"
        case reasons
    }

    /// Whether the bytes can be sent as they are.
    public var isCopy: Bool { reasons.isEmpty }
}
