extension ModelCatalog {
    /// Checks that the catalog is usable: ids are present and unique, sizes and prices are plausible.
    ///
    /// - Throws: the first field that is wrong, by its path in a catalog file.
    package func validate() throws(CatalogError) {
        guard Self.isDate(date) else {
            throw CatalogError(path: "date", expected: "a date like 2026-11-18", found: "“\(date)”")
        }
        guard !models.isEmpty else { throw CatalogError(path: "models", expected: "at least one model") }
        guard !platforms.isEmpty else {
            throw CatalogError(path: "platforms", expected: "at least one platform")
        }
        var seenModels: Set<String> = []
        for (index, model) in models.enumerated() {
            try Self.checkID(model.id, in: &seenModels, at: "models[\(index)].id")
            try model.validate(at: "models[\(index)]")
        }
        // A file names its tiers once, so that one name cannot mean different tiers for two models.
        var tiers: [String: Tier] = [:]
        for (index, model) in models.enumerated() {
            if let known = tiers[model.tier.id], known != model.tier {
                throw CatalogError(
                    path: "models[\(index)].tier", expected: "one meaning for the tier “\(model.tier.id)”",
                    found: "one that differs from an earlier model's")
            }
            tiers[model.tier.id] = model.tier
        }
        var seenPlatforms: Set<String> = []
        for (index, platform) in platforms.enumerated() {
            try Self.checkID(platform.id, in: &seenPlatforms, at: "platforms[\(index)].id")
            try platform.limits.validate(at: "platforms[\(index)].limits")
        }
        for (index, platform) in platforms.enumerated() {
            for (place, alias) in platform.aliases.enumerated() {
                try Self.checkID(alias, in: &seenPlatforms, at: "platforms[\(index)].aliases[\(place)]")
            }
        }
    }

    /// Whether a text is a date in the form `2026-11-18`.
    ///
    /// - Parameter text: the text.
    /// - Returns: whether it has the form of a date.
    package static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.utf8.count) == [4, 2, 2]
            && parts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    }

    /// Checks that an id is present and was not used before.
    static func checkID(
        _ id: String, in seen: inout Set<String>, at path: String
    ) throws(CatalogError) {
        guard !id.isEmpty else { throw CatalogError(path: path, expected: "an id", found: "an empty string") }
        guard seen.insert(id).inserted else {
            throw CatalogError(path: path, expected: "an id that is used once", found: "“\(id)” again")
        }
    }
}

/// The largest number that a catalog may have anywhere: far above every real one, and far from overflow.
private let largest = 1 << 40

private func check(_ value: Int?, atLeast least: Int, at path: String) throws(CatalogError) {
    guard let value else { return }
    guard value >= least, value <= largest else {
        throw CatalogError(
            path: path, expected: "an integer from \(least) to \(largest)", found: "\(value)")
    }
}

extension ModelCatalog.Model {
    func validate(at path: String) throws(CatalogError) {
        try tier.validate(at: path + ".tier")
        try check(contextWindow, atLeast: 1, at: path + ".context_window")
        try check(overheadTokensPerImage, atLeast: 0, at: path + ".overhead_tokens_per_image")
        guard let first = priceSteps.first else {
            throw CatalogError(path: path + ".prices", expected: "at least one price")
        }
        guard first.abovePromptTokens == 0 else {
            throw CatalogError(
                path: path + ".prices[0].above_prompt_tokens", expected: "0 for the first price",
                found: "\(first.abovePromptTokens)")
        }
        var last = -1
        for (index, step) in priceSteps.enumerated() {
            guard step.abovePromptTokens > last else {
                throw CatalogError(
                    path: path + ".prices[\(index)].above_prompt_tokens",
                    expected: "more than the price before it", found: "\(step.abovePromptTokens)")
            }
            last = step.abovePromptTokens
            try step.price.validate(at: path + ".prices[\(index)]")
        }
        try fastPrice?.validate(at: path + ".fast_price")
        let days =
            [(".fast_removed_on", fastRemovedOn)]
            + retiredBy.sorted { $0.key < $1.key }
            .map { (".retired_by.\($0.key)", Optional($0.value)) }
        for case (let name, let day?) in days where !ModelCatalog.isDate(day) {
            throw CatalogError(path: path + name, expected: "a date like 2026-11-18", found: "“\(day)”")
        }
    }
}

extension ModelCatalog.Tier {
    func validate(at path: String) throws(CatalogError) {
        try check(patchEdge, atLeast: 1, at: path + ".patch_edge")
        try check(tokensPerPatch, atLeast: 1, at: path + ".tokens_per_patch")
        // At least one patch must fit, or the model would see no image at all.
        try check(maxLongEdge, atLeast: patchEdge, at: path + ".max_long_edge")
        try check(maxVisualTokens, atLeast: tokensPerPatch, at: path + ".max_visual_tokens")
    }
}

extension ModelCatalog.Price {
    func validate(at path: String) throws(CatalogError) {
        let fields = [
            ("input", input), ("output", output), ("cache_write_5m", cacheWrite5m),
            ("cache_write_1h", cacheWrite1h), ("cache_read", cacheRead),
        ]
        for (name, microdollars) in fields where !(0...largest).contains(microdollars) {
            throw CatalogError(
                path: path + "." + name, expected: "USD per million tokens, 0 or more",
                found: Cost(microdollars: microdollars).usdText)
        }
    }
}

extension ModelCatalog.Limits {
    func validate(at path: String) throws(CatalogError) {
        try check(maxEdge, atLeast: 1, at: path + ".max_edge")
        try check(manyImageMaxEdge, atLeast: 1, at: path + ".many_image_max_edge")
        try check(manyImageThreshold, atLeast: 0, at: path + ".many_image_threshold")
        try check(maxBase64Bytes, atLeast: 4, at: path + ".max_base64_bytes")
        try check(maxImages, atLeast: 1, at: path + ".max_images")
        try check(maxImagesLargeContext, atLeast: 1, at: path + ".max_images_large_context")
        try check(maxRequestBytes, atLeast: 1, at: path + ".max_request_bytes")
        try check(maxBatchBytes, atLeast: 1, at: path + ".max_batch_bytes")
        try check(maxBatchRequests, atLeast: 1, at: path + ".max_batch_requests")
        guard !sources.isEmpty else {
            throw CatalogError(path: path + ".sources", expected: "at least one of base64, url, file")
        }
    }
}
