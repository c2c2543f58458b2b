extension ModelCatalog {
    /// The model that is used when none is named.
    public static let defaultModelID = "claude-sonnet-5-5"

    /// The platform that is used when none is named.
    public static let defaultPlatformID = "portable"

    /// The models, prices and limits as published on 2026-10-09.
    ///
    /// Prices are USD per million tokens in the order of the published table. The last three models are
    /// retired and no longer in it; they stay, at their last published prices, because recorded requests
    /// still name them.
    public static let builtIn = ModelCatalog(
        date: "2026-10-09",
        models: [
            // input, output, 5-minute cache write, 1-hour cache write, cache read
            row("claude-fable-5-1", usd(10, 50, 12.50, 20, 0.25), million, .highResolution),
            row("claude-mythos-5-1", usd(10, 50, 12.50, 20, 0.25), million, .highResolution, .limited),
            row("claude-fable-5", usd(10, 50, 12.50, 20, 1), million, .highResolution),
            row("claude-mythos-5", usd(10, 50, 12.50, 20, 1), million, .highResolution, .limited),
            // The published fast prices are those of input and output; the cache prices keep their ratios.
            row(
                "claude-opus-5-5", usd(4, 20, 5, 8, 0.20), million, .highResolution,
                fast: usd(8, 40, 10, 16, 0.40)),
            row("claude-opus-5", usd(5, 25, 6.25, 10, 0.50), million, .highResolution),
            row("claude-opus-4-8", usd(5, 25, 6.25, 10, 0.50), million, .highResolution),
            row("claude-opus-4-7", usd(5, 25, 6.25, 10, 0.50), million, .highResolution),
            row("claude-opus-4-6", usd(5, 25, 6.25, 10, 0.50), million, .standard),
            row("claude-opus-4-5", usd(5, 25, 6.25, 10, 0.50), k200, .standard),
            row("claude-opus-4-1", usd(15, 75, 18.75, 30, 1.50), k200, .standard, .retired),
            row("claude-opus-4-0", usd(15, 75, 18.75, 30, 1.50), k200, .standard, .retired),
            row("claude-sonnet-5-5", usd(2, 10, 2.50, 4, 0.10), million, .highResolution),
            row("claude-sonnet-5", usd(2, 10, 2.50, 4, 0.20), million, .highResolution),
            row("claude-sonnet-4-6", usd(3, 15, 3.75, 6, 0.30), million, .standard),
            row("claude-sonnet-4-5", usd(3, 15, 3.75, 6, 0.30), k200, .standard),
            row("claude-sonnet-4-0", usd(3, 15, 3.75, 6, 0.30), k200, .standard, .retired),
            row("claude-3-7-sonnet", usd(3, 15, 3.75, 6, 0.30), k200, .standard, .retired),
            row(
                "claude-haiku-5-5", usd(0.10, 0.50, 0.125, 0.20, 0.01), million, .highResolution,
                above: 100_000, usd(0.50, 2.50, 0.625, 1, 0.05)),
            row("claude-haiku-4-5", usd(1, 5, 1.25, 2, 0.10), k200, .standard),
            row("claude-3-5-haiku", usd(0.80, 4, 1, 1.60, 0.08), k200, .coarsePatches, .retired),
            row("claude-3-5-sonnet", usd(3, 15, 3.75, 6, 0.30), k200, .standard, .retired),
            row("claude-3-opus", usd(15, 75, 18.75, 30, 1.50), k200, .standard, .retired),
            row("claude-3-haiku", usd(0.25, 1.25, 0.30, 0.50, 0.03), k200, .standard, .retired),
        ],
        platforms: [
            Platform(id: "portable", name: "Every platform", limits: portable),
            Platform(id: "claude-api", name: "Claude API", limits: claudeAPI),
            Platform(id: "bedrock", name: "Amazon Bedrock", limits: bedrock, imageDataField: "bytes"),
            Platform(id: "google-cloud", name: "Google Cloud", limits: googleCloud),
            // Microsoft Foundry publishes no limits of its own: it takes the Claude API's requests.
            Platform(id: "foundry", name: "Microsoft Foundry", limits: claudeAPI),
            Platform(id: "claude-ai", name: "claude.ai", limits: claudeAI),
        ])

    private static let million = 1_000_000
    private static let k200 = 200_000

    // MARK: - Limits
    //
    // The service's own error text calls 5,242,880 bytes "5 MB", so its MB are 1,048,576 bytes. No exact
    // number is published for bodies; they are read the same way, except by the portable profile, which
    // takes the smaller reading (1,000,000 bytes) because it promises that what passes it passes everywhere.

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

    private static let bedrock = Limits(
        maxEdge: 8000, manyImageMaxEdge: 2000, manyImageThreshold: 20, documentsCountAsImages: true,
        maxBase64Bytes: 5 * mebibyte, maxImages: 100, maxImagesLargeContext: 600,
        maxRequestBytes: 20 * mebibyte, maxBatchBytes: nil, maxBatchRequests: nil, sources: [.base64])

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
        above promptTokens: Int? = nil, _ laterPrice: Price? = nil, fast: Price? = nil
    ) -> Model {
        var steps = [PriceStep(abovePromptTokens: 0, price: price)]
        if let promptTokens, let laterPrice {
            steps.append(PriceStep(abovePromptTokens: promptTokens, price: laterPrice))
        }
        // Measured: an image costs 3 tokens beside its patches since 4.7, and 4 before; the tiers changed
        // with the same release.
        return Model(
            id: id, tier: tier, contextWindow: contextWindow, priceSteps: steps, fastPrice: fast,
            overheadTokensPerImage: tier == .highResolution ? 3 : 4, state: state)
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
