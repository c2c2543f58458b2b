internal import ImagePreflight

/// The sums of a manifest, before and after.
struct ReportTotals: Sendable {
    /// Something measured before and after.
    struct Pair: Sendable {
        var before = 0
        var after = 0
    }

    var images = 0
    var refused = Pair()
    /// Images that became something.
    var prepared = 0
    /// Bytes of those, as what was refused has no size after.
    var bytes = Pair()
    var tokens = Pair()
    /// Micro-dollars.
    var cost = Pair()
    /// How many images each rule has something to say about.
    var rules: [RuleCode: Int] = [:]

    mutating func count(_ row: ReportRow) {
        images += 1
        if row.verdict == .rejected { refused.before += 1 }
        if row.action == .failed { refused.after += 1 }
        for code in Set(row.findings.map(\.finding.code)) { rules[code, default: 0] += 1 }
        if row.output != nil {
            prepared += 1
            bytes.before += row.record?.byteCount ?? 0
        }
        bytes.after += row.output?.byteCount ?? 0
        if row.verdict != .rejected, let record = row.record {
            tokens.before += record.tokens ?? 0
            cost.before += record.cost?.microdollars ?? 0
        }
        tokens.after += row.output?.tokens ?? 0
        cost.after += row.output?.cost.microdollars ?? 0
    }
}

/// What the whole set would cost with every model that can be used.
struct ModelCosts: Sendable {
    struct Line: Sendable {
        let destination: Destination
        var tokens = ReportTotals.Pair()
        var cost = [Cost.zero, Cost.zero]

        mutating func add(_ size: PixelSize, isAfter: Bool) {
            let count = SeenSize(of: size, tier: destination.model.tier).tokens
            if isAfter { tokens.after += count } else { tokens.before += count }
            cost[isAfter ? 1 : 0] += destination.cost(imageTokens: count)
        }
    }

    private(set) var lines: [Line]

    init(_ catalog: ModelCatalog, platform: Platform) {
        lines = catalog.models.filter { $0.state != .retired }.map { model in
            Line(destination: Destination(model: model, platform: platform))
        }
    }

    mutating func count(_ row: ReportRow) {
        for index in lines.indices {
            if row.verdict != .rejected, let size = row.record?.displaySize, size.shortEdge > 0 {
                lines[index].add(size, isAfter: false)
            }
            if let size = row.output?.size { lines[index].add(size, isAfter: true) }
        }
    }
}
