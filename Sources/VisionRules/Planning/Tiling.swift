public import ImageHeaders

/// One part of an image that is sent as an image of its own, at full detail.
public struct Tile: Sendable, Codable, Hashable {
    /// Its number in reading order, from 0.
    public var index: Int
    /// How many tiles the image has.
    public var count: Int
    /// Its left edge on the upright image, px.
    public var x: Int
    /// Its top edge on the upright image, px.
    public var y: Int
    /// Its size, px.
    public var size: PixelSize

    /// What takes a point on this tile back onto the original.
    ///
    /// - Parameters:
    ///   - sourceSize: the stored size of the original in px.
    ///   - orientation: the orientation that is applied to it.
    /// - Returns: the map; the tile is shown at its own size.
    public func map(sourceSize: PixelSize, orientation: Orientation) -> CoordinateMap {
        var map = CoordinateMap(sourceSize: sourceSize, orientation: orientation, outputSize: size)
        map.cropX = x
        map.cropY = y
        map.cropSize = size
        return map
    }
}

/// Cuts pages that would lose their detail into overlapping tiles that no model downsizes.
public struct Tiling: Sendable, Hashable {
    /// How much two neighbours share at least, px: a line of text that one tile cuts is whole on the next.
    public var overlap: Int
    /// The most tiles that one image becomes.
    public var maxTiles: Int
    /// How many times longer than wide (or wider than high) an image is at least. What is less elongated is a
    /// picture that is looked at as a whole.
    public var minAspectRatio: Int

    /// A way to cut.
    ///
    /// - Parameters:
    ///   - overlap: how much two neighbours share at least, px.
    ///   - maxTiles: the most tiles that one image becomes.
    ///   - minAspectRatio: the ratio of the long to the short edge from which an image is cut.
    public init(overlap: Int = 84, maxTiles: Int = 50, minAspectRatio: Int = 2) {
        self.overlap = max(overlap, 0)
        self.maxTiles = max(maxTiles, 1)
        self.minAspectRatio = max(minAspectRatio, 1)
    }

    /// Whether an image is elongated and the model would see less than half of each of its sides.
    ///
    /// - Parameters:
    ///   - display: the displayed size in px; both sides at least 1.
    ///   - tier: what is kept as it is.
    /// - Returns: true when tiles keep what would be lost.
    public func isNeeded(for display: PixelSize, tier: Tier) -> Bool {
        guard display.longEdge / display.shortEdge >= minAspectRatio else { return false }
        let seen = SeenSize(of: display, tier: tier).size
        return seen.width < display.width - seen.width && seen.height < display.height - seen.height
    }

    /// The fewest tiles that cover an image without any downsizing, all of one size, in reading order: row by
    /// row, each from left to right. Of arrangements with as many tiles that with the fewest columns is taken,
    /// as columns cut lines of text.
    ///
    /// - Parameters:
    ///   - display: the displayed size in px; both sides at least 1.
    ///   - tier: what is kept as it is.
    /// - Returns: the tiles; nil when there would be too many. An image that fits is one tile.
    public func tiles(of display: PixelSize, tier: Tier) -> [Tile]? {
        var best: (columns: Span, rows: Span)?
        for count in 1...maxTiles {
            guard let columns = Span(length: display.width, count: count, overlap: overlap),
                let height = Self.largestHeight(width: columns.length, tier: tier),
                let rows = Span(length: display.height, within: height, overlap: overlap, atMost: maxTiles)
            else { continue }
            let tiles = columns.count * rows.count
            if tiles <= maxTiles, tiles < best.map({ $0.columns.count * $0.rows.count }) ?? .max {
                best = (columns, rows)
            }
        }
        guard let (columns, rows) = best else { return nil }
        let size = PixelSize(width: columns.length, height: rows.length)
        let count = columns.count * rows.count
        return (0..<count).map { index in
            Tile(
                index: index, count: count, x: columns.start(index % columns.count),
                y: rows.start(index / columns.count), size: size)
        }
    }

    /// How high a tile of this width may be, px, in whole patches; nil when the width alone is too much.
    private static func largestHeight(width: Int, tier: Tier) -> Int? {
        let columns = VisualTokens.patches(width, edge: tier.patchEdge)
        let edgeInPatches = tier.maxLongEdge / tier.patchEdge
        guard columns <= edgeInPatches, columns > 0 else { return nil }
        let rows = min(tier.maxVisualTokens / tier.tokensPerPatch / columns, edgeInPatches)
        return rows > 0 ? rows * tier.patchEdge : nil
    }

    /// One side, cut into parts of one length that share at least the overlap.
    private struct Span {
        let whole: Int
        let count: Int
        /// The length of each part, px.
        let length: Int

        /// A side in so many parts; nil when the overlap leaves them nothing to advance by.
        init?(length whole: Int, count: Int, overlap: Int) {
            self.whole = whole
            self.count = count
            guard count > 1 else {
                length = whole
                return
            }
            let (covered, overflow) = whole.addingReportingOverflow((count - 1) * overlap)
            guard !overflow else { return nil }
            length = (covered - 1) / count + 1
            guard length > overlap, length < whole else { return nil }
        }

        /// A side in the fewest parts that are no longer than `longest`.
        init?(length whole: Int, within longest: Int, overlap: Int, atMost maxCount: Int) {
            if whole <= longest {
                self.init(length: whole, count: 1, overlap: overlap)
                return
            }
            guard longest > overlap else { return nil }
            let count = (whole - overlap - 1) / (longest - overlap) + 1
            guard count <= maxCount else { return nil }
            self.init(length: whole, count: count, overlap: overlap)
        }

        /// Where a part begins, px: the first at 0, the last where it ends with the side.
        func start(_ index: Int) -> Int { count > 1 ? (whole - length) * index / (count - 1) : 0 }
    }
}
