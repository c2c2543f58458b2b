public import ImageHeaders

/// A rectangle in px, measured from the top left corner of an image's first px.
public struct PixelBox: Sendable, Codable, Hashable {
    /// The distance of its left edge from the left edge of the image, px.
    public var x: Double
    /// The distance of its top edge from the top edge of the image, px.
    public var y: Double
    /// Its width, px.
    public var width: Double
    /// Its height, px.
    public var height: Double

    /// A rectangle.
    ///
    /// - Parameters:
    ///   - x: the distance of its left edge from the left edge of the image, px.
    ///   - y: the distance of its top edge from the top edge of the image, px.
    ///   - width: its width, px.
    ///   - height: its height, px.
    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// The rectangle between two opposite corners, in any order: turning an image swaps them.
    init(_ one: PixelPoint, _ other: PixelPoint) {
        self.init(
            x: min(one.x, other.x), y: min(one.y, other.y), width: abs(one.x - other.x),
            height: abs(one.y - other.y))
    }

    fileprivate func corners(_ map: (PixelPoint) -> PixelPoint) -> PixelBox {
        PixelBox(map(PixelPoint(x: x, y: y)), map(PixelPoint(x: x + width, y: y + height)))
    }
}

extension CoordinateMap {
    /// Where a box that the model returned is on the upright original.
    ///
    /// - Parameters:
    ///   - box: a box in px of the image that the model saw; clamped to that image.
    ///   - seen: the size in px that the model saw; nil if it saw the prepared image as it is.
    /// - Returns: the box on the original as it is displayed, px.
    public func upright(_ box: PixelBox, seen: PixelSize? = nil) -> PixelBox {
        box.corners { upright($0, seen: seen) }
    }

    /// Where a box that the model returned is among the stored px of the original.
    ///
    /// - Parameters:
    ///   - box: a box in px of the image that the model saw; clamped to that image.
    ///   - seen: the size in px that the model saw; nil if it saw the prepared image as it is.
    /// - Returns: the box on the original as it is stored, px.
    public func stored(_ box: PixelBox, seen: PixelSize? = nil) -> PixelBox {
        box.corners { stored($0, seen: seen) }
    }

    /// Where a box of the upright original is on the image that the model sees.
    ///
    /// - Parameters:
    ///   - box: a box on the original as it is displayed, px.
    ///   - seen: the size in px that the model sees; nil if it sees the prepared image as it is.
    /// - Returns: the box in px of the seen image; clamped to it.
    public func seen(upright box: PixelBox, seen: PixelSize? = nil) -> PixelBox {
        box.corners { self.seen(upright: $0, seen: seen) }
    }
}
