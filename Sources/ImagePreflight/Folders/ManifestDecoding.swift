internal import ImageHeaders
internal import VisionRules

extension OutputRecord: Decodable {
    /// Reads a record that ``writeFields(to:)`` wrote.
    public init(from decoder: any Swift.Decoder) throws {
        let container = try decoder.container(keyedBy: RecordKey.self)
        func value<Value: Decodable>(_ key: CodingKeys) throws -> Value {
            try container.decode(Value.self, forKey: RecordKey(key))
        }
        self.init(
            path: try container.decodePath(RecordKey(CodingKeys.path)) ?? PathBytes(""),
            format: try value(.format), byteCount: try value(.bytes),
            size: PixelSize(width: try value(.width), height: try value(.height)),
            tokens: try value(.tokens), guideTokens: try value(.tokensGuide),
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
            action: try container.decode(PrepareAction.self, forKey: .action),
            map: try Self.decodeMap(container),
            sourceSHA256: try container.decodeIfPresent(String.self, forKey: .sourceSHA256),
            findings: try container.decodeIfPresent([Finding].self, forKey: .findings) ?? [],
            error: try container.decodeIfPresent(String.self, forKey: .error),
            isProblem: try container.decodeIfPresent(Bool.self, forKey: .problem) ?? false)
        perceptualHash = try container.decodeIfPresent(PerceptualHash.self, forKey: .perceptualHash)
        budget = try container.decodeIfPresent(BudgetRecord.self, forKey: .budget)
        options = try container.decodeIfPresent(String.self, forKey: .options)
    }

    private static func decodeMap(_ container: KeyedDecodingContainer<CodingKeys>) throws -> CoordinateMap? {
        guard container.contains(.map) else { return nil }
        let map = try container.nestedContainer(keyedBy: CoordinateMap.RecordKeys.self, forKey: .map)
        func value(_ key: CoordinateMap.RecordKeys) throws -> Int { try map.decode(Int.self, forKey: key) }
        var result = CoordinateMap(
            sourceSize: PixelSize(width: try value(.sourceWidth), height: try value(.sourceHeight)),
            orientation: try map.decode(Orientation.self, forKey: .orientation),
            outputSize: PixelSize(width: try value(.outputWidth), height: try value(.outputHeight)))
        result.cropX = try value(.cropX)
        result.cropY = try value(.cropY)
        result.cropSize = PixelSize(width: try value(.cropWidth), height: try value(.cropHeight))
        return result
    }
}
