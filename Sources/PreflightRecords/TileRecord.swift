public import VisionRules

extension ManifestRow {
    /// One tile of an image, as in the manifest.
    public struct Tile: Sendable, Hashable {
        /// Its number in reading order, from 1.
        public var part: Int
        /// How many tiles the image has.
        public var count: Int
        /// The file; nil if it was only planned.
        public var output: Output?
        /// Maps a point of the tile back to the source; contains the tile's place in it.
        public var map: CoordinateMap

        /// The record of a tile.
        public init(part: Int, count: Int, output: Output? = nil, map: CoordinateMap) {
            self.part = part
            self.count = count
            self.output = output
            self.map = map
        }

        /// The record of a tile.
        package init(_ tile: Tiling.Tile, output: Output? = nil, map: CoordinateMap) {
            self.init(part: tile.index + 1, count: tile.count, output: output, map: map)
        }
    }
}

extension ManifestRow.Tile: Record {
    /// The names of the fields, in the order of the contract.
    package enum CodingKeys: String, CodingKey, CaseIterable, Sendable {
        case part, of, output, map
    }

    /// Writes the fields in the order of the contract.
    package func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.part, part)
        writer.write(CodingKeys.of, count)
        writer.write(CodingKeys.output, record: output)
        writer.write(CodingKeys.map, record: map)
    }
}

extension ManifestRow {
    /// Every image that the source became: one, its tiles, or none.
    public var outputs: [Output] { output.map { [$0] } ?? tiles.compactMap(\.output) }
}

extension ManifestRow.Tile: Decodable {
    /// Reads a record that ``writeFields(to:)`` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            part: try container.decodeCount(.part), count: try container.decodeCount(.of),
            output: try container.decodeIfPresent(ManifestRow.Output.self, forKey: .output),
            map: try CoordinateMap(recordIn: container, forKey: .map))
    }
}
