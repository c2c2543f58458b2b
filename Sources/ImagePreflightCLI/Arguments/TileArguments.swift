internal import ArgumentParser
internal import ImagePreflight

/// `--tile` and `--tile-ratio`.
struct TileArguments: ParsableArguments {
    @Flag(
        name: .long,
        help: ArgumentHelp(
            "Cut tall screenshots and wide panoramas that would shrink to less than half their width and height into "
                + "overlapping tiles at full detail."))
    var tile = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --tile: the smallest ratio of the longer side to the shorter, 2 by default; 1 cuts images of any shape.",
            valueName: "n"))
    var tileRatio: Int?

    mutating func validate() throws {
        if let tileRatio, tileRatio < 1 { throw ValidationError("--tile-ratio must be at least 1.") }
        if tileRatio != nil, !tile { throw ValidationError("--tile-ratio requires --tile.") }
    }

    /// How images are cut into tiles; nil if they are not.
    var tiling: Tiling? {
        guard tile else { return nil }
        return tileRatio.map { Tiling(minAspectRatio: $0) } ?? Tiling()
    }
}
