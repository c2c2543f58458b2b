public import VisionRules
internal import ImageHeaders

extension CoordinateMap: Record {
    /// The names of the fields of a manifest's `map`.
    package enum RecordKeys: String, CodingKey, CaseIterable, Sendable {
        case sourceWidth = "source_width"
        case sourceHeight = "source_height"
        case orientation
        case cropX = "crop_x"
        case cropY = "crop_y"
        case cropWidth = "crop_width"
        case cropHeight = "crop_height"
        case outputWidth = "output_width"
        case outputHeight = "output_height"
    }

    /// Writes the fields.
    package func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(RecordKeys.sourceWidth, sourceSize.width)
        writer.write(RecordKeys.sourceHeight, sourceSize.height)
        writer.write(RecordKeys.orientation, orientation.rawValue)
        writer.write(RecordKeys.cropX, cropX)
        writer.write(RecordKeys.cropY, cropY)
        writer.write(RecordKeys.cropWidth, cropSize.width)
        writer.write(RecordKeys.cropHeight, cropSize.height)
        writer.write(RecordKeys.outputWidth, outputSize.width)
        writer.write(RecordKeys.outputHeight, outputSize.height)
    }
}

extension CoordinateMap {
    /// Reads a map that ``writeFields(to:)`` wrote.
    init<Key: CodingKey>(recordIn container: KeyedDecodingContainer<Key>, forKey key: Key) throws {
        let map = try container.nestedContainer(keyedBy: RecordKeys.self, forKey: key)
        func value(_ key: RecordKeys) throws -> Int { try map.decodeSide(key) }
        self.init(
            sourceSize: PixelSize(width: try value(.sourceWidth), height: try value(.sourceHeight)),
            orientation: try map.decode(Orientation.self, forKey: .orientation),
            outputSize: PixelSize(width: try value(.outputWidth), height: try value(.outputHeight)))
        cropX = try value(.cropX)
        cropY = try value(.cropY)
        cropSize = PixelSize(width: try value(.cropWidth), height: try value(.cropHeight))
    }
}
