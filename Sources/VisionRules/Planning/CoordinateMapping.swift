public import ImageHeaders

/// A point in px, measured from the top left corner of an image's first px. A whole image spans from 0 to
/// its width and its height; the middle of its first px is 0.5.
public struct PixelPoint: Sendable, Codable, Hashable {
    /// The distance from the left edge, px.
    public var x: Double
    /// The distance from the top edge, px.
    public var y: Double

    /// A point.
    ///
    /// - Parameters:
    ///   - x: the distance from the left edge, px.
    ///   - y: the distance from the top edge, px.
    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

extension CoordinateMap {
    /// Where a point that the model returned is on the upright original.
    ///
    /// - Parameters:
    ///   - point: a point in px of the image that the model saw; clamped to that image.
    ///   - seen: the size in px that the model saw; nil if it saw the prepared image as it is.
    /// - Returns: the point on the original as it is displayed, px.
    public func upright(_ point: PixelPoint, seen: PixelSize? = nil) -> PixelPoint {
        let from = seen ?? outputSize
        return PixelPoint(
            x: Double(cropX) + Self.scaled(point.x, from: from.width, to: cropSize.width),
            y: Double(cropY) + Self.scaled(point.y, from: from.height, to: cropSize.height))
    }

    /// Where a point that the model returned is among the stored px of the original.
    ///
    /// - Parameters:
    ///   - point: a point in px of the image that the model saw; clamped to that image.
    ///   - seen: the size in px that the model saw; nil if it saw the prepared image as it is.
    /// - Returns: the point on the original as it is stored, px.
    public func stored(_ point: PixelPoint, seen: PixelSize? = nil) -> PixelPoint {
        orientation.stored(upright(point, seen: seen), storedSize: sourceSize)
    }

    /// Where a point of the upright original is on the image that the model sees.
    ///
    /// - Parameters:
    ///   - point: a point on the original as it is displayed, px.
    ///   - seen: the size in px that the model sees; nil if it sees the prepared image as it is.
    /// - Returns: the point in px of the seen image; clamped to it.
    public func seen(upright point: PixelPoint, seen: PixelSize? = nil) -> PixelPoint {
        let to = seen ?? outputSize
        return PixelPoint(
            x: Self.scaled(point.x - Double(cropX), from: cropSize.width, to: to.width),
            y: Self.scaled(point.y - Double(cropY), from: cropSize.height, to: to.height))
    }

    /// Where a stored point of the original is on the image that the model sees.
    ///
    /// - Parameters:
    ///   - point: a point on the original as it is stored, px.
    ///   - seen: the size in px that the model sees; nil if it sees the prepared image as it is.
    /// - Returns: the point in px of the seen image; clamped to it.
    public func seen(stored point: PixelPoint, seen: PixelSize? = nil) -> PixelPoint {
        self.seen(upright: orientation.upright(point, storedSize: sourceSize), seen: seen)
    }

    private static func scaled(_ value: Double, from: Int, to: Int) -> Double {
        guard from > 0 else { return 0 }
        return min(max(value, 0), Double(from)) * Double(to) / Double(from)
    }
}

extension Orientation {
    /// Where a stored point is displayed.
    fileprivate func upright(_ point: PixelPoint, storedSize: PixelSize) -> PixelPoint {
        let (x, y) = (point.x, point.y)
        let (width, height) = (Double(storedSize.width), Double(storedSize.height))
        return switch self {
        case .up: point
        case .upMirrored: PixelPoint(x: width - x, y: y)
        case .down: PixelPoint(x: width - x, y: height - y)
        case .downMirrored: PixelPoint(x: x, y: height - y)
        case .leftMirrored: PixelPoint(x: y, y: x)
        case .right: PixelPoint(x: height - y, y: x)
        case .rightMirrored: PixelPoint(x: height - y, y: width - x)
        case .left: PixelPoint(x: y, y: width - x)
        }
    }

    /// Where a displayed point is stored.
    fileprivate func stored(_ point: PixelPoint, storedSize: PixelSize) -> PixelPoint {
        let (x, y) = (point.x, point.y)
        let (width, height) = (Double(storedSize.width), Double(storedSize.height))
        return switch self {
        case .up: point
        case .upMirrored: PixelPoint(x: width - x, y: y)
        case .down: PixelPoint(x: width - x, y: height - y)
        case .downMirrored: PixelPoint(x: x, y: height - y)
        case .leftMirrored: PixelPoint(x: y, y: x)
        case .right: PixelPoint(x: y, y: height - x)
        case .rightMirrored: PixelPoint(x: width - y, y: height - x)
        case .left: PixelPoint(x: width - y, y: x)
        }
    }
}
