internal import PreflightRecords
internal import ImagePreflight

/// The same point or box on what the model sees and on the original.
struct LocateRecord: TabularRecord {
    /// What the given numbers refer to.
    enum Start { case seen, displayed, stored }

    /// A point, or a box by its top left and bottom right corners, px.
    struct Place {
        let first: PixelPoint
        let second: PixelPoint?

        /// One or two points; the corners of a box are put in order, as turning exchanges them.
        init(_ points: [PixelPoint]) {
            let points = points.map { PixelPoint(x: Self.rounded($0.x), y: Self.rounded($0.y)) }
            guard points.count == 2 else {
                first = points.first ?? PixelPoint(x: 0, y: 0)
                second = nil
                return
            }
            first = PixelPoint(x: min(points[0].x, points[1].x), y: min(points[0].y, points[1].y))
            second = PixelPoint(x: max(points[0].x, points[1].x), y: max(points[0].y, points[1].y))
        }

        /// Thousandths of a px: anything smaller is only numerical noise.
        private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

        var text: String {
            let numbers = [first.x, first.y] + (second.map { [$0.x, $0.y] } ?? [])
            return numbers.map { Amounts.decimal($0, digits: 1) }.joined(separator: " ")
        }
    }

    let source: PathBytes
    let output: PathBytes?
    let tile: (part: Int, count: Int)?
    let seenSize: PixelSize
    let displaySize: PixelSize
    let storedSize: PixelSize
    let seen: Place
    let displayed: Place
    let stored: Place

    init(_ row: LocatedRow, tier: ModelCatalog.Tier, points: [PixelPoint], from start: Start) {
        let map = row.map
        let size = SeenSize(of: map.outputSize, tier: tier).size
        let onSeen = points.map { point in
            switch start {
            // Out to the original and in again, which clamps.
            case .seen: map.seen(upright: map.upright(point, seen: size), seen: size)
            case .displayed: map.seen(upright: point, seen: size)
            case .stored: map.seen(stored: point, seen: size)
            }
        }
        source = row.source
        output = row.output
        tile = row.tile
        seenSize = size
        displaySize = map.sourceSize.oriented(map.orientation)
        storedSize = map.sourceSize
        seen = Place(onSeen)
        displayed = Place(onSeen.map { map.upright($0, seen: size) })
        stored = Place(onSeen.map { map.stored($0, seen: size) })
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case source, output
        case tilePart = "tile_part"
        case tileCount = "tile_of"
        case seesWidth = "sees_width"
        case seesHeight = "sees_height"
        case seenX = "seen_x"
        case seenY = "seen_y"
        case seenX2 = "seen_x2"
        case seenY2 = "seen_y2"
        case displayWidth = "display_width"
        case displayHeight = "display_height"
        case displayX = "display_x"
        case displayY = "display_y"
        case displayX2 = "display_x2"
        case displayY2 = "display_y2"
        case width, height
        case storedX = "stored_x"
        case storedY = "stored_y"
        case storedX2 = "stored_x2"
        case storedY2 = "stored_y2"
    }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.source, source)
        writer.write(CodingKeys.output, output)
        writer.write(CodingKeys.tilePart, tile?.part)
        writer.write(CodingKeys.tileCount, tile?.count)
        writer.write(CodingKeys.seesWidth, seenSize.width)
        writer.write(CodingKeys.seesHeight, seenSize.height)
        writer.write(CodingKeys.seenX, seen.first.x)
        writer.write(CodingKeys.seenY, seen.first.y)
        writer.write(CodingKeys.seenX2, seen.second?.x)
        writer.write(CodingKeys.seenY2, seen.second?.y)
        writer.write(CodingKeys.displayWidth, displaySize.width)
        writer.write(CodingKeys.displayHeight, displaySize.height)
        writer.write(CodingKeys.displayX, displayed.first.x)
        writer.write(CodingKeys.displayY, displayed.first.y)
        writer.write(CodingKeys.displayX2, displayed.second?.x)
        writer.write(CodingKeys.displayY2, displayed.second?.y)
        writer.write(CodingKeys.width, storedSize.width)
        writer.write(CodingKeys.height, storedSize.height)
        writer.write(CodingKeys.storedX, stored.first.x)
        writer.write(CodingKeys.storedY, stored.first.y)
        writer.write(CodingKeys.storedX2, stored.second?.x)
        writer.write(CodingKeys.storedY2, stored.second?.y)
    }

    static let columnNames = CodingKeys.allCases.map(\.stringValue)
    static let headings: [Table.Heading] = [
        .number("SEES"), .number("SEEN"), .number("ORIGINAL"), .number("DISPLAYED"), .number("STORED"),
        .path("PATH"),
    ]
    var cells: [String] {
        [
            seenSize.description, seen.text, displaySize.description, displayed.text, stored.text,
            source.text + (tile.map { ", part \($0.part) of \($0.count)" } ?? ""),
        ]
    }
}

/// An image of a manifest that a file on the command line identifies: what the model saw of a source.
struct LocatedRow {
    let source: PathBytes
    let output: PathBytes?
    let model: String?
    let map: CoordinateMap
    /// Which tile of the source it is, from 1, and of how many; nil if it shows all of it.
    let tile: (part: Int, count: Int)?
}
