public import ImageHeaders

extension Tiling {
    /// One part of an image that is sent as an image of its own, at full detail.
    public struct Tile: Sendable, Codable, Hashable {
        /// Its number in reading order, from 0.
        public var index: Int
        /// How many tiles the image has.
        public var count: Int
        /// The px columns of the upright image that it shows.
        public var columns: Range<Int>
        /// The px rows of the upright image that it shows.
        public var rows: Range<Int>

        /// A tile of an image.
        public init(index: Int, count: Int, columns: Range<Int>, rows: Range<Int>) {
            self.index = index
            self.count = count
            self.columns = columns
            self.rows = rows
        }

        /// Its size, px.
        public var size: PixelSize { PixelSize(width: columns.count, height: rows.count) }
    }
}

/// How an image is cut: overlapping tiles in rows and columns that cover it.
package struct TileGrid: Sendable, Codable, Hashable {
    /// The px columns that each column of tiles shows, from left to right.
    package var columns: [Range<Int>]
    /// The px rows that each row of tiles shows, from top to bottom.
    package var rows: [Range<Int>]

    /// A grid of tiles.
    package init(columns: [Range<Int>], rows: [Range<Int>]) {
        self.columns = columns
        self.rows = rows
    }

    /// How many tiles there are.
    package var count: Int { columns.count * rows.count }

    /// The tiles in reading order: row by row, each from left to right.
    package var tiles: [Tiling.Tile] {
        (0..<count).map { index in
            Tiling.Tile(
                index: index, count: count, columns: columns[index % columns.count],
                rows: rows[index / columns.count])
        }
    }

    /// The grid of the same image when it is turned by a quarter.
    package var transposed: TileGrid { TileGrid(columns: rows, rows: columns) }
}

extension CoordinateMap {
    /// The map of a part of the upright original.
    ///
    /// - Parameters:
    ///   - tile: the part.
    ///   - outputSize: the size in px that it was given; usually its own.
    /// - Returns: a map with the same original.
    public func of(_ tile: Tiling.Tile, outputSize: PixelSize) -> CoordinateMap {
        var map = CoordinateMap(sourceSize: sourceSize, orientation: orientation, outputSize: outputSize)
        map.cropX = tile.columns.lowerBound
        map.cropY = tile.rows.lowerBound
        map.cropSize = tile.size
        return map
    }
}
