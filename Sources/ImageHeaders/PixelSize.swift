/// A width and a height in px.
public struct PixelSize: Sendable, Codable, Hashable {
    /// The width in px.
    public var width: Int
    /// The height in px.
    public var height: Int

    /// A size of `width` × `height` px.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// The longer side in px.
    public var longEdge: Int { max(width, height) }

    /// The shorter side in px.
    public var shortEdge: Int { min(width, height) }

    /// Width × height in px; saturates instead of overflowing.
    public var pixelCount: Int {
        let (product, overflow) = width.multipliedReportingOverflow(by: height)
        return overflow ? .max : product
    }

    /// The same size turned by 90°.
    public var transposed: PixelSize { PixelSize(width: height, height: width) }

    /// The size as an image with this EXIF orientation is shown.
    public func oriented(_ orientation: Orientation) -> PixelSize {
        orientation.swapsAxes ? transposed : self
    }
}

extension PixelSize: CustomStringConvertible {
    /// The size as in `1092x1092`.
    public var description: String { "\(width)x\(height)" }
}
