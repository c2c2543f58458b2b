/// Numbers as people read them. Records never use these.
enum Amounts {
    /// A count with thin groups, as in `12,345`.
    static func count(_ value: Int) -> String {
        var digits = Array(String(value.magnitude))
        var index = digits.count - 3
        while index > 0 {
            digits.insert(",", at: index)
            index -= 3
        }
        return (value < 0 ? "-" : "") + String(digits)
    }

    /// A count of things, as in `1 image`, `12,345 images`.
    static func count(_ value: Int, _ noun: String) -> String {
        "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
    }

    /// A size in bytes with a decimal unit, as in `3.9 MB`.
    static func bytes(_ value: Int) -> String {
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        var amount = Double(value)
        var unit = 0
        while amount >= 999.5, unit < units.count - 1 {
            amount /= 1000
            unit += 1
        }
        return unit == 0 ? "\(value) B" : "\(decimal(amount, digits: amount < 9.95 ? 1 : 0)) \(units[unit])"
    }

    /// A rate, as in `0.4`, `23`, `31,200`.
    static func rate(_ value: Double) -> String {
        value < 9.95 ? decimal(value, digits: 1) : count(Int(value.rounded()))
    }

    /// A time, as in `4 s`, `3 min`, `1 h 20 min`.
    static func duration(seconds: Double) -> String {
        let whole = Int(min(seconds.rounded(.up), 1e9))
        if whole < 120 { return "\(whole) s" }
        if whole < 7200 { return "\(whole / 60) min" }
        return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }

    /// A number with a fixed number of decimals.
    static func decimal(_ value: Double, digits: Int) -> String {
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int(min((value.magnitude * Double(scale)).rounded(), 9e18))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + String(scaled) }
        let fraction = String(scaled % scale)
        return sign + String(scaled / scale) + "." + String(repeating: "0", count: digits - fraction.count)
            + fraction
    }
}
