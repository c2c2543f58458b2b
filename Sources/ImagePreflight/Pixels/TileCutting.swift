import ImageHeaders
import Vips
import VisionRules

/// One picture, encoded as a whole or in tiles.
struct FittedTiles {
    /// One of its images.
    struct Part {
        /// Its place; nil for the whole picture.
        var tile: Tiling.Tile?
        /// Its file.
        var image: FittedImage
    }

    /// The size in px of the upright picture.
    var pageSize: PixelSize
    /// In reading order.
    var tiles: [Part]
}

/// Cuts an upright picture into tiles, at quiet lines if there are any.
struct TileCutting {
    /// The picture.
    let pixels: PixelBuffer
    /// Where it is cut.
    let grid: TileGrid

    /// Decides where to cut.
    ///
    /// - Parameters:
    ///   - pixels: the upright picture at its full size.
    ///   - grid: the planned cuts; for a picture that only the decoder knew to be turned, those of the unturned one.
    ///   - overlap: how much neighbors share, px.
    init(pixels: PixelBuffer, grid: TileGrid, overlap: Int) {
        self.pixels = pixels
        let isTurned = grid.columns.last?.upperBound != pixels.width
        self.grid = (isTurned ? grid.transposed : grid)
            .cutAtQuietLines(
                overlap: overlap, rowEdges: { pixels.edges(inRow: $0) },
                columnEdges: { pixels.edges(inColumn: $0) })
    }

    /// The px of a tile.
    func pixels(of tile: Tiling.Tile) -> PixelBuffer {
        pixels.cropped(columns: tile.columns, rows: tile.rows)
    }
}

extension PixelBuffer {
    /// The number of px in a row that differ from the px on their left by more than noise and shading do.
    func edges(inRow row: Int) -> Int {
        edges(from: row * stride, step: bands, count: width)
    }

    /// The number of px in a column that differ from the px above them by more than noise and shading do.
    func edges(inColumn column: Int) -> Int {
        edges(from: column * bands, step: stride, count: height)
    }

    private func edges(from start: Int, step: Int, count: Int) -> Int {
        var edges = 0
        var offset = start
        for _ in 1..<max(count, 1) {
            for band in 0..<bands
            where abs(Int(samples[offset + band]) - Int(samples[offset + step + band]))
                > ContentKind.Texture.softest
            {
                edges += 1
                break
            }
            offset += step
        }
        return edges
    }
}
