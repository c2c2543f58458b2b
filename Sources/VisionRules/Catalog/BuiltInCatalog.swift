extension ModelCatalog {
    /// The model that is used when none is named.
    public static let defaultModelID = "claude-sonnet-5-5"

    /// The platform that is used when none is named.
    public static let defaultPlatformID = "portable"

    /// The models, prices and limits as published on 2026-11-18.
    ///
    /// Prices are USD per million tokens in the order of the published table. Retired models stay, at their
    /// last published prices, because recorded requests still name them; where the day is not known, they
    /// were retired by 2026-10-09, the date of the previous edition.
    public static let builtIn = ModelCatalog(
        date: "2026-11-18",
        models: [
            // input, output, 5-minute cache write, 1-hour cache write, cache read
            row(
                "claude-fable-5-2", usd(8, 40, 10, 16, 0.20), million, .highResolution,
                fast: usd(16, 80, 20, 32, 0.40), binding: .everyAccount),
            row(
                "claude-mythos-5-2", usd(8, 40, 10, 16, 0.20), million, .highResolution, .limited,
                fast: usd(16, 80, 20, 32, 0.40), binding: .everyAccount),
            row(
                "claude-fable-5-1", usd(10, 50, 12.50, 20, 0.25), million, .highResolution,
                binding: .newerAccounts),
            row(
                "claude-mythos-5-1", usd(10, 50, 12.50, 20, 0.25), million, .highResolution, .limited,
                binding: .everyAccount),
            row("claude-fable-5", usd(10, 50, 12.50, 20, 1), million, .highResolution),
            row("claude-mythos-5", usd(10, 50, 12.50, 20, 1), million, .highResolution, .limited),
            row(
                "claude-opus-5-5", usd(4, 20, 5, 8, 0.20), million, .highResolution,
                fast: usd(8, 40, 10, 16, 0.40), binding: .possible),
            row(
                "claude-opus-5", usd(5, 25, 6.25, 10, 0.50), million, .highResolution,
                fast: usd(10, 50, 12.50, 20, 1)),
            // The published fast price is that of input and output; cache prices keep their ratios.
            row(
                "claude-opus-4-8", usd(5, 25, 6.25, 10, 0.50), million, .highResolution,
                fast: usd(10, 50, 12.50, 20, 1), until: "2026-11-30"),
            row("claude-opus-4-7", usd(5, 25, 6.25, 10, 0.50), million, .highResolution),
            row("claude-opus-4-6", usd(5, 25, 6.25, 10, 0.50), million, .standard, ignoresFastMode: true),
            row("claude-opus-4-5", usd(5, 25, 6.25, 10, 0.50), k200, .standard, hasUSOnly: false),
            // Still sold on Amazon Bedrock and Google Cloud.
            row(
                "claude-opus-4-1", usd(15, 75, 18.75, 30, 1.50), k200, .standard, .retired,
                hasUSOnly: false, retiredBy: onClaudeAPI(earlier)),
            // Still sold on Google Cloud.
            row(
                "claude-opus-4-0", usd(15, 75, 18.75, 30, 1.50), k200, .standard, .retired,
                hasUSOnly: false,
                retiredBy: onClaudeAPI(earlier).merging(["bedrock": earlier]) { one, _ in one }),
            row(
                "claude-sonnet-5-5", usd(2, 10, 2.50, 4, 0.10), million, .highResolution, binding: .possible),
            row("claude-sonnet-5", usd(2, 10, 2.50, 4, 0.20), million, .highResolution),
            row("claude-sonnet-4-6", usd(3, 15, 3.75, 6, 0.30), million, .standard),
            row(
                "claude-sonnet-4-5", usd(3, 15, 3.75, 6, 0.30), k200, .standard, hasUSOnly: false,
                retiredBy: onClaudeAPI("2026-11-30")),
            // Still sold on Amazon Bedrock and Google Cloud.
            row(
                "claude-sonnet-4-0", usd(3, 15, 3.75, 6, 0.30), k200, .standard, .retired, hasUSOnly: false,
                retiredBy: onClaudeAPI(earlier)),
            row(
                "claude-3-7-sonnet", usd(3, 15, 3.75, 6, 0.30), k200, .standard, .retired, hasUSOnly: false,
                retiredBy: everywhere),
            row(
                "claude-haiku-5-5", usd(0.10, 0.50, 0.125, 0.20, 0.01), million, .highResolution,
                above: 100_000, usd(0.50, 2.50, 0.625, 1, 0.05), binding: .possible),
            row("claude-haiku-4-5", usd(1, 5, 1.25, 2, 0.10), k200, .standard, hasUSOnly: false),
            // Still sold on Amazon Bedrock and Google Cloud.
            row(
                "claude-3-5-haiku", usd(0.80, 4, 1, 1.60, 0.08), k200, .coarsePatches, .retired,
                hasUSOnly: false, retiredBy: onClaudeAPI(earlier)),
            row(
                "claude-3-5-sonnet", usd(3, 15, 3.75, 6, 0.30), k200, .standard, .retired, hasUSOnly: false,
                retiredBy: everywhere),
            row(
                "claude-3-opus", usd(15, 75, 18.75, 30, 1.50), k200, .standard, .retired, hasUSOnly: false,
                retiredBy: everywhere),
            row(
                "claude-3-haiku", usd(0.25, 1.25, 0.30, 0.50, 0.03), k200, .standard, .retired,
                hasUSOnly: false, retiredBy: everywhere),
        ],
        platforms: [
            Platform(
                id: "portable", name: "Every platform", limits: portable, hasFastMode: true, hasUSOnly: true),
            Platform(
                id: "claude-api", name: "Claude API", limits: claudeAPI,
                aliases: ["claude-platform-aws", "claude-platform-on-aws"], hasFastMode: true,
                hasUSOnly: true),
            Platform(
                id: "bedrock", name: "Amazon Bedrock", limits: bedrock, imageDataField: "bytes",
                aliases: ["amazon-bedrock"]),
            // Anthropic's managed service there publishes no limits, so Google's are used.
            Platform(
                id: "google-cloud", name: "Google Cloud", limits: googleCloud,
                aliases: ["google-cloud-anthropic", "google-cloud-google", "vertex", "vertex-ai"],
                hasFastMode: true),
            Platform(
                id: "foundry", name: "Microsoft Foundry", limits: foundry, aliases: ["microsoft-foundry"],
                hasFastMode: true),
            Platform(id: "claude-ai", name: "claude.ai", limits: claudeAI),
        ])

    /// The latest date by which models were retired whose exact day is not known.
    private static let earlier = "2026-10-09"
    private static let everywhere = [Model.everyPlatform: earlier]

    /// Retired on the Claude API, so no longer available on every platform.
    private static func onClaudeAPI(_ day: String) -> [String: String] {
        ["claude-api": day, "portable": day]
    }

    private static let million = 1_000_000
    private static let k200 = 200_000

    // MARK: - Limits
    //
    // The service's own error text calls 5,242,880 bytes "5 MB", so its MB are 1,048,576 bytes. No exact
    // number is published for bodies; they are read the same way, except on Amazon Bedrock: its documents say
    // 20 MB, its API's model says 25,000,000 bytes, and no published test covers the range between.

    private static let mebibyte = 1_048_576

    /// The strictest of every column.
    private static let portable = Limits(
        maxEdge: 8000, manyImageMaxEdge: 2000, manyImageThreshold: 20, documentsCountAsImages: true,
        maxBase64Bytes: 5 * mebibyte, maxImages: 100, maxImagesLargeContext: 100,
        maxRequestBytes: 20_000_000, maxBatchBytes: 256_000_000, maxBatchRequests: 100_000,
        sources: [.base64])

    private static let claudeAPI = Limits(
        maxEdge: 8000, manyImageMaxEdge: 2000, manyImageThreshold: 20, documentsCountAsImages: false,
        maxBase64Bytes: 10 * mebibyte, maxImages: 100, maxImagesLargeContext: 600,
        maxRequestBytes: 32 * mebibyte, maxBatchBytes: 256 * mebibyte, maxBatchRequests: 100_000,
        sources: [.base64, .url, .file])

    /// No published sizes: same as the Claude API. Deployments that Azure hosts refuse `file`.
    private static let foundry = Limits(
        maxEdge: 8000, manyImageMaxEdge: 2000, manyImageThreshold: 20, documentsCountAsImages: false,
        maxBase64Bytes: 10 * mebibyte, maxImages: 100, maxImagesLargeContext: 600,
        maxRequestBytes: 32 * mebibyte, maxBatchBytes: nil, maxBatchRequests: nil, sources: [.base64, .url])

    private static let bedrock = Limits(
        maxEdge: 8000, manyImageMaxEdge: 2000, manyImageThreshold: 20, documentsCountAsImages: true,
        maxBase64Bytes: 5 * mebibyte, maxImages: 100, maxImagesLargeContext: 600,
        maxRequestBytes: 20_000_000, maxBatchBytes: nil, maxBatchRequests: nil, sources: [.base64])

    private static let googleCloud = Limits(
        maxEdge: 8000, manyImageMaxEdge: 2000, manyImageThreshold: 20, documentsCountAsImages: true,
        maxBase64Bytes: 5 * mebibyte, maxImages: 100, maxImagesLargeContext: 600,
        maxRequestBytes: 30 * mebibyte, maxBatchBytes: nil, maxBatchRequests: nil, sources: [.base64])

    private static let claudeAI = Limits(
        maxEdge: 8000, manyImageMaxEdge: nil, manyImageThreshold: 20, documentsCountAsImages: false,
        maxBase64Bytes: 10 * mebibyte, maxImages: 20, maxImagesLargeContext: 20,
        maxRequestBytes: nil, maxBatchBytes: nil, maxBatchRequests: nil, sources: [.base64])

    // MARK: - Rows

    private static func row(
        _ id: String, _ price: Price, _ contextWindow: Int, _ tier: Tier, _ state: Model.State = .active,
        above promptTokens: Int? = nil, _ laterPrice: Price? = nil, fast: Price? = nil, until: String? = nil,
        ignoresFastMode: Bool = false, hasUSOnly: Bool = true, binding: Model.ThinkingBinding = .none,
        retiredBy: [String: String] = [:]
    ) -> Model {
        var steps = [PriceStep(abovePromptTokens: 0, price: price)]
        if let promptTokens, let laterPrice {
            steps.append(PriceStep(abovePromptTokens: promptTokens, price: laterPrice))
        }
        // Measured: an image costs 3 tokens in addition to its patches since 4.7, and 4 before; the tiers
        // changed with the same release.
        return Model(
            id: id, tier: tier, contextWindow: contextWindow, priceSteps: steps, fastPrice: fast,
            fastRemovedOn: until, ignoresFastMode: ignoresFastMode, hasUSOnly: hasUSOnly,
            overheadTokensPerImage: tier == .highResolution ? 3 : 4, thinkingBinding: binding, state: state,
            retiredBy: retiredBy)
    }

    private static func usd(
        _ input: Double, _ output: Double, _ write5m: Double, _ write1h: Double, _ read: Double
    ) -> Price {
        Price(
            input: Price.microdollars(usd: input), output: Price.microdollars(usd: output),
            cacheWrite5m: Price.microdollars(usd: write5m), cacheWrite1h: Price.microdollars(usd: write1h),
            cacheRead: Price.microdollars(usd: read))
    }
}
