internal import PreflightRecords
internal import ImagePreflight

extension ManifestRow: TabularRecord {
    static let columnNames: [String] =
        ImageRecord.CodingKeys.allCases.map { "source_" + $0.stringValue }
        + Output.CodingKeys.allCases.map { "output_" + $0.stringValue }
        + TileLine.CodingKeys.allCases.map(\.stringValue)
        + [CodingKeys.action, .sourceSHA256, .perceptualHash, .findings, .error].map(\.stringValue)
        + ["budget_tokens", "budget_cost_usd", "budget_planned_tokens", "budget_reduced"]

    /// CSV has a line for each tile: sums over its output columns are correct.
    var lines: [TileLine] {
        tiles.isEmpty ? [TileLine(row: self, tile: nil)] : tiles.map { TileLine(row: self, tile: $0) }
    }

    static let headings: [Table.Heading] = [
        .text("ACTION"), .number("FROM"), .number("TO"), .text("FORMAT"), .number("BYTES"), .number("TOKENS"),
        .number("COST"), .text("FINDINGS"), .path("PATH"),
    ]

    /// The tokens, and those without a budget if it made the image smaller: `900 of 1521`.
    private var tokens: String {
        let made = outputs.isEmpty ? nil : outputs.reduce(0) { $0 + $1.tokens }
        guard let count = made ?? budget?.tokens else { return "" }
        return budget.flatMap { $0.isReduced ? "\(count) of \($0.plannedTokens)" : nil } ?? String(count)
    }

    var cells: [String] {
        let before = source?.displaySize?.description ?? ""
        let size = (output?.size ?? map?.outputSize)?.description ?? ""
        let after = tiles.isEmpty ? size : "\(tiles.count) tiles"
        let outputs = outputs
        let made = outputs.isEmpty ? nil : outputs
        let bytes = [
            source.map { Amounts.bytes($0.byteCount) },
            made.map { Amounts.bytes($0.reduce(0) { $0 + $1.byteCount }) },
        ]
        return [
            action.rawValue, before, after,
            outputs.first?.format.rawValue ?? source?.format?.rawValue ?? "",
            bytes.compactMap { $0 }.joined(separator: " > "),
            tokens, (made.map { $0.reduce(.zero) { $0 + $1.cost } } ?? budget?.cost)?.shortText ?? "",
            FindingList.codes(findings + (source?.findings ?? [])), path.text,
        ]
    }
}

/// A row of a manifest as one line of CSV, or one of its lines when it became tiles.
struct TileLine: Record, Sendable {
    let row: ManifestRow
    let tile: ManifestRow.Tile?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case part = "tile_part"
        case count = "tile_of"
    }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        var row = row
        row.output = row.output ?? tile?.output
        row.tiles = []
        row.writeFields(to: &writer)
        writer.write(CodingKeys.part, tile?.part)
        writer.write(CodingKeys.count, tile?.count)
    }
}
