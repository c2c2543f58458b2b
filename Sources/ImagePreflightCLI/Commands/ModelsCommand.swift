internal import PreflightRecords
internal import ArgumentParser
internal import ImagePreflight

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "List the models: what they see and what they cost.",
        discussion: "Prices are USD per million tokens, as published on the date of the catalog.")

    @OptionGroup var catalog: CatalogArguments

    @OptionGroup var output: OutputArguments

    func run() throws {
        let catalog = try catalog.load()
        var output = RecordOutput<ModelRecord>(format: output.resolvedFormat)
        for model in catalog.models {
            for step in model.priceSteps {
                output.write(ModelRecord(model: model, step: step, date: catalog.date))
            }
        }
        try output.finish(summary: nil as ImageRecord.Totals?) { _, _ in
            "\nUSD per million tokens, as published \(catalog.date).\n"
        }
    }
}

/// One model at one price step.
struct ModelRecord: TabularRecord {
    let model: ModelCatalog.Model
    let step: ModelCatalog.PriceStep
    let date: String

    enum CodingKeys: String, CodingKey, CaseIterable {
        case model, tier
        case maxLongEdge = "max_long_edge"
        case maxVisualTokens = "max_visual_tokens"
        case contextWindow = "context_window"
        case abovePromptTokens = "above_prompt_tokens"
        case input = "input_usd_per_mtok"
        case output = "output_usd_per_mtok"
        case cacheWrite5m = "cache_write_5m_usd_per_mtok"
        case cacheWrite1h = "cache_write_1h_usd_per_mtok"
        case cacheRead = "cache_read_usd_per_mtok"
        case fastInput = "fast_input_usd_per_mtok"
        case fastOutput = "fast_output_usd_per_mtok"
        case thinkingBinding = "thinking_binding"
        case state
        case retiredBy = "retired_by"
        case date
    }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        writer.write(CodingKeys.model, model.id)
        writer.write(CodingKeys.tier, model.tier.id)
        writer.write(CodingKeys.maxLongEdge, model.tier.maxLongEdge)
        writer.write(CodingKeys.maxVisualTokens, model.tier.maxVisualTokens)
        writer.write(CodingKeys.contextWindow, model.contextWindow)
        writer.write(CodingKeys.abovePromptTokens, step.abovePromptTokens)
        writer.write(CodingKeys.input, Cost(microdollars: step.price.input))
        writer.write(CodingKeys.output, Cost(microdollars: step.price.output))
        writer.write(CodingKeys.cacheWrite5m, Cost(microdollars: step.price.cacheWrite5m))
        writer.write(CodingKeys.cacheWrite1h, Cost(microdollars: step.price.cacheWrite1h))
        writer.write(CodingKeys.cacheRead, Cost(microdollars: step.price.cacheRead))
        writer.write(CodingKeys.fastInput, model.fastPrice.map { Cost(microdollars: $0.input) })
        writer.write(CodingKeys.fastOutput, model.fastPrice.map { Cost(microdollars: $0.output) })
        writer.write(CodingKeys.thinkingBinding, model.thinkingBinding.rawValue)
        writer.write(CodingKeys.state, model.state.rawValue)
        writer.write(CodingKeys.retiredBy, retirements)
        writer.write(CodingKeys.date, date)
    }

    /// The days by which platforms have retired it, as `claude-api 2026-11-30`.
    private var retirements: String? {
        let days = model.retiredBy.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return days.isEmpty ? nil : days.joined(separator: ", ")
    }

    static let columnNames = CodingKeys.allCases.map(\.stringValue)

    static let headings: [Table.Heading] = [
        .text("MODEL"), .text("TIER"), .number("MAX EDGE"), .number("MAX TOKENS"), .number("CONTEXT"),
        .number("PROMPTS ABOVE"), .number("INPUT"), .number("OUTPUT"), .number("WRITE 5M"),
        .number("WRITE 1H"), .number("READ"), .text("STATE"),
    ]

    var cells: [String] {
        let price = step.price
        return [
            model.id, model.tier.id, "\(model.tier.maxLongEdge) px",
            Amounts.count(model.tier.maxVisualTokens),
            Amounts.count(model.contextWindow),
            step.abovePromptTokens > 0 ? Amounts.count(step.abovePromptTokens) : "",
        ]
            + [price.input, price.output, price.cacheWrite5m, price.cacheWrite1h, price.cacheRead].map {
                Cost(microdollars: $0).usdText
            } + [model.state.rawValue]
    }
}
