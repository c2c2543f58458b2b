/// A catalogue is written and read as the file that a person writes: snake_case, USD per million tokens,
/// tiers named once. See the documentation of the file's layout at `CatalogFile`.
extension ModelCatalog: Codable {
    /// Reads a catalogue file, lays it over the built-in catalogue where it says `"extends": "built-in"`,
    /// and checks the result.
    ///
    /// - Parameter decoder: holds the file.
    /// - Throws: ``CatalogError`` for a value that makes no sense or is not known, `DecodingError` for one
    ///   that is missing or of the wrong kind; ``CatalogError/init(_:)`` makes the one of the other.
    public init(from decoder: any Decoder) throws {
        try UnknownKeys.reject(in: decoder)
        self = try CatalogFile(from: decoder).catalog()
        try validate()
    }

    /// Writes the whole catalogue as a file that extends nothing.
    ///
    /// - Parameter encoder: receives the file.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        try CatalogFile(self).encode(to: encoder)
    }
}

extension CatalogFile {
    /// The file as a catalogue.
    func catalog() throws(CatalogError) -> ModelCatalog {
        guard extends == nil || extends == "built-in" else {
            throw CatalogError(path: "extends", expected: "“built-in”", found: extends.map { "“\($0)”" })
        }
        let base = extends == nil ? nil : ModelCatalog.builtIn
        guard let date = date ?? base?.date else { throw missing("date") }
        guard models != nil || base != nil else { throw missing("models") }
        guard platforms != nil || base != nil else { throw missing("platforms") }

        var knownTiers: [String: Tier] = [:]
        for model in base?.models ?? [] { knownTiers[model.tier.id] = model.tier }
        // Every row is checked here, where its place in the file is known; `validate` sees the whole.
        var ids: Set<String> = []
        for (index, row) in (tiers ?? []).enumerated() {
            try ModelCatalog.checkID(row.id, in: &ids, at: "tiers[\(index)].id")
            try row.tier.validate(at: "tiers[\(index)]")
            knownTiers[row.id] = row.tier
        }

        var catalog = ModelCatalog(
            date: date, models: base?.models ?? [], platforms: base?.platforms ?? [])
        for index in catalog.models.indices {
            let known = catalog.models[index].tier
            catalog.models[index].tier = knownTiers[known.id] ?? known
        }
        var added: [Model] = []
        ids = []
        for (index, row) in (models ?? []).enumerated() {
            try ModelCatalog.checkID(row.id, in: &ids, at: "models[\(index)].id")
            let model = try row.model(tiers: knownTiers, at: "models[\(index)]")
            try model.validate(at: "models[\(index)]")
            if let place = catalog.models.firstIndex(where: { $0.id == model.id }) {
                catalog.models[place] = model
            } else {
                added.append(model)
            }
        }
        // The newest models come first.
        catalog.models.insert(contentsOf: added, at: 0)
        ids = []
        for (index, row) in (platforms ?? []).enumerated() {
            try ModelCatalog.checkID(row.id, in: &ids, at: "platforms[\(index)].id")
            try row.platform.limits.validate(at: "platforms[\(index)].limits")
            if let place = catalog.platforms.firstIndex(where: { $0.id == row.id }) {
                catalog.platforms[place] = row.platform
            } else {
                catalog.platforms.append(row.platform)
            }
        }
        return catalog
    }

    /// A catalogue as a file.
    init(_ catalog: ModelCatalog) {
        extends = nil
        date = catalog.date
        var rows: [TierRow] = []
        for tier in catalog.models.map(\.tier) where !rows.contains(where: { $0.id == tier.id }) {
            rows.append(TierRow(tier))
        }
        tiers = rows
        models = catalog.models.map(ModelRow.init)
        platforms = catalog.platforms.map(PlatformRow.init)
    }

    private func missing(_ path: String) -> CatalogError {
        CatalogError(path: path, expected: "a value in a file that does not extend “built-in”")
    }
}

extension CatalogFile.TierRow {
    init(_ tier: Tier) {
        id = tier.id
        maxLongEdge = tier.maxLongEdge
        maxVisualTokens = tier.maxVisualTokens
        patchEdge = tier.patchEdge
        tokensPerPatch = tier.tokensPerPatch
    }

    var tier: Tier {
        Tier(
            id: id, maxLongEdge: maxLongEdge, maxVisualTokens: maxVisualTokens, patchEdge: patchEdge ?? 28,
            tokensPerPatch: tokensPerPatch ?? 1)
    }
}

extension CatalogFile.PriceRow {
    init(_ price: Price, abovePromptTokens: Int?) {
        self.abovePromptTokens = abovePromptTokens
        input = Double(price.input) / 1_000_000
        output = Double(price.output) / 1_000_000
        cacheWrite5m = Double(price.cacheWrite5m) / 1_000_000
        cacheWrite1h = Double(price.cacheWrite1h) / 1_000_000
        cacheRead = Double(price.cacheRead) / 1_000_000
    }

    func price(at path: String) throws(CatalogError) -> Price {
        func microdollars(_ usd: Double, _ name: String) throws(CatalogError) -> Int {
            // Beyond a million USD per million tokens it is no price, and the conversion might trap.
            guard usd >= 0, usd <= 1_000_000 else {
                throw CatalogError(
                    path: path + "." + name, expected: "USD per million tokens, from 0 to 1000000",
                    found: "\(usd)")
            }
            let amount = Price.microdollars(usd: usd)
            guard abs(Double(amount) - usd * 1_000_000) < 0.01 else {
                throw CatalogError(
                    path: path + "." + name, expected: "USD with at most six decimals", found: "\(usd)")
            }
            return amount
        }
        return Price(
            input: try microdollars(input, "input"), output: try microdollars(output, "output"),
            cacheWrite5m: try microdollars(cacheWrite5m, "cache_write_5m"),
            cacheWrite1h: try microdollars(cacheWrite1h, "cache_write_1h"),
            cacheRead: try microdollars(cacheRead, "cache_read"))
    }
}

extension CatalogFile.ModelRow {
    init(_ model: Model) {
        id = model.id
        tier = model.tier.id
        contextWindow = model.contextWindow
        prices = model.priceSteps.map {
            CatalogFile.PriceRow($0.price, abovePromptTokens: $0.abovePromptTokens)
        }
        fastPrice = model.fastPrice.map { CatalogFile.PriceRow($0, abovePromptTokens: nil) }
        overheadTokensPerImage = model.overheadTokensPerImage
        state = model.state
    }

    func model(tiers: [String: Tier], at path: String) throws(CatalogError) -> Model {
        guard let tier = tiers[tier] else {
            throw CatalogError(
                path: path + ".tier",
                expected: "the id of a tier: \(tiers.keys.sorted().joined(separator: ", "))",
                found: "“\(tier)”")
        }
        var steps: [PriceStep] = []
        for (index, row) in prices.enumerated() {
            let price = try row.price(at: path + ".prices[\(index)]")
            steps.append(PriceStep(abovePromptTokens: row.abovePromptTokens ?? 0, price: price))
        }
        return Model(
            id: id, tier: tier, contextWindow: contextWindow, priceSteps: steps,
            fastPrice: try fastPrice?.price(at: path + ".fast_price"),
            overheadTokensPerImage: overheadTokensPerImage ?? 3, state: state ?? .active)
    }
}

extension CatalogFile.PlatformRow {
    init(_ platform: Platform) {
        id = platform.id
        name = platform.name
        imageDataField = platform.imageDataField
        let limits = platform.limits
        self.limits = CatalogFile.LimitsRow(
            maxEdge: limits.maxEdge, manyImageMaxEdge: limits.manyImageMaxEdge,
            manyImageThreshold: limits.manyImageThreshold,
            documentsCountAsImages: limits.documentsCountAsImages, maxBase64Bytes: limits.maxBase64Bytes,
            maxImages: limits.maxImages, maxImagesLargeContext: limits.maxImagesLargeContext,
            maxRequestBytes: limits.maxRequestBytes, maxBatchBytes: limits.maxBatchBytes,
            maxBatchRequests: limits.maxBatchRequests,
            sources: SourceKind.allCases.filter(limits.sources.contains))
    }

    var platform: Platform {
        Platform(
            id: id, name: name,
            limits: Limits(
                maxEdge: limits.maxEdge, manyImageMaxEdge: limits.manyImageMaxEdge,
                manyImageThreshold: limits.manyImageThreshold,
                documentsCountAsImages: limits.documentsCountAsImages, maxBase64Bytes: limits.maxBase64Bytes,
                maxImages: limits.maxImages, maxImagesLargeContext: limits.maxImagesLargeContext,
                maxRequestBytes: limits.maxRequestBytes, maxBatchBytes: limits.maxBatchBytes,
                maxBatchRequests: limits.maxBatchRequests, sources: Set(limits.sources)),
            imageDataField: imageDataField ?? "base64")
    }
}

/// Finds keys that no catalogue has: a mistyped optional key would otherwise be passed over in silence.
enum UnknownKeys {
    private struct AnyKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Looks through the whole file.
    static func reject(in decoder: any Decoder) throws {
        let file = try decoder.container(keyedBy: AnyKey.self)
        try check(file, CatalogFile.CodingKeys.allCases.map(\.rawValue))
        try each("tiers", of: file) { row in
            try check(row, CatalogFile.TierRow.CodingKeys.allCases.map(\.rawValue))
        }
        try each("models", of: file) { row in
            try check(row, CatalogFile.ModelRow.CodingKeys.allCases.map(\.rawValue))
            let price = CatalogFile.PriceRow.CodingKeys.allCases.map(\.rawValue)
            try each("prices", of: row) { try check($0, price) }
            try object("fast_price", of: row) { try check($0, price.filter { $0 != "above_prompt_tokens" }) }
        }
        try each("platforms", of: file) { row in
            try check(row, CatalogFile.PlatformRow.CodingKeys.allCases.map(\.rawValue))
            try object("limits", of: row) {
                try check($0, CatalogFile.LimitsRow.CodingKeys.allCases.map(\.rawValue))
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
