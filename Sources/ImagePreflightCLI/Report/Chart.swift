/// A chart: rectangles, texts and lines of an SVG, in its own units.
struct Chart: Sendable {
    struct Bar: Sendable {
        let kind: String
        let x: Int
        let y: Int
        let width: Int
        let height: Int
        /// The tooltip of the bar.
        let title: String
    }

    struct Label: Sendable {
        let x: Int
        let y: Int
        let anchor: String
        let text: String
    }

    struct Rule: Sendable {
        let y: Int
    }

    struct Key: Sendable {
        let kind: String
        let text: String
    }

    let id: String
    let title: String
    let note: String
    /// All values in words, for those who cannot see the chart.
    let summary: String
    let width: Int
    let height: Int
    var bars: [Bar] = []
    var labels: [Label] = []
    var rules: [Rule] = []
    var keys: [Key] = []
}

extension Chart {
    /// A category with a value before and one after.
    struct Pair {
        let name: String
        let before: Int
        let after: Int
    }

    private static let beforeAfter = [Key(kind: "before", text: "before"), Key(kind: "after", text: "after")]

    private static func summary(_ pairs: [Pair]) -> String {
        pairs.filter { $0.before + $0.after > 0 }
            .map { "\($0.name): \(Amounts.count($0.before)) before, \(Amounts.count($0.after)) after" }
            .joined(separator: "; ")
    }

    /// Columns side by side.
    static func columns(id: String, title: String, note: String, _ pairs: [Pair]) -> Chart {
        var chart = Chart(
            id: id, title: title, note: note, summary: summary(pairs), width: 440, height: 230,
            keys: beforeAfter)
        let (left, top, bottom) = (44, 12, 196)
        let largest = max(pairs.map { max($0.before, $0.after) }.max() ?? 0, 1)
        let step = niceStep(largest)
        let ceiling = (largest + step - 1) / step * step
        for value in stride(from: 0, through: ceiling, by: step) {
            let y = bottom - (bottom - top) * value / ceiling
            chart.rules.append(Rule(y: y))
            chart.labels.append(Label(x: left - 6, y: y + 4, anchor: "end", text: Amounts.count(value)))
        }
        let slot = Double(chart.width - left) / Double(max(pairs.count, 1))
        let barWidth = max(Int(slot * 0.36), 2)
        for (index, pair) in pairs.enumerated() {
            let middle = left + Int(slot * (Double(index) + 0.5))
            for (isAfter, value) in [(false, pair.before), (true, pair.after)] where value > 0 {
                let height = max((bottom - top) * value / ceiling, 2)
                chart.bars.append(
                    Bar(
                        kind: isAfter ? "after" : "before", x: isAfter ? middle + 1 : middle - barWidth - 1,
                        y: bottom - height, width: barWidth, height: height,
                        title: "\(pair.name), \(isAfter ? "after" : "before"): \(Amounts.count(value))"))
            }
            chart.labels.append(Label(x: middle, y: bottom + 18, anchor: "middle", text: pair.name))
        }
        return chart
    }

    /// Rows below each other.
    static func rows(id: String, title: String, note: String, _ pairs: [Pair]) -> Chart {
        let slot = 38
        var chart = Chart(
            id: id, title: title, note: note, summary: summary(pairs), width: 440,
            height: max(pairs.count * slot + 8, 60), keys: beforeAfter)
        let (left, right) = (74, 380)
        let largest = max(pairs.map { max($0.before, $0.after) }.max() ?? 0, 1)
        for (index, pair) in pairs.enumerated() {
            let top = index * slot + 8
            chart.labels.append(Label(x: left - 8, y: top + 18, anchor: "end", text: pair.name))
            for (isAfter, value) in [(false, pair.before), (true, pair.after)] {
                let y = top + (isAfter ? 15 : 0)
                let width = value == 0 ? 0 : max((right - left) * value / largest, 2)
                if width > 0 {
                    chart.bars.append(
                        Bar(
                            kind: isAfter ? "after" : "before", x: left, y: y, width: width, height: 13,
                            title: "\(pair.name), \(isAfter ? "after" : "before"): \(Amounts.count(value))"))
                }
                chart.labels.append(
                    Label(x: left + width + 6, y: y + 11, anchor: "start", text: Amounts.count(value)))
            }
        }
        return chart
    }

    /// A whole in its parts.
    struct Stack {
        let name: String
        let parts: [(kind: String, name: String, value: Int)]
    }

    /// Wholes below each other, each as wide as the chart.
    static func stacks(id: String, title: String, note: String, _ stacks: [Stack]) -> Chart {
        let words = stacks.map { stack in
            "\(stack.name): "
                + stack.parts.filter { $0.value > 0 }
                .map { "\(Amounts.count($0.value)) \($0.name)" }.joined(separator: ", ")
        }
        var chart = Chart(
            id: id, title: title, note: note, summary: words.joined(separator: "; "), width: 440,
            height: stacks.count * 84 - 6)
        for (index, stack) in stacks.enumerated() {
            let top = index * 84
            let parts = stack.parts.filter { $0.value > 0 }
            let counts = parts.map { "\(Amounts.count($0.value)) \($0.name)" }.joined(separator: " · ")
            chart.labels.append(Label(x: 0, y: top + 20, anchor: "start", text: stack.name))
            chart.labels.append(Label(x: chart.width, y: top + 20, anchor: "end", text: counts))
            let total = max(parts.reduce(0) { $0 + $1.value }, 1)
            var (x, sum) = (0, 0)
            for part in parts {
                sum += part.value
                let end = chart.width * sum / total
                let title = "\(stack.name): \(Amounts.count(part.value)) \(part.name)"
                chart.bars.append(
                    Bar(
                        kind: part.kind, x: x, y: top + 30, width: max(end - x - 2, 2), height: 34,
                        title: title))
                chart.keys.append(Key(kind: part.kind, text: part.name))
                x = end
            }
        }
        return chart
    }

    /// A step of 1, 2 or 5 times a power of ten that divides a scale into at most five parts.
    static func niceStep(_ largest: Int) -> Int {
        var power = 1
        while true {
            for step in [1, 2, 5] where largest <= step * power * 5 { return step * power }
            power *= 10
        }
    }
}

extension Chart {
    /// The chart as a figure.
    var html: HTML {
        """
        <figure class="card chart" id="chart-\(id)">
        <figcaption><h3>\(title)</h3><p>\(note)</p></figcaption>
        <svg viewBox="0 0 \(width) \(height)" role="img" aria-label="\(title). \(summary)">
        \(rules.map(\.html))
        \(bars.map(\.html))
        \(labels.map(\.html))
        </svg>
        <ul class="keys" aria-hidden="true">\(keys.map(\.html))</ul>
        </figure>

        """
    }
}

extension Chart.Rule {
    fileprivate var html: HTML {
        """
        <line class="rule" x1="44" x2="440" y1="\(y)" y2="\(y)"/>
        """
    }
}

extension Chart.Bar {
    fileprivate var html: HTML {
        """
        <rect class="\(kind)" x="\(x)" y="\(y)" width="\(width)" height="\(height)" rx="3">\
        <title>\(title)</title></rect>
        """
    }
}

extension Chart.Label {
    fileprivate var html: HTML {
        """
        <text x="\(x)" y="\(y)" text-anchor="\(anchor)">\(text)</text>
        """
    }
}

extension Chart.Key {
    fileprivate var html: HTML {
        """
        <li><span class="swatch \(kind)"></span>\(text)</li>
        """
    }
}
