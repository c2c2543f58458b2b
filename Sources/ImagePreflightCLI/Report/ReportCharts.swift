internal import PreflightRecords
internal import ImagePreflight

/// Counts rows into the bins of the charts.
struct ReportCharts: Sendable {
    /// Where the long edge's bins end, px: sizes that a limit or a tier is named after.
    private static let edges = [200, 500, 1000, 1568, 2000, 2576, 4000, 8000]

    private var longEdges = [ReportTotals.Pair](repeating: .init(), count: Self.edges.count + 1)
    /// How many images have so many tokens: there are few different numbers, however many images.
    private var tokens: [Int: ReportTotals.Pair] = [:]
    private var formats: [String: ReportTotals.Pair] = [:]
    private var verdicts: [Verdict: Int] = [:]
    private var actions: [PrepareAction: Int] = [:]

    mutating func count(_ row: ReportRow) {
        verdicts[row.verdict, default: 0] += 1
        actions[row.action, default: 0] += 1
        formats[row.record?.format?.rawValue ?? "unknown", default: .init()].before += 1
        if let size = row.record?.displaySize { longEdges[Self.bin(size)].before += 1 }
        if row.verdict != .rejected, let count = row.record?.tokens {
            tokens[count, default: .init()].before += 1
        }
        // Each tile is an image that is sent.
        for output in row.outputs {
            formats[output.format.rawValue, default: .init()].after += 1
            longEdges[Self.bin(output.size)].after += 1
            tokens[output.tokens, default: .init()].after += 1
        }
    }

    private static func bin(_ size: PixelSize) -> Int {
        edges.firstIndex { size.longEdge <= $0 } ?? edges.count
    }

    /// The charts, in the order of the page.
    var charts: [Chart] { [verdictChart, sizeChart, tokenChart, formatChart] }

    private var verdictChart: Chart {
        let names: [Verdict: String] = [.accepted: "accepted", .downsized: "downsized", .rejected: "refused"]
        let before = Verdict.allCases.map { verdict in
            (verdict.rawValue, names[verdict] ?? verdict.rawValue, verdicts[verdict, default: 0])
        }
        let after = actions.listed.map { action, count in
            (action.rawValue, action == .failed ? "not prepared" : action.rawValue, count)
        }
        return .stacks(
            id: "verdicts", title: "Verdicts",
            note: "What the service does with the originals, and what was done.",
            [Chart.Stack(name: "Originals", parts: before), Chart.Stack(name: "Prepared", parts: after)])
    }

    private var sizeChart: Chart {
        let names = Self.edges.map { $0 >= 1000 && $0 % 1000 == 0 ? "≤\($0 / 1000)k" : "≤\($0)" } + [">8k"]
        let pairs = zip(names, longEdges).map { Chart.Pair(name: $0, before: $1.before, after: $1.after) }
        return .columns(
            id: "sizes", title: "Sizes", note: "Images by their long edge, px.", pairs)
    }

    private var tokenChart: Chart {
        let largest = tokens.keys.max() ?? 1
        let step = max(Chart.niceStep(largest / 2 + 1), 1)
        let count = largest / step + 1
        var bins = [ReportTotals.Pair](repeating: .init(), count: count)
        for (value, images) in tokens {
            let bin = max(value - 1, 0) / step
            bins[bin].before += images.before
            bins[bin].after += images.after
        }
        while bins.count > 1, let last = bins.last, last.before + last.after == 0 { bins.removeLast() }
        let pairs = bins.enumerated().map { index, bin in
            Chart.Pair(name: "≤" + Self.short((index + 1) * step), before: bin.before, after: bin.after)
        }
        return .columns(
            id: "tokens", title: "Tokens per image",
            note: "Images by their visual tokens. Refused originals are not counted.", pairs)
    }

    /// A number that fits below a column: `800`, `1.5k`.
    private static func short(_ value: Int) -> String {
        guard value >= 1000 else { return String(value) }
        return (value % 1000 == 0 ? String(value / 1000) : Amounts.decimal(Double(value) / 1000, digits: 1))
            + "k"
    }

    private var formatChart: Chart {
        let sorted = formats.sorted { left, right in
            let (one, other) = (left.value.before + left.value.after, right.value.before + right.value.after)
            return one == other ? left.key < right.key : one > other
        }
        var pairs = sorted.prefix(7).map {
            Chart.Pair(name: $0.key, before: $0.value.before, after: $0.value.after)
        }
        let rest = sorted.dropFirst(7)
        if !rest.isEmpty {
            pairs.append(
                Chart.Pair(
                    name: "others", before: rest.reduce(0) { $0 + $1.value.before },
                    after: rest.reduce(0) { $0 + $1.value.after }))
        }
        return .rows(
            id: "formats", title: "Formats", note: "What the bytes show, whatever the name says.", pairs)
    }
}
