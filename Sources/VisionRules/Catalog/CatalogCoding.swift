extension ModelCatalog: Codable {
    /// Reads and checks a catalog file written by hand.
    ///
    /// Prices are USD per million tokens; a tier is defined once and referred to by its id.
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
    /// With `"extends": "built-in"` the file extends the built-in catalog: entries with a known id
    /// replace it (a tier for all models that refer to it), all others are added. Without it the file is the
    /// whole catalog. These keys are optional: `patch_edge` (28), `tokens_per_patch` (1), `state` (`active`),
    /// `overhead_tokens_per_image` (3), `fast_price`, `fast_removed_on`, `ignores_fast_mode` (false),
    /// `us_only` (true for a model, false for a platform), `thinking_binding` (`none`), `retired_by` (days by
    /// the ids of platforms, `*` for all others), `above_prompt_tokens` (0), `many_image_max_edge`,
    /// `max_request_bytes`, `max_batch_bytes`, `max_batch_requests` (no such limit), `image_data_field`
    /// (`base64`), `aliases`, `fast_mode` of a platform (false), and in a file that extends, `date` and each
    /// of the lists. An unknown key is an error.
    ///
    /// - Parameter decoder: a decoder of the file.
    /// - Throws: ``CatalogError`` for a value that is invalid or unknown, `DecodingError` for one that is
    ///   missing or of the wrong kind.
    public init(from decoder: any Decoder) throws {
        try UnknownKeys.reject(in: decoder)
        self = try CatalogFile(from: decoder).catalog()
        try validate()
    }

    /// Writes the whole catalog as a file that extends nothing.
    ///
    /// - Parameter encoder: receives the file.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        try CatalogFile(self).encode(to: encoder)
    }
}

extension CatalogFile {
    /// The file as a catalog.
    func catalog() throws(CatalogError) -> ModelCatalog {
        guard extends == nil || extends == "built-in" else {
            throw CatalogError(path: "extends", expected: "“built-in”", found: extends.map { "“\($0)”" })
        }
        let base = extends == nil ? nil : ModelCatalog.builtIn
        guard let date = date ?? base?.date else { throw missing("date") }
        guard models != nil || base != nil else { throw missing("models") }
        guard platforms != nil || base != nil else { throw missing("platforms") }

        var knownTiers: [String: ModelCatalog.Tier] = [:]
        for model in base?.models ?? [] { knownTiers[model.tier.id] = model.tier }
        // Every row is checked here, where its place in the file is known; `validate` checks the catalog as a
        // whole.
        var ids: Set<String> = []
        for (index, row) in (tiers ?? []).enumerated() {
            try ModelCatalog.checkID(row.id, in: &ids, at: "tiers[\(index)].id")
            try row.validate(at: "tiers[\(index)]")
            knownTiers[row.id] = row
        }

        var catalog = ModelCatalog(
            date: date, models: base?.models ?? [], platforms: base?.platforms ?? [])
        for index in catalog.models.indices {
            let known = catalog.models[index].tier
            catalog.models[index].tier = knownTiers[known.id] ?? known
        }
        var added: [ModelCatalog.Model] = []
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
            try row.limits.validate(at: "platforms[\(index)].limits")
            if let place = catalog.platforms.firstIndex(where: { $0.id == row.id }) {
                catalog.platforms[place] = row
            } else {
                catalog.platforms.append(row)
            }
        }
        return catalog
    }

    /// A catalog as a file.
    init(_ catalog: ModelCatalog) {
        extends = nil
        date = catalog.date
        var tiers: [ModelCatalog.Tier] = []
        for tier in catalog.models.map(\.tier) where !tiers.contains(where: { $0.id == tier.id }) {
            tiers.append(tier)
        }
        self.tiers = tiers
        models = catalog.models.map(ModelRow.init)
        platforms = catalog.platforms
    }

    private func missing(_ path: String) -> CatalogError {
        CatalogError(path: path, expected: "a value in a file that does not extend “built-in”")
    }
}

extension CatalogFile.ModelRow {
    init(_ model: ModelCatalog.Model) {
        id = model.id
        tier = model.tier.id
        contextWindow = model.contextWindow
        prices = model.priceSteps
        fastPrice = model.fastPrice
        fastRemovedOn = model.fastRemovedOn
        ignoresFastMode = model.ignoresFastMode ? true : nil
        hasUSOnly = model.hasUSOnly
        overheadTokensPerImage = model.overheadTokensPerImage
        thinkingBinding = model.thinkingBinding
        state = model.state
        retiredBy = model.retiredBy.isEmpty ? nil : model.retiredBy
    }

    func model(tiers: [String: ModelCatalog.Tier], at path: String) throws(CatalogError) -> ModelCatalog.Model
    {
        guard let tier = tiers[tier] else {
            throw CatalogError(
                path: path + ".tier",
                expected: "the id of a tier: \(tiers.keys.sorted().joined(separator: ", "))",
                found: "“\(tier)”")
        }
        return ModelCatalog.Model(
            id: id, tier: tier, contextWindow: contextWindow, priceSteps: prices, fastPrice: fastPrice,
            fastRemovedOn: fastRemovedOn, ignoresFastMode: ignoresFastMode ?? false,
            hasUSOnly: hasUSOnly ?? true, overheadTokensPerImage: overheadTokensPerImage ?? 3,
            thinkingBinding: thinkingBinding ?? .none, state: state ?? .active, retiredBy: retiredBy ?? [:])
    }
}
