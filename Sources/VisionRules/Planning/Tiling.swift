public import ImageHeaders

/// When and how to cut pages that would lose their detail into overlapping tiles that no model downsizes.
public struct Tiling: Sendable, Hashable {
    /// How much two neighbors share at least, px, before cuts are moved to quiet lines: a line of text that is
    /// cut in one tile is whole in the next.
    public var overlap: Int
    /// The most tiles that one image becomes.
    public var maxTiles: Int
    /// The minimum ratio of the longer side to the shorter. A less elongated image is a picture to be seen as
    /// a whole.
    public var minAspectRatio: Int

    /// A way to cut.
    ///
    /// - Parameters:
    ///   - overlap: how much two neighbors share at least, px; by default three patches.
    ///   - maxTiles: the most tiles that one image becomes; by default as many images as every platform takes
    ///     in one request.
    ///   - minAspectRatio: the ratio of the long to the short edge above which an image is cut.
    public init(overlap: Int = 84, maxTiles: Int = 100, minAspectRatio: Int = 2) {
        self.overlap = min(max(overlap, 0), 1 << 16)
        self.maxTiles = min(max(maxTiles, 1), 1 << 10)
        self.minAspectRatio = max(minAspectRatio, 1)
    }

    /// Whether an image is elongated and less than half of each of its sides would be seen: the criterion of
    /// the rule `detail-lost`, applied to the remaining size.
    ///
    /// - Parameters:
    ///   - display: the displayed size in px; both sides at least 1.
    ///   - seen: the size in px that would be left of it.
    /// - Returns: true when tiles keep what would be lost.
    public func isNeeded(for display: PixelSize, seen: PixelSize) -> Bool {
        display.longEdge / display.shortEdge >= minAspectRatio && display.losesDetail(seenAs: seen)
    }

    /// The fewest tiles that cover an image without any downsizing, all of one size. Among arrangements with
    /// equally many tiles, the one with the fewest columns is chosen, as columns cut lines of text.
    ///
    /// - Parameters:
    ///   - display: the displayed size in px; both sides at least 1.
    ///   - isAllowed: the predicate for a tile's size; if it holds for a size, it holds for every smaller one.
    /// - Returns: the tiles; nil when there would be too many. An image that is allowed is one tile.
    package func grid(of display: PixelSize, isAllowed: (PixelSize) -> Bool) -> TileGrid? {
        var best: (columns: Span, rows: Span)?
        for count in 1...maxTiles {
            guard let columns = Span(length: display.width, count: count, overlap: overlap),
                let height = Self.largestHeight(
                    width: columns.length, atMost: display.height, isAllowed: isAllowed),
                let rows = Span(length: display.height, within: height, overlap: overlap, atMost: maxTiles)
            else { continue }
            let tiles = columns.count * rows.count
            if tiles <= maxTiles, tiles < best.map({ $0.columns.count * $0.rows.count }) ?? .max {
                best = (columns, rows)
            }
        }
        return best.map { TileGrid(columns: $0.columns.parts, rows: $0.rows.parts) }
    }

    /// The maximum height of a tile of this width, px; nil when the width alone is too much.
    private static func largestHeight(
        width: Int, atMost longest: Int, isAllowed: (PixelSize) -> Bool
    ) -> Int? {
        func isAllowedHeight(_ height: Int) -> Bool { isAllowed(PixelSize(width: width, height: height)) }
        if isAllowedHeight(longest) { return longest }
        var (allowed, refused) = (0, longest)
        while refused - allowed > 1 {
            let middle = allowed + (refused - allowed) / 2
            if isAllowedHeight(middle) { allowed = middle } else { refused = middle }
        }
        return allowed > 0 ? allowed : nil
    }

    /// One side, cut into parts of one length that share at least the overlap.
    private struct Span {
        let whole: Int
        let count: Int
        /// The length of each part, px.
        let length: Int

        /// A side in this many parts; nil when the overlap leaves them nothing to advance by.
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

        /// The parts: the first begins at 0, the last ends with the side.
        var parts: [Range<Int>] {
            (0..<count).map { index in
                let start = count > 1 ? (whole - length) * index / (count - 1) : 0
                return start..<start + length
            }
        }
    }
}

extension Tiling: Codable {
    private enum CodingKeys: String, CodingKey {
        case overlap
        case maxTiles = "max_tiles"
        case minAspectRatio = "min_aspect_ratio"
    }

    /// Reads the options; invalid numbers become the nearest valid ones.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            overlap: try container.decode(Int.self, forKey: .overlap),
            maxTiles: try container.decode(Int.self, forKey: .maxTiles),
            minAspectRatio: try container.decode(Int.self, forKey: .minAspectRatio))
    }
}
