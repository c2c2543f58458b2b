/// Finds keys that no catalog has: a mistyped optional key would otherwise be ignored silently.
enum UnknownKeys {
    private struct AnyKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Checks the whole file.
    static func reject(in decoder: any Decoder) throws {
        let file = try decoder.container(keyedBy: AnyKey.self)
        try check(file, CatalogFile.CodingKeys.allCases.map(\.rawValue))
        try each("tiers", of: file) { row in
            try check(row, ModelCatalog.Tier.CodingKeys.allCases.map(\.rawValue))
        }
        try each("models", of: file) { row in
            try check(row, CatalogFile.ModelRow.CodingKeys.allCases.map(\.rawValue))
            let price = ModelCatalog.Price.CodingKeys.allCases.map(\.rawValue)
            let step = ModelCatalog.PriceStep.CodingKeys.allCases.map(\.rawValue) + price
            try each("prices", of: row) { try check($0, step) }
            try object("fast_price", of: row) { try check($0, price) }
        }
        try each("platforms", of: file) { row in
            try check(row, ModelCatalog.Platform.CodingKeys.allCases.map(\.rawValue))
            try object("limits", of: row) {
                try check($0, ModelCatalog.Limits.CodingKeys.allCases.map(\.rawValue))
            }
        }
    }

    private static func check(_ object: KeyedDecodingContainer<AnyKey>, _ known: [String]) throws {
        for key in object.allKeys.sorted(by: { $0.stringValue < $1.stringValue })
        where !known.contains(key.stringValue) {
            let nearest = EditDistance.sorted(known, by: key.stringValue).first ?? ""
            throw CatalogError(
                path: CatalogError.path(object.codingPath + [key]),
                expected: "a known key, perhaps “\(nearest)”")
        }
    }

    private static func each(
        _ name: String, of object: KeyedDecodingContainer<AnyKey>,
        _ body: (KeyedDecodingContainer<AnyKey>) throws -> Void
    ) throws {
        guard let key = AnyKey(stringValue: name), object.contains(key), try !object.decodeNil(forKey: key)
        else { return }
        var list = try object.nestedUnkeyedContainer(forKey: key)
        while !list.isAtEnd { try body(try list.nestedContainer(keyedBy: AnyKey.self)) }
    }

    private static func object(
        _ name: String, of object: KeyedDecodingContainer<AnyKey>,
        _ body: (KeyedDecodingContainer<AnyKey>) throws -> Void
    ) throws {
        guard let key = AnyKey(stringValue: name), object.contains(key), try !object.decodeNil(forKey: key)
        else { return }
        try body(try object.nestedContainer(keyedBy: AnyKey.self, forKey: key))
    }
}
