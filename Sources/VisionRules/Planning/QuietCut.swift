extension TileGrid {
    /// Moves the cuts to quiet lines nearby, so that no line of text is cut needlessly.
    ///
    /// A tile's end and the beginning of the next may each move into their own tile, by at most a third of
    /// the overlap: tiles only become shorter, so all stay within what the model keeps, every px stays
    /// covered, and neighbors still share at least a third of the overlap. An edge stays in place when
    /// nothing near is quiet, as in a photo. Only the contents of the lines decide: the same px always give
    /// the same cuts.
    ///
    /// - Parameters:
    ///   - overlap: how much neighbors share, px: ``Tiling/overlap``.
    ///   - rowEdges: how many px of a row differ from their neighbor; called only near cuts.
    ///   - columnEdges: the same for a column.
    /// - Returns: the grid with its cuts moved.
    public func cutAtQuietLines(
        overlap: Int, rowEdges: (Int) -> Int, columnEdges: (Int) -> Int
    ) -> TileGrid {
        let reach = overlap / 3
        let width = columns.last?.upperBound ?? 0
        let height = rows.last?.upperBound ?? 0
        return TileGrid(
            columns: Self.moved(columns, reach: reach, lineLength: height, edges: columnEdges),
            rows: Self.moved(rows, reach: reach, lineLength: width, edges: rowEdges))
    }

    private static func moved(
        _ parts: [Range<Int>], reach: Int, lineLength: Int, edges: (Int) -> Int
    ) -> [Range<Int>] {
        guard reach > 0 else { return parts }
        return parts.indices.map { index in
            var (start, end) = (parts[index].lowerBound, parts[index].upperBound)
            // A part that is hardly longer than the window is left as it is.
            guard end - start > 4 * reach else { return parts[index] }
            if index > parts.startIndex {
                start += QuietCut.offset(in: (0...reach).map { edges(start + $0) }, lineLength: lineLength)
            }
            if index < parts.endIndex - 1 {
                end -= QuietCut.offset(in: (0...reach).map { edges(end - 1 - $0) }, lineLength: lineLength)
            }
            return start..<end
        }
    }
}

/// Finds the line of an image at which cutting does the least damage.
enum QuietCut {
    /// In a quiet line at most one px in this many differs from its neighbor.
    static let quietShare = 64

    /// How many lines an edge of a tile moves.
    ///
    /// Of the quietest lines, the middle of their longest run is taken, so that the gap between two lines of
    /// text wins over the gap below the dot of an i; of runs of equal length, the nearest. An edge that is already in
    /// such a run stays.
    ///
    /// - Parameters:
    ///   - edges: how many px differ from their neighbor, in the line that the edge shows now, the line after
    ///     it towards the middle of the tile, and so on.
    ///   - lineLength: the px of a line.
    /// - Returns: 0 or more lines; 0 when none is quiet.
    static func offset(in edges: [Int], lineLength: Int) -> Int {
        guard let least = edges.min(), least <= lineLength / quietShare else { return 0 }
        var longest = 0..<0
        var start = 0
        for (index, count) in edges.enumerated() {
            if count > least {
                start = index + 1
            } else if index + 1 - start > longest.count {
                longest = start..<index + 1
            }
        }
        return longest.lowerBound == 0 ? 0 : (longest.lowerBound + longest.upperBound - 1) / 2
    }
}
