internal import ImageHeaders
internal import VisionRules

extension OutputRecord: Decodable {
    /// Reads a record that ``writeFields(to:)`` wrote.
    public init(from decoder: any Swift.Decoder) throws {
        let container = try decoder.container(keyedBy: RecordKey.self)
        func count(_ key: CodingKeys) throws -> Int { try container.decodeCount(RecordKey(key)) }
        func side(_ key: CodingKeys) throws -> Int { try container.decodeSide(RecordKey(key)) }
        self.init(
            path: try container.decodePath(RecordKey(CodingKeys.path)) ?? PathBytes(""),
            format: try container.decode(ImageFormat.self, forKey: RecordKey(CodingKeys.format)),
            byteCount: try count(.bytes), size: PixelSize(width: try side(.width), height: try side(.height)),
            tokens: try count(.tokens), guideTokens: try count(.tokensGuide),
            cost: try container.decodeCost(RecordKey(CodingKeys.costUSD)) ?? .zero,
            sha256: try container.decodeIfPresent(String.self, forKey: RecordKey(CodingKeys.sha256)))
    }
}

extension ManifestRow: Decodable {
    /// Reads a row that ``writeFields(to:)`` wrote.
    public init(from decoder: any Swift.Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let source = try container.nestedContainer(keyedBy: RecordKey.self, forKey: .source)
        let hasVerdict = source.contains(RecordKey(ImageRecord.CodingKeys.verdict))
        self.init(
            source: hasVerdict ? try container.decode(ImageRecord.self, forKey: .source) : nil,
            path: try source.decodePath(RecordKey(ImageRecord.CodingKeys.path)) ?? PathBytes(""),
            output: try container.decodeIfPresent(OutputRecord.self, forKey: .output),
            tiles: try container.decodeIfPresent([TileRecord].self, forKey: .tiles) ?? [],
            action: try container.decode(PrepareAction.self, forKey: .action),
            map: try container.contains(.map) ? CoordinateMap(recordIn: container, forKey: .map) : nil,
            sourceSHA256: try container.decodeIfPresent(String.self, forKey: .sourceSHA256),
            findings: try container.decodeIfPresent([Finding].self, forKey: .findings) ?? [],
            error: try container.decodeIfPresent(String.self, forKey: .error),
            isProblem: try container.decodeIfPresent(Bool.self, forKey: .problem) ?? false)
        perceptualHash = try container.decodeIfPresent(PerceptualHash.self, forKey: .perceptualHash)
        budget = try container.decodeIfPresent(BudgetRecord.self, forKey: .budget)
        options = try container.decodeIfPresent(String.self, forKey: .options)
    }
}

extension TileRecord: Decodable {
    /// Reads a record that ``writeFields(to:)`` wrote.
    public init(from decoder: any Swift.Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            part: try container.decodeCount(.part), count: try container.decodeCount(.of),
            output: try container.decodeIfPresent(OutputRecord.self, forKey: .output),
            map: try CoordinateMap(recordIn: container, forKey: .map))
    }
}

extension CoordinateMap {
    /// Reads a map that ``writeFields(to:)`` wrote.
    fileprivate init<Key: CodingKey>(recordIn container: KeyedDecodingContainer<Key>, forKey key: Key) throws
    {
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
