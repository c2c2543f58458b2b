internal import ImageHeaders
internal import ImagePreflight
internal import PreflightRecords

extension EstimateRecord: TabularRecord {
    static let columnNames = CodingKeys.allCases.map(\.stringValue)

    static let headings: [Table.Heading] = [
        .path("IMAGE"), .number("SIZE"), .text("MODEL"), .number("SEES"), .number("TOKENS"), .number("COST"),
        .number("PER 1000"), .number("GUIDE TOKENS"), .number("GUIDE COST"), .number("GUIDE PER 1000"),
    ]

    var cells: [String] {
        [
            path?.text ?? size?.description ?? "",
            size?.description ?? documentPages.map { Amounts.count($0, "page") } ?? "", model,
            seen?.size.description ?? verdict.rawValue,
            seen.map { String($0.tokens) } ?? documentTokensEstimate.map { "~\($0)" } ?? "",
            cost?.shortText ?? "", costPerThousand?.centsText ?? "", guideTokens.map { String($0) } ?? "",
            guideCost?.shortText ?? "", guideCostPerThousand?.centsText ?? "",
        ]
    }
}

/// The cost of all images with one model.
struct EstimateTotal: Record {
    let model: String
    var images = 0
    var tokens = 0
    var guideTokens = 0
    /// Pages of PDFs that can be sent.
    var documentPages = 0
    /// An estimate of their image part, tokens.
    var documentTokens = 0
    private var costs = CostSum()
    private var guideCosts = CostSum()

    var cost: Cost { costs.cost }
    var guideCost: Cost { guideCosts.cost }

    init(model: String) { self.model = model }

    mutating func count(_ record: EstimateRecord, _ destination: Destination) {
        images += 1
        let seen = record.seen?.tokens ?? 0
        let guide = record.guideTokens ?? 0
        tokens += seen
        guideTokens += guide
        costs += destination.costSum(imageTokens: seen)
        if record.verdict != .rejected, let tokens = record.documentTokensEstimate {
            documentPages += record.documentPages ?? 0
            documentTokens = documentTokens.saturatingAdd(tokens)
            costs += destination.costSum(imageTokens: tokens)
        }
        guideCosts += destination.costSum(imageTokens: guide)
    }

    /// The total as a readable line.
    var line: String {
        let pages =
            documentPages == 0
            ? ""
            : "\(Amounts.count(documentPages, "page")) of PDF (about \(Amounts.count(documentTokens, "token"))), "
        return
            "\(model): \(Amounts.count(images, "image")), \(Amounts.count(tokens, "token")), \(pages)\(cost.shortText) "
            + "(guide: \(Amounts.count(guideTokens, "token")), \(guideCost.shortText)); text is not counted"
    }

    enum CodingKeys: String, CodingKey {
        case model, images, tokens
        case tokensGuide = "tokens_guide"
        case costUSD = "cost_usd"
        case costGuideUSD = "cost_guide_usd"
        case documentPages = "document_pages"
        case documentTokensEstimate = "document_tokens_estimate"
    }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.model, model)
        writer.write(CodingKeys.images, images)
        writer.write(CodingKeys.tokens, tokens)
        writer.write(CodingKeys.tokensGuide, guideTokens)
        writer.write(CodingKeys.costUSD, cost)
        writer.write(CodingKeys.costGuideUSD, guideCost)
        writer.write(CodingKeys.documentPages, documentPages > 0 ? documentPages : nil)
        writer.write(CodingKeys.documentTokensEstimate, documentPages > 0 ? documentTokens : nil)
    }
}

/// The totals of all models.
struct EstimateTotals: Record {
    let totals: [EstimateTotal]

    private enum CodingKeys: String, CodingKey { case models }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.models, records: totals)
    }
}
