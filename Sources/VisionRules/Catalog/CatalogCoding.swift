extension ModelCatalog: Codable {
    /// Reads a catalogue file as a person writes it, and checks it.
    ///
    /// Prices are USD per million tokens; a tier is named once and referred to by its id.
    ///
    /// ```json
    /// {
    ///   "extends": "built-in",
    ///   "date": "2026-11-01",
    ///   "tiers": [{"id": "ultra", "max_long_edge": 3584, "max_visual_tokens": 9216}],
    ///   "models": [{
    ///     "id": "claude-opus-6", "tier": "ultra", "context_window": 1000000,
    ///     "prices": [{"input": 5, "output": 25, "cache_write_5m": 6.25, "cache_write_1h": 10, "cache_read": 0.5}]
    ///   }],
    ///   "platforms": [{
    ///     "id": "gateway", "name": "Our gateway",
    ///     "limits": {
    ///       "max_edge": 8000, "many_image_max_edge": 2000, "many_image_threshold": 20,
    ///       "documents_count_as_images": true, "max_base64_bytes": 5242880, "max_images": 100,
    ///       "max_images_large_context": 600, "max_request_bytes": 10000000, "sources": ["base64"]
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// With `"extends": "built-in"` the file is laid over the built-in catalogue: what has a known id replaces
    /// it (a tier for all models that refer to it), everything else is added. Without it the file is the whole
    /// catalogue. These may be left out: `patch_edge` (28), `tokens_per_patch` (1), `state` (`active`),
    /// `overhead_tokens_per_image` (3), `fast_price`, `above_prompt_tokens` (0), `many_image_max_edge`,
    /// `max_request_bytes`, `max_batch_bytes`, `max_batch_requests` (no such limit), `image_data_field`
    /// (`base64`), and in a file that extends, `date` and each of the lists. A key that is not known is an error.
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
