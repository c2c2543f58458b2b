public import ImageHeaders

/// What is needed to map a point on the prepared image back to the original.
public struct CoordinateMap: Sendable, Codable, Hashable {
    /// The stored size of the original in px.
    public var sourceSize: PixelSize
    /// The orientation that was applied.
    public var orientation: Orientation
    /// The part of the upright original that the result shows: its left edge, px.
    public var cropX: Int
    /// The top edge of that part, px.
    public var cropY: Int
    /// The size of that part, px.
    public var cropSize: PixelSize
    /// The size of the prepared image, px.
    public var outputSize: PixelSize

    /// A map that shows the whole of the upright original.
    ///
    /// - Parameters:
    ///   - sourceSize: the stored size of the original in px.
    ///   - orientation: the orientation that was applied.
    ///   - outputSize: the size of the prepared image in px.
    public init(sourceSize: PixelSize, orientation: Orientation, outputSize: PixelSize) {
        self.sourceSize = sourceSize
        self.orientation = orientation
        self.cropX = 0
        self.cropY = 0
        self.cropSize = sourceSize.oriented(orientation)
        self.outputSize = outputSize
    }
}
